package assay.engine.fast;

import assay.engine.fast.PackedMatrix.Form;
import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.LongVector;
import jdk.incubator.vector.VectorOperators;

/**
 * The scales of a block as doubles, so that one kernel serves every form.
 *
 * <p>Out: per group of 32 columns, three lines of 16 doubles in row order: d of columns 0-15, d of
 * columns 16-31, m.
 */
final class Scales {
    /** Doubles a group. */
    static final int GROUP = 48;

    /** A half's exponent and fraction, put in the place of a double's, stand for its value times this. */
    static final double HALF_UNIT = 0x1p-1008;

    /** A half's sign, exponent and fraction where a double has them, after a shift by 6. */
    static final long HALF_MASK = 0x81fffc0000000000L;

    private Scales() {}

    /**
     * Reads the scales of one block.
     *
     * @param at the block's first word
     * @param groups how many, from the first on
     * @param out groups * GROUP doubles from {@code to} on
     */
    static void read(PackedMatrix m, int at, int groups, double[] out, int to) {
        int stride = m.form().lines() * PackedMatrix.LINE;
        if (m.form().scaleLines == 1) {
            double unit = Math.scalb(1 / HALF_UNIT, -m.exponent());
            halves(m.words(), at, stride, groups, unit, out, to);
        } else {
            floats(m.words(), at, stride, groups, m.form() == Form.BYTES_SIXTEENS, out, to);
        }
    }

    private static void halves(int[] w, int at, int stride, int groups, double unit, double[] out, int to) {
        for (int g = 0; g < groups; g++) {
            int o = at + g * stride;
            int p = to + g * GROUP;
            for (int r = 0; r < 8; r += Lanes.DOUBLES) {
                LongVector h = IntVector.fromArray(Lanes.I, w, o + 2 * r).reinterpretAsLongs();
                DoubleVector d = h.lanewise(VectorOperators.LSHL, 48)
                        .lanewise(VectorOperators.ASHR, 6)
                        .and(HALF_MASK)
                        .reinterpretAsDoubles()
                        .mul(unit);
                d.intoArray(out, p + r);
                d.intoArray(out, p + 16 + r);
                d = h.lanewise(VectorOperators.LSHL, 16)
                        .lanewise(VectorOperators.ASHR, 6)
                        .and(HALF_MASK)
                        .reinterpretAsDoubles()
                        .mul(unit);
                d.intoArray(out, p + 8 + r);
                d.intoArray(out, p + 24 + r);
                h.lanewise(VectorOperators.LSHL, 32)
                        .lanewise(VectorOperators.ASHR, 6)
                        .and(HALF_MASK)
                        .reinterpretAsDoubles()
                        .mul(unit)
                        .intoArray(out, p + 32 + r);
                h.lanewise(VectorOperators.ASHR, 6)
                        .and(HALF_MASK)
                        .reinterpretAsDoubles()
                        .mul(unit)
                        .intoArray(out, p + 40 + r);
            }
        }
    }

    private static void floats(int[] w, int at, int stride, int groups, boolean sixteens, double[] out, int to) {
        for (int g = 0; g < groups; g++) {
            int o = at + g * stride;
            int p = to + g * GROUP;
            for (int r = 0; r < 16; r++) {
                double d = Float.intBitsToFloat(w[o + r]);
                double e = Float.intBitsToFloat(w[o + 16 + r]);
                out[p + r] = d;
                out[p + 16 + r] = sixteens ? e : d;
                out[p + 32 + r] = sixteens ? 0 : e;
            }
        }
    }
}
