package assay.engine.fast;

import assay.core.kernel.Fixed;
import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.LongVector;
import jdk.incubator.vector.VectorOperators;
import org.jspecify.annotations.Nullable;

/** From exact sums in doubles to outputs in ints. */
final class Rounding {
    private static final double SAT = Fixed.SAT;

    /** Larger than any bias, and small enough to be rounded by rint and to keep a bias exact. */
    private static final double WIDE = 0x1p40;

    /** Adding it leaves an integer below 2^51 in the low bits of a double, rounded half to even. */
    private static final double MAGIC = 0x1.8p52;

    private static final long MAGIC_BITS = Double.doubleToRawLongBits(MAGIC);

    private Rounding() {}

    /**
     * {@code y = sat(rdiv(z, s) + bias)} for a run of rows; {@code z = sum * 2^24 / unit} exactly.
     *
     * <p>Half up is half to even of a value raised by half of its own unit: 2z + 1 &lt; 2^53 is exact.
     * From s = 53 on the quotient is 0 in either definition since |z| &lt; 2^52.
     *
     * @param sums from {@code from} on
     * @param unit a power of two that the sums are to be multiplied with to stand at 0
     * @param bias from row {@code row} on, or null
     * @param y set from {@code to} on
     * @return how many outputs were saturated
     */
    static int finish(
            double[] sums, int from, int count, double unit, int s, int @Nullable [] bias, int row, int[] y, int to) {
        double scale = unit * power(24 - s);
        double tiny = s > 0 ? power(-s - 1) : 0;
        if (s < 2 || count % Lanes.DOUBLES != 0 || bias != null) {
            return plain(sums, from, count, scale, tiny, bias, row, y, to);
        }
        return isBeyond(sums, from, count, scale, tiny, y, to)
                ? plain(sums, from, count, scale, tiny, null, row, y, to)
                : 0;
    }

    /**
     * The same for a strip of rows of some tokens.
     *
     * @param sums [tokens][STRIP]
     * @param rows of the strip that are there
     * @param s from which each token's shift is taken
     * @param shifts from token {@code first} on
     * @param y token t's rows are set from {@code to + t * stride} on
     */
    static int finishAll(
            double[] sums,
            int rows,
            int tokens,
            double unit,
            int s,
            int[] shifts,
            int first,
            int @Nullable [] bias,
            int row,
            int[] y,
            int to,
            int stride) {
        int saturated = 0;
        for (int t = 0; t < tokens; t++) {
            int from = t * PackedMatrix.STRIP;
            saturated += finish(sums, from, rows, unit, s - shifts[first + t], bias, row, y, to + t * stride);
        }
        return saturated;
    }

    /**
     * Rounds and saturates to {@code y}; says whether anything was saturated. The quotient is below 2^50, so it stands
     * in the low bits; integers are clamped, which is cheaper than Java's minimum of doubles.
     */
    private static boolean isBeyond(double[] sums, int from, int count, double scale, double tiny, int[] y, int to) {
        LongVector beyond = LongVector.zero(Lanes.L);
        for (int i = 0; i < count; i += Lanes.DOUBLES) {
            LongVector v = DoubleVector.fromArray(Lanes.D, sums, from + i)
                    .fma(DoubleVector.broadcast(Lanes.D, scale), DoubleVector.broadcast(Lanes.D, tiny))
                    .add(MAGIC)
                    .reinterpretAsLongs()
                    .sub(MAGIC_BITS);
            LongVector kept = v.min(Fixed.SAT).max(-Fixed.SAT);
            beyond = v.lanewise(VectorOperators.XOR, kept).or(beyond);
            ((IntVector) kept.convertShape(VectorOperators.L2I, Lanes.HALF_I, 0)).intoArray(y, to + i);
        }
        return beyond.reduceLanes(VectorOperators.OR) != 0;
    }

    /** 2^e, for -1022 to 1023. */
    private static double power(int e) {
        return Double.longBitsToDouble((e + 1023L) << 52);
    }

    private static int plain(
            double[] sums,
            int from,
            int count,
            double scale,
            double tiny,
            int @Nullable [] bias,
            int row,
            int[] y,
            int to) {
        int saturated = 0;
        for (int i = 0; i < count; i++) {
            double x = Math.max(-WIDE, Math.min(WIDE, sums[from + i] * scale + tiny));
            double v = Math.rint(x) + (bias == null ? 0 : bias[row + i]);
            if (Math.abs(v) > SAT) {
                saturated++;
            }
            y[to + i] = (int) Math.max(-SAT, Math.min(SAT, v));
        }
        return saturated;
    }
}
