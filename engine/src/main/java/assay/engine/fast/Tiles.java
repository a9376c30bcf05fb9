package assay.engine.fast;

import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.LongVector;
import jdk.incubator.vector.VectorOperators;

/**
 * Strips of 32 rows times tiles of eight tokens, exactly.
 *
 * <p>A group of 32 columns is unpacked to floats once for many tokens; a tile's sums over the group,
 * |sum| &lt;= 32 * 128 * 4095 &lt; 2^24, are exact floats, and are then folded into doubles with the scales.
 */
final class Tiles {
    /** Rows a strip. */
    static final int STRIP = PackedMatrix.STRIP;

    private static final int TILE = Activations.TILE;
    private static final int BLOCK = PackedMatrix.BLOCK;
    private static final int ONE = 0x3f800000;
    private static final int HIGH = 0x780000;
    private static final int SIGNS = 0x80808080;

    private Tiles() {}

    /**
     * Codes of 4 bits of a block's group as floats 0 to 15.
     *
     * @param at the group's first code line
     * @param out [32 columns][STRIP rows]
     * @param half 0 or 16: the block's first row in the strip
     */
    static void nibbles(int[] w, int at, float[] out, int half) {
        for (int j = 0; j < 4; j++) {
            for (int r = 0; r < 16; r += Lanes.FLOATS) {
                IntVector v = IntVector.fromArray(Lanes.I, w, at + 16 * j + r);
                int k = 4 * STRIP * j + half + r;
                for (int f = 0; f < 4; f++, k += STRIP) {
                    ((FloatVector) v.lanewise(VectorOperators.LSHR, 8 * f)
                                    .and(15)
                                    .convert(VectorOperators.I2F, 0))
                            .intoArray(out, k);
                    ((FloatVector) v.lanewise(VectorOperators.LSHR, 8 * f + 4)
                                    .and(15)
                                    .convert(VectorOperators.I2F, 0))
                            .intoArray(out, k + 16 * STRIP);
                }
            }
        }
    }

    /** Codes of 8 bits of a block's group as floats -128 to 127. */
    static void bytes(int[] w, int at, float[] out, int half) {
        for (int j = 0; j < 8; j++) {
            for (int r = 0; r < 16; r += Lanes.FLOATS) {
                IntVector v = IntVector.fromArray(Lanes.I, w, at + 16 * j + r);
                int k = 4 * STRIP * j + half + r;
                for (int f = 0; f < 4; f++, k += STRIP) {
                    ((FloatVector) v.lanewise(VectorOperators.LSHR, 8 * f)
                                    .and(255)
                                    .sub(128)
                                    .convert(VectorOperators.I2F, 0))
                            .intoArray(out, k);
                }
            }
        }
    }

    /**
     * Sums of code times activation over {@code cols} columns.
     *
     * @param w [cols][STRIP] codes from {@code at} on
     * @param a [cols][8] activations from {@code p} on
     * @param s [8][STRIP] sums, set
     */
    static void multiply(float[] w, int at, int cols, float[] a, int p, float[] s) {
        for (int r = 0; r < STRIP; r += 2 * Lanes.FLOATS) {
            FloatVector a0 = FloatVector.zero(Lanes.F);
            FloatVector a1 = a0;
            FloatVector a2 = a0;
            FloatVector a3 = a0;
            FloatVector a4 = a0;
            FloatVector a5 = a0;
            FloatVector a6 = a0;
            FloatVector a7 = a0;
            FloatVector b0 = a0;
            FloatVector b1 = a0;
            FloatVector b2 = a0;
            FloatVector b3 = a0;
            FloatVector b4 = a0;
            FloatVector b5 = a0;
            FloatVector b6 = a0;
            FloatVector b7 = a0;
            for (int k = 0; k < cols; k++) {
                FloatVector u = FloatVector.fromArray(Lanes.F, w, at + STRIP * k + r);
                FloatVector v = FloatVector.fromArray(Lanes.F, w, at + STRIP * k + r + Lanes.FLOATS);
                int q = p + TILE * k;
                FloatVector x = FloatVector.broadcast(Lanes.F, a[q]);
                a0 = u.fma(x, a0);
                b0 = v.fma(x, b0);
                x = FloatVector.broadcast(Lanes.F, a[q + 1]);
                a1 = u.fma(x, a1);
                b1 = v.fma(x, b1);
                x = FloatVector.broadcast(Lanes.F, a[q + 2]);
                a2 = u.fma(x, a2);
                b2 = v.fma(x, b2);
                x = FloatVector.broadcast(Lanes.F, a[q + 3]);
                a3 = u.fma(x, a3);
                b3 = v.fma(x, b3);
                x = FloatVector.broadcast(Lanes.F, a[q + 4]);
                a4 = u.fma(x, a4);
                b4 = v.fma(x, b4);
                x = FloatVector.broadcast(Lanes.F, a[q + 5]);
                a5 = u.fma(x, a5);
                b5 = v.fma(x, b5);
                x = FloatVector.broadcast(Lanes.F, a[q + 6]);
                a6 = u.fma(x, a6);
                b6 = v.fma(x, b6);
                x = FloatVector.broadcast(Lanes.F, a[q + 7]);
                a7 = u.fma(x, a7);
                b7 = v.fma(x, b7);
            }
            a0.intoArray(s, r);
            b0.intoArray(s, r + Lanes.FLOATS);
            a1.intoArray(s, r + STRIP);
            b1.intoArray(s, r + STRIP + Lanes.FLOATS);
            a2.intoArray(s, r + 2 * STRIP);
            b2.intoArray(s, r + 2 * STRIP + Lanes.FLOATS);
            a3.intoArray(s, r + 3 * STRIP);
            b3.intoArray(s, r + 3 * STRIP + Lanes.FLOATS);
            a4.intoArray(s, r + 4 * STRIP);
            b4.intoArray(s, r + 4 * STRIP + Lanes.FLOATS);
            a5.intoArray(s, r + 5 * STRIP);
            b5.intoArray(s, r + 5 * STRIP + Lanes.FLOATS);
            a6.intoArray(s, r + 6 * STRIP);
            b6.intoArray(s, r + 6 * STRIP + Lanes.FLOATS);
            a7.intoArray(s, r + 7 * STRIP);
            b7.intoArray(s, r + 7 * STRIP + Lanes.FLOATS);
        }
    }

    /**
     * {@code acc += d * s + m * sum} for a tile.
     *
     * @param s [8][STRIP] sums of a group
     * @param sc scales of two blocks: d of the strip's first 16 rows at {@code d0}, of the others at
     *     {@code d1}; m at {@code m0}, {@code m1}
     * @param sum [8] sums of activations from {@code q} on
     * @param acc [8][STRIP] from {@code at} on
     */
    static void fold(
            float[] s, double[] sc, int d0, int d1, int m0, int m1, double[] sum, int q, double[] acc, int at) {
        for (int r = 0; r < 16; r += Lanes.DOUBLES) {
            DoubleVector d = DoubleVector.fromArray(Lanes.D, sc, d0 + r);
            DoubleVector m = DoubleVector.fromArray(Lanes.D, sc, m0 + r);
            DoubleVector e = DoubleVector.fromArray(Lanes.D, sc, d1 + r);
            DoubleVector n = DoubleVector.fromArray(Lanes.D, sc, m1 + r);
            for (int t = 0; t < TILE; t++) {
                DoubleVector x = DoubleVector.broadcast(Lanes.D, sum[q + t]);
                int from = STRIP * t + r;
                int to = at + STRIP * t + r;
                ((DoubleVector) FloatVector.fromArray(Lanes.HALF_F, s, from)
                                .convertShape(VectorOperators.F2D, Lanes.D, 0))
                        .fma(d, x.fma(m, DoubleVector.fromArray(Lanes.D, acc, to)))
                        .intoArray(acc, to);
                ((DoubleVector) FloatVector.fromArray(Lanes.HALF_F, s, from + 16)
                                .convertShape(VectorOperators.F2D, Lanes.D, 0))
                        .fma(e, x.fma(n, DoubleVector.fromArray(Lanes.D, acc, to + 16)))
                        .intoArray(acc, to + 16);
            }
        }
    }

    /**
     * Codes of 4 bits of two blocks' groups times a tile: {@link #nibbles} and {@link #multiply} in one.
     *
     * <p>A code stands in the highest bits of the fraction of a float between 1 and 2, as in {@link VectorDot};
     * every partial sum is a multiple of 1/16 below 32 * 4096.
     *
     * @param o the first block's first code line; {@code p} the second's
     * @param a [32][8] activations from {@code k} on
     * @param sum [8] their sums from {@code q} on
     * @param s [8][STRIP] sums / 16, set
     */
    static void nibblesTimes(int[] w, int o, int p, float[] a, int k, double[] sum, int q, float[] s) {
        for (int r = 0; r < BLOCK; r += Lanes.FLOATS) {
            FloatVector a0 = FloatVector.broadcast(Lanes.F, (float) -sum[q]);
            FloatVector a1 = FloatVector.broadcast(Lanes.F, (float) -sum[q + 1]);
            FloatVector a2 = FloatVector.broadcast(Lanes.F, (float) -sum[q + 2]);
            FloatVector a3 = FloatVector.broadcast(Lanes.F, (float) -sum[q + 3]);
            FloatVector a4 = FloatVector.broadcast(Lanes.F, (float) -sum[q + 4]);
            FloatVector a5 = FloatVector.broadcast(Lanes.F, (float) -sum[q + 5]);
            FloatVector a6 = FloatVector.broadcast(Lanes.F, (float) -sum[q + 6]);
            FloatVector a7 = FloatVector.broadcast(Lanes.F, (float) -sum[q + 7]);
            FloatVector b0 = a0;
            FloatVector b1 = a1;
            FloatVector b2 = a2;
            FloatVector b3 = a3;
            FloatVector b4 = a4;
            FloatVector b5 = a5;
            FloatVector b6 = a6;
            FloatVector b7 = a7;
            for (int j = 0; j < 4; j++) {
                IntVector x = IntVector.fromArray(Lanes.I, w, o + 16 * j + r);
                IntVector y = IntVector.fromArray(Lanes.I, w, p + 16 * j + r);
                for (int f = 0; f < 4; f++) {
                    int i = k + TILE * (4 * j + f);
                    FloatVector u = x.lanewise(VectorOperators.ROL, 19 - 8 * f & 31)
                            .and(HIGH)
                            .or(ONE)
                            .reinterpretAsFloats();
                    FloatVector v = y.lanewise(VectorOperators.ROL, 19 - 8 * f & 31)
                            .and(HIGH)
                            .or(ONE)
                            .reinterpretAsFloats();
                    FloatVector c;
                    c = FloatVector.broadcast(Lanes.F, a[i]);
                    a0 = u.fma(c, a0);
                    b0 = v.fma(c, b0);
                    c = FloatVector.broadcast(Lanes.F, a[i + 1]);
                    a1 = u.fma(c, a1);
                    b1 = v.fma(c, b1);
                    c = FloatVector.broadcast(Lanes.F, a[i + 2]);
                    a2 = u.fma(c, a2);
                    b2 = v.fma(c, b2);
                    c = FloatVector.broadcast(Lanes.F, a[i + 3]);
                    a3 = u.fma(c, a3);
                    b3 = v.fma(c, b3);
                    c = FloatVector.broadcast(Lanes.F, a[i + 4]);
                    a4 = u.fma(c, a4);
                    b4 = v.fma(c, b4);
                    c = FloatVector.broadcast(Lanes.F, a[i + 5]);
                    a5 = u.fma(c, a5);
                    b5 = v.fma(c, b5);
                    c = FloatVector.broadcast(Lanes.F, a[i + 6]);
                    a6 = u.fma(c, a6);
                    b6 = v.fma(c, b6);
                    c = FloatVector.broadcast(Lanes.F, a[i + 7]);
                    a7 = u.fma(c, a7);
                    b7 = v.fma(c, b7);
                    i += 16 * TILE;
                    u = x.lanewise(VectorOperators.ROL, 15 - 8 * f & 31)
                            .and(HIGH)
                            .or(ONE)
                            .reinterpretAsFloats();
                    v = y.lanewise(VectorOperators.ROL, 15 - 8 * f & 31)
                            .and(HIGH)
                            .or(ONE)
                            .reinterpretAsFloats();
                    c = FloatVector.broadcast(Lanes.F, a[i]);
                    a0 = u.fma(c, a0);
                    b0 = v.fma(c, b0);
                    c = FloatVector.broadcast(Lanes.F, a[i + 1]);
                    a1 = u.fma(c, a1);
                    b1 = v.fma(c, b1);
                    c = FloatVector.broadcast(Lanes.F, a[i + 2]);
                    a2 = u.fma(c, a2);
                    b2 = v.fma(c, b2);
                    c = FloatVector.broadcast(Lanes.F, a[i + 3]);
                    a3 = u.fma(c, a3);
                    b3 = v.fma(c, b3);
                    c = FloatVector.broadcast(Lanes.F, a[i + 4]);
                    a4 = u.fma(c, a4);
                    b4 = v.fma(c, b4);
                    c = FloatVector.broadcast(Lanes.F, a[i + 5]);
                    a5 = u.fma(c, a5);
                    b5 = v.fma(c, b5);
                    c = FloatVector.broadcast(Lanes.F, a[i + 6]);
                    a6 = u.fma(c, a6);
                    b6 = v.fma(c, b6);
                    c = FloatVector.broadcast(Lanes.F, a[i + 7]);
                    a7 = u.fma(c, a7);
                    b7 = v.fma(c, b7);
                }
            }
            a0.intoArray(s, r);
            b0.intoArray(s, r + BLOCK);
            a1.intoArray(s, r + STRIP);
            b1.intoArray(s, r + STRIP + BLOCK);
            a2.intoArray(s, r + 2 * STRIP);
            b2.intoArray(s, r + 2 * STRIP + BLOCK);
            a3.intoArray(s, r + 3 * STRIP);
            b3.intoArray(s, r + 3 * STRIP + BLOCK);
            a4.intoArray(s, r + 4 * STRIP);
            b4.intoArray(s, r + 4 * STRIP + BLOCK);
            a5.intoArray(s, r + 5 * STRIP);
            b5.intoArray(s, r + 5 * STRIP + BLOCK);
            a6.intoArray(s, r + 6 * STRIP);
            b6.intoArray(s, r + 6 * STRIP + BLOCK);
            a7.intoArray(s, r + 7 * STRIP);
            b7.intoArray(s, r + 7 * STRIP + BLOCK);
        }
    }

    /** The same for codes of 8 bits; sums are not divided. */
    static void bytesTimes(int[] w, int o, int p, float[] a, int k, float[] s) {
        for (int r = 0; r < BLOCK; r += Lanes.FLOATS) {
            FloatVector a0 = FloatVector.zero(Lanes.F);
            FloatVector a1 = a0;
            FloatVector a2 = a0;
            FloatVector a3 = a0;
            FloatVector a4 = a0;
            FloatVector a5 = a0;
            FloatVector a6 = a0;
            FloatVector a7 = a0;
            FloatVector b0 = a0;
            FloatVector b1 = a0;
            FloatVector b2 = a0;
            FloatVector b3 = a0;
            FloatVector b4 = a0;
            FloatVector b5 = a0;
            FloatVector b6 = a0;
            FloatVector b7 = a0;
            for (int j = 0; j < 8; j++) {
                IntVector x = IntVector.fromArray(Lanes.I, w, o + 16 * j + r).lanewise(VectorOperators.XOR, SIGNS);
                IntVector y = IntVector.fromArray(Lanes.I, w, p + 16 * j + r).lanewise(VectorOperators.XOR, SIGNS);
                for (int f = 0; f < 4; f++) {
                    int i = k + TILE * (4 * j + f);
                    FloatVector u = (FloatVector) x.lanewise(VectorOperators.LSHL, 24 - 8 * f)
                            .lanewise(VectorOperators.ASHR, 24)
                            .convert(VectorOperators.I2F, 0);
                    FloatVector v = (FloatVector) y.lanewise(VectorOperators.LSHL, 24 - 8 * f)
                            .lanewise(VectorOperators.ASHR, 24)
                            .convert(VectorOperators.I2F, 0);
                    FloatVector c;
                    c = FloatVector.broadcast(Lanes.F, a[i]);
                    a0 = u.fma(c, a0);
                    b0 = v.fma(c, b0);
                    c = FloatVector.broadcast(Lanes.F, a[i + 1]);
                    a1 = u.fma(c, a1);
                    b1 = v.fma(c, b1);
                    c = FloatVector.broadcast(Lanes.F, a[i + 2]);
                    a2 = u.fma(c, a2);
                    b2 = v.fma(c, b2);
                    c = FloatVector.broadcast(Lanes.F, a[i + 3]);
                    a3 = u.fma(c, a3);
                    b3 = v.fma(c, b3);
                    c = FloatVector.broadcast(Lanes.F, a[i + 4]);
                    a4 = u.fma(c, a4);
                    b4 = v.fma(c, b4);
                    c = FloatVector.broadcast(Lanes.F, a[i + 5]);
                    a5 = u.fma(c, a5);
                    b5 = v.fma(c, b5);
                    c = FloatVector.broadcast(Lanes.F, a[i + 6]);
                    a6 = u.fma(c, a6);
                    b6 = v.fma(c, b6);
                    c = FloatVector.broadcast(Lanes.F, a[i + 7]);
                    a7 = u.fma(c, a7);
                    b7 = v.fma(c, b7);
                }
            }
            a0.intoArray(s, r);
            b0.intoArray(s, r + BLOCK);
            a1.intoArray(s, r + STRIP);
            b1.intoArray(s, r + STRIP + BLOCK);
            a2.intoArray(s, r + 2 * STRIP);
            b2.intoArray(s, r + 2 * STRIP + BLOCK);
            a3.intoArray(s, r + 3 * STRIP);
            b3.intoArray(s, r + 3 * STRIP + BLOCK);
            a4.intoArray(s, r + 4 * STRIP);
            b4.intoArray(s, r + 4 * STRIP + BLOCK);
            a5.intoArray(s, r + 5 * STRIP);
            b5.intoArray(s, r + 5 * STRIP + BLOCK);
            a6.intoArray(s, r + 6 * STRIP);
            b6.intoArray(s, r + 6 * STRIP + BLOCK);
            a7.intoArray(s, r + 7 * STRIP);
            b7.intoArray(s, r + 7 * STRIP + BLOCK);
        }
    }

    /**
     * {@code acc += d * s + m * sum * part} for a tile, with the half scales of two blocks' groups as they stand.
     *
     * @param o the first block's scale line; {@code p} the second's
     * @param part what {@code sum} is to be multiplied with to be in the unit of {@code s}
     * @param acc [8][STRIP] from {@code at} on, times {@link Scales#HALF_UNIT}
     */
    static void foldHalves(float[] s, int[] w, int o, int p, double[] sum, int q, double part, double[] acc, int at) {
        for (int r = 0; r < BLOCK; r += Lanes.DOUBLES) {
            int line = 2 * r & 15;
            int shift = r < 8 ? 48 : 16;
            LongVector h = IntVector.fromArray(Lanes.I, w, o + line).reinterpretAsLongs();
            DoubleVector d = h.lanewise(VectorOperators.LSHL, shift)
                    .lanewise(VectorOperators.ASHR, 6)
                    .and(Scales.HALF_MASK)
                    .reinterpretAsDoubles();
            DoubleVector m = h.lanewise(VectorOperators.LSHL, shift - 16)
                    .lanewise(VectorOperators.ASHR, 6)
                    .and(Scales.HALF_MASK)
                    .reinterpretAsDoubles();
            h = IntVector.fromArray(Lanes.I, w, p + line).reinterpretAsLongs();
            DoubleVector e = h.lanewise(VectorOperators.LSHL, shift)
                    .lanewise(VectorOperators.ASHR, 6)
                    .and(Scales.HALF_MASK)
                    .reinterpretAsDoubles();
            DoubleVector n = h.lanewise(VectorOperators.LSHL, shift - 16)
                    .lanewise(VectorOperators.ASHR, 6)
                    .and(Scales.HALF_MASK)
                    .reinterpretAsDoubles();
            for (int t = 0; t < TILE; t++) {
                DoubleVector x = DoubleVector.broadcast(Lanes.D, sum[q + t] * part);
                int from = STRIP * t + r;
                int to = at + STRIP * t + r;
                DoubleVector y = (DoubleVector)
                        FloatVector.fromArray(Lanes.HALF_F, s, from).convertShape(VectorOperators.F2D, Lanes.D, 0);
                DoubleVector z = (DoubleVector) FloatVector.fromArray(Lanes.HALF_F, s, from + BLOCK)
                        .convertShape(VectorOperators.F2D, Lanes.D, 0);
                x.fma(m, y.fma(d, DoubleVector.fromArray(Lanes.D, acc, to))).intoArray(acc, to);
                x.fma(n, z.fma(e, DoubleVector.fromArray(Lanes.D, acc, to + BLOCK)))
                        .intoArray(acc, to + BLOCK);
            }
        }
    }
}
