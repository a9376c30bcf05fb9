package assay.engine.fast;

import assay.engine.fast.PackedMatrix.Form;

/**
 * Float scales of a block as doubles; half scales are read where they stand, with the constants below.
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
     * Reads the scales of one block of a form with float scales.
     *
     * @param at the block's first word
     * @param groups how many, from the first on
     * @param out groups * GROUP doubles from {@code to} on
     */
    static void read(PackedMatrix m, int at, int groups, double[] out, int to) {
        int[] w = m.words();
        int stride = m.form().lines() * PackedMatrix.LINE;
        boolean sixteens = m.form() == Form.BYTES_SIXTEENS;
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
