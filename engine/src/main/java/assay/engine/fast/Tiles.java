package assay.engine.fast;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.LongVector;
import jdk.incubator.vector.VectorOperators;

/**
 * Strips of 32 rows times tiles of eight tokens, exactly.
 *
 * <p>A group of 32 columns is unpacked to floats once for many tokens; a tile's sums over the group are exact
 * floats, |sum| &lt;= 32 * 128 * 4095 &lt; 2^24 or multiples of 1/16 below 32 * 4096, and are then folded into doubles
 * with the scales.
 */
final class Tiles {
    /** Rows a strip. */
    static final int STRIP = PackedMatrix.STRIP;

    private static final int TILE = Activations.TILE;
    private static final ByteOrder ORDER = ByteOrder.nativeOrder();
    private static final int BLOCK = PackedMatrix.BLOCK;
    private static final int ONE = 0x3f800000;
    private static final int HIGH = 0x780000;
    private static final int SIGNS = 0x80808080;

    private Tiles() {}

    /**
     * All memory there is. The compiler knows a constant's class, and that its checks hold; of a segment that is an
     * argument it knows this only if profiles happen to be there, and calls methods in the innermost loop otherwise.
     */
    @SuppressWarnings("restricted")
    private static final MemorySegment MEMORY = MemorySegment.NULL.reinterpret(Long.MAX_VALUE);

    /** Room for a group's codes, at the start of a cache line; kernels take its address. */
    static MemorySegment buffer() {
        return Arena.ofAuto().allocate(4L * 32 * STRIP, 64);
    }

    /**
     * Codes q of 4 bits of a block's group as floats 1 + q/16, which needs no conversion.
     *
     * @param at the group's first code line
     * @param out address of [32 columns][STRIP rows] floats
     * @param half 0 or 16: the block's first row in the strip
     */
    static void nibbles(int[] w, int at, long out, int half) {
        for (int j = 0; j < 4; j++) {
            for (int r = 0; r < BLOCK; r += Lanes.FLOATS) {
                IntVector v = IntVector.fromArray(Lanes.I, w, at + 16 * j + r);
                long k = out + 4L * (4 * STRIP * j + half + r);
                // All masked before any is raised: see VectorDot.
                IntVector a = v.lanewise(VectorOperators.ROL, 19).and(HIGH);
                IntVector b = v.lanewise(VectorOperators.ROL, 15).and(HIGH);
                IntVector c = v.lanewise(VectorOperators.ROL, 11).and(HIGH);
                IntVector d = v.lanewise(VectorOperators.ROL, 7).and(HIGH);
                IntVector e = v.lanewise(VectorOperators.ROL, 3).and(HIGH);
                IntVector f = v.lanewise(VectorOperators.ROL, 31).and(HIGH);
                IntVector g = v.lanewise(VectorOperators.ROL, 27).and(HIGH);
                IntVector h = v.lanewise(VectorOperators.ROL, 23).and(HIGH);
                a.or(ONE).reinterpretAsFloats().intoMemorySegment(MEMORY, k, ORDER);
                b.or(ONE).reinterpretAsFloats().intoMemorySegment(MEMORY, k + 64 * STRIP, ORDER);
                c.or(ONE).reinterpretAsFloats().intoMemorySegment(MEMORY, k + 4 * STRIP, ORDER);
                d.or(ONE).reinterpretAsFloats().intoMemorySegment(MEMORY, k + 68 * STRIP, ORDER);
                e.or(ONE).reinterpretAsFloats().intoMemorySegment(MEMORY, k + 8 * STRIP, ORDER);
                f.or(ONE).reinterpretAsFloats().intoMemorySegment(MEMORY, k + 72 * STRIP, ORDER);
                g.or(ONE).reinterpretAsFloats().intoMemorySegment(MEMORY, k + 12 * STRIP, ORDER);
                h.or(ONE).reinterpretAsFloats().intoMemorySegment(MEMORY, k + 76 * STRIP, ORDER);
            }
        }
    }

    /** Codes of 8 bits of a block's group as floats -128 to 127. */
    static void bytes(int[] w, int at, long out, int half) {
        for (int j = 0; j < 8; j++) {
            for (int r = 0; r < BLOCK; r += Lanes.FLOATS) {
                IntVector v = IntVector.fromArray(Lanes.I, w, at + 16 * j + r).lanewise(VectorOperators.XOR, SIGNS);
                int k = 4 * STRIP * j + half + r;
                ((FloatVector) v.lanewise(VectorOperators.LSHL, 24)
                                .lanewise(VectorOperators.ASHR, 24)
                                .convert(VectorOperators.I2F, 0))
                        .intoMemorySegment(MEMORY, out + 4L * k, ORDER);
                ((FloatVector) v.lanewise(VectorOperators.LSHL, 16)
                                .lanewise(VectorOperators.ASHR, 24)
                                .convert(VectorOperators.I2F, 0))
                        .intoMemorySegment(MEMORY, out + 4L * (k + STRIP), ORDER);
                ((FloatVector) v.lanewise(VectorOperators.LSHL, 8)
                                .lanewise(VectorOperators.ASHR, 24)
                                .convert(VectorOperators.I2F, 0))
                        .intoMemorySegment(MEMORY, out + 4L * (k + 2 * STRIP), ORDER);
                ((FloatVector) v.lanewise(VectorOperators.ASHR, 24).convert(VectorOperators.I2F, 0))
                        .intoMemorySegment(MEMORY, out + 4L * (k + 3 * STRIP), ORDER);
            }
        }
    }

    /**
     * Sums of code times activation over {@code cols} columns.
     *
     * @param w address of [cols][STRIP] codes as floats
     * @param a [cols][8] activations from {@code p} on
     * @param sum [8] sums of activations from {@code q} on; {@code part} times those is where the sums start: -1 for
     *     codes that were raised by 1, else 0
     * @param s [8][STRIP] sums from {@code at} on, set
     */
    static void multiply(long w, int cols, float[] a, int p, double[] sum, int q, float part, float[] s, int at) {
        for (int r = 0; r < STRIP; r += 2 * Lanes.FLOATS) {
            FloatVector a0 = FloatVector.broadcast(Lanes.F, part * (float) sum[q]);
            FloatVector a1 = FloatVector.broadcast(Lanes.F, part * (float) sum[q + 1]);
            FloatVector a2 = FloatVector.broadcast(Lanes.F, part * (float) sum[q + 2]);
            FloatVector a3 = FloatVector.broadcast(Lanes.F, part * (float) sum[q + 3]);
            FloatVector a4 = FloatVector.broadcast(Lanes.F, part * (float) sum[q + 4]);
            FloatVector a5 = FloatVector.broadcast(Lanes.F, part * (float) sum[q + 5]);
            FloatVector a6 = FloatVector.broadcast(Lanes.F, part * (float) sum[q + 6]);
            FloatVector a7 = FloatVector.broadcast(Lanes.F, part * (float) sum[q + 7]);
            FloatVector b0 = a0;
            FloatVector b1 = a1;
            FloatVector b2 = a2;
            FloatVector b3 = a3;
            FloatVector b4 = a4;
            FloatVector b5 = a5;
            FloatVector b6 = a6;
            FloatVector b7 = a7;
            for (int k = 0; k < cols; k++) {
                FloatVector u = FloatVector.fromMemorySegment(Lanes.F, MEMORY, w + 4L * (STRIP * k + r), ORDER);
                FloatVector v =
                        FloatVector.fromMemorySegment(Lanes.F, MEMORY, w + 4L * (STRIP * k + r + Lanes.FLOATS), ORDER);
                int i = p + TILE * k;
                FloatVector x = FloatVector.broadcast(Lanes.F, a[i]);
                a0 = u.fma(x, a0);
                b0 = v.fma(x, b0);
                x = FloatVector.broadcast(Lanes.F, a[i + 1]);
                a1 = u.fma(x, a1);
                b1 = v.fma(x, b1);
                x = FloatVector.broadcast(Lanes.F, a[i + 2]);
                a2 = u.fma(x, a2);
                b2 = v.fma(x, b2);
                x = FloatVector.broadcast(Lanes.F, a[i + 3]);
                a3 = u.fma(x, a3);
                b3 = v.fma(x, b3);
                x = FloatVector.broadcast(Lanes.F, a[i + 4]);
                a4 = u.fma(x, a4);
                b4 = v.fma(x, b4);
                x = FloatVector.broadcast(Lanes.F, a[i + 5]);
                a5 = u.fma(x, a5);
                b5 = v.fma(x, b5);
                x = FloatVector.broadcast(Lanes.F, a[i + 6]);
                a6 = u.fma(x, a6);
                b6 = v.fma(x, b6);
                x = FloatVector.broadcast(Lanes.F, a[i + 7]);
                a7 = u.fma(x, a7);
                b7 = v.fma(x, b7);
            }
            a0.intoArray(s, at + r);
            b0.intoArray(s, at + r + Lanes.FLOATS);
            a1.intoArray(s, at + r + STRIP);
            b1.intoArray(s, at + r + STRIP + Lanes.FLOATS);
            a2.intoArray(s, at + r + 2 * STRIP);
            b2.intoArray(s, at + r + 2 * STRIP + Lanes.FLOATS);
            a3.intoArray(s, at + r + 3 * STRIP);
            b3.intoArray(s, at + r + 3 * STRIP + Lanes.FLOATS);
            a4.intoArray(s, at + r + 4 * STRIP);
            b4.intoArray(s, at + r + 4 * STRIP + Lanes.FLOATS);
            a5.intoArray(s, at + r + 5 * STRIP);
            b5.intoArray(s, at + r + 5 * STRIP + Lanes.FLOATS);
            a6.intoArray(s, at + r + 6 * STRIP);
            b6.intoArray(s, at + r + 6 * STRIP + Lanes.FLOATS);
            a7.intoArray(s, at + r + 7 * STRIP);
            b7.intoArray(s, at + r + 7 * STRIP + Lanes.FLOATS);
        }
    }

    /**
     * {@code acc += d * s * up + m * sum} for a tile.
     *
     * @param s [8][STRIP] sums of a group from {@code at} on
     * @param sc scales of two blocks: d of the strip's first 16 rows at {@code d0}, of the others at
     *     {@code d1}; m at {@code m0}, {@code m1}
     * @param sum [8] sums of activations from {@code q} on
     * @param acc [8][STRIP] from {@code at} on
     */
    static void fold(
            float[] s,
            double[] sc,
            int d0,
            int d1,
            int m0,
            int m1,
            double[] sum,
            int q,
            double up,
            double[] acc,
            int at) {
        for (int r = 0; r < 16; r += Lanes.DOUBLES) {
            DoubleVector d = DoubleVector.fromArray(Lanes.D, sc, d0 + r).mul(up);
            DoubleVector m = DoubleVector.fromArray(Lanes.D, sc, m0 + r);
            DoubleVector e = DoubleVector.fromArray(Lanes.D, sc, d1 + r).mul(up);
            DoubleVector n = DoubleVector.fromArray(Lanes.D, sc, m1 + r);
            for (int t = 0; t < TILE; t++) {
                DoubleVector x = DoubleVector.broadcast(Lanes.D, sum[q + t]);
                int to = at + STRIP * t + r;
                ((DoubleVector) FloatVector.fromArray(Lanes.HALF_F, s, to)
                                .convertShape(VectorOperators.F2D, Lanes.D, 0))
                        .fma(d, x.fma(m, DoubleVector.fromArray(Lanes.D, acc, to)))
                        .intoArray(acc, to);
                ((DoubleVector) FloatVector.fromArray(Lanes.HALF_F, s, to + 16)
                                .convertShape(VectorOperators.F2D, Lanes.D, 0))
                        .fma(e, x.fma(n, DoubleVector.fromArray(Lanes.D, acc, to + 16)))
                        .intoArray(acc, to + 16);
            }
        }
    }

    /**
     * {@code acc += d * s * up + m * sum} for some tiles, with the half scales of two blocks' groups as they stand.
     *
     * @param s [tiles][8][STRIP] sums of a group
     * @param o the first block's scale line; {@code p} the second's
     * @param sum [8] sums of activations from {@code q} on; the next tile's are {@code groups} times as many further
     * @param up what {@code s} is to be multiplied with to be in the unit of {@code sum}, a power of two
     * @param acc [tiles][8][STRIP], times {@link Scales#HALF_UNIT}
     */
    static void foldHalves(
            float[] s, int[] w, int o, int p, double[] sum, int q, int groups, int tiles, double up, double[] acc) {
        for (int r = 0; r < BLOCK; r += Lanes.DOUBLES) {
            int line = 2 * r & 15;
            int shift = r < 8 ? 48 : 16;
            LongVector h = IntVector.fromArray(Lanes.I, w, o + line).reinterpretAsLongs();
            DoubleVector d = h.lanewise(VectorOperators.LSHL, shift)
                    .lanewise(VectorOperators.ASHR, 6)
                    .and(Scales.HALF_MASK)
                    .reinterpretAsDoubles()
                    .mul(up);
            DoubleVector m = h.lanewise(VectorOperators.LSHL, shift - 16)
                    .lanewise(VectorOperators.ASHR, 6)
                    .and(Scales.HALF_MASK)
                    .reinterpretAsDoubles();
            h = IntVector.fromArray(Lanes.I, w, p + line).reinterpretAsLongs();
            DoubleVector e = h.lanewise(VectorOperators.LSHL, shift)
                    .lanewise(VectorOperators.ASHR, 6)
                    .and(Scales.HALF_MASK)
                    .reinterpretAsDoubles()
                    .mul(up);
            DoubleVector n = h.lanewise(VectorOperators.LSHL, shift - 16)
                    .lanewise(VectorOperators.ASHR, 6)
                    .and(Scales.HALF_MASK)
                    .reinterpretAsDoubles();
            for (int tile = 0; tile < tiles; tile++) {
                int from = q + tile * groups * TILE;
                for (int t = 0; t < TILE; t++) {
                    DoubleVector x = DoubleVector.broadcast(Lanes.D, sum[from + t]);
                    int at = STRIP * (TILE * tile + t) + r;
                    DoubleVector y = (DoubleVector)
                            FloatVector.fromArray(Lanes.HALF_F, s, at).convertShape(VectorOperators.F2D, Lanes.D, 0);
                    DoubleVector z = (DoubleVector) FloatVector.fromArray(Lanes.HALF_F, s, at + BLOCK)
                            .convertShape(VectorOperators.F2D, Lanes.D, 0);
                    x.fma(m, y.fma(d, DoubleVector.fromArray(Lanes.D, acc, at))).intoArray(acc, at);
                    x.fma(n, z.fma(e, DoubleVector.fromArray(Lanes.D, acc, at + BLOCK)))
                            .intoArray(acc, at + BLOCK);
                }
            }
        }
    }
}
