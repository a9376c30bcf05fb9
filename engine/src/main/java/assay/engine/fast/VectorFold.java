package assay.engine.fast;

import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.LongVector;
import jdk.incubator.vector.VectorOperators;

/**
 * What {@link VectorDot} sums over groups, times their scales, added up over a row: in doubles, exact by the bound that
 * {@link Packing} checks. The bodies repeat themselves as there, and why.
 */
final class VectorFold {
    private static final int BLOCK = PackedMatrix.BLOCK;
    private static final int ROWS = VectorDot.ROWS;

    private VectorFold() {}

    /**
     * {@code out = sum over groups of d * s + m * sum * unit} for four blocks, with half scales as they stand.
     *
     * @param s [groups][4][16] exact sums times {@code unit}
     * @param x the first word of a block: its first group's scale line; {@code y}, {@code z}, {@code v} of the others
     * @param stride words a group
     * @param sum sums over 32 columns from {@code s0} on
     * @param unit a power of two
     * @param out [4][16] times {@code unit} and the scales' unit
     */
    static void foldHalves(
            float[] s,
            int[] w,
            int x,
            int y,
            int z,
            int v,
            int stride,
            int groups,
            double[] sum,
            int s0,
            double unit,
            double[] out) {
        for (int r = 0; r < 8; r += Lanes.DOUBLES) {
            DoubleVector x0 = DoubleVector.zero(Lanes.D);
            DoubleVector x1 = x0;
            DoubleVector y0 = x0;
            DoubleVector y1 = x0;
            DoubleVector z0 = x0;
            DoubleVector z1 = x0;
            DoubleVector v0 = x0;
            DoubleVector v1 = x0;
            for (int g = 0; g < groups; g++) {
                DoubleVector t = DoubleVector.broadcast(Lanes.D, sum[s0 + g] * unit);
                int line = stride * g + 2 * r;
                int at = ROWS * g + r;
                LongVector xh = IntVector.fromArray(Lanes.I, w, x + line).reinterpretAsLongs();
                LongVector yh = IntVector.fromArray(Lanes.I, w, y + line).reinterpretAsLongs();
                LongVector zh = IntVector.fromArray(Lanes.I, w, z + line).reinterpretAsLongs();
                LongVector vh = IntVector.fromArray(Lanes.I, w, v + line).reinterpretAsLongs();
                x0 = ((DoubleVector) FloatVector.fromArray(Lanes.HALF_F, s, at)
                                .convertShape(VectorOperators.F2D, Lanes.D, 0))
                        .fma(
                                xh.lanewise(VectorOperators.LSHL, 48)
                                        .lanewise(VectorOperators.ASHR, 6)
                                        .and(Scales.HALF_MASK)
                                        .reinterpretAsDoubles(),
                                x0);
                x0 = t.fma(
                        xh.lanewise(VectorOperators.LSHL, 32)
                                .lanewise(VectorOperators.ASHR, 6)
                                .and(Scales.HALF_MASK)
                                .reinterpretAsDoubles(),
                        x0);
                x1 = ((DoubleVector) FloatVector.fromArray(Lanes.HALF_F, s, at + 8)
                                .convertShape(VectorOperators.F2D, Lanes.D, 0))
                        .fma(
                                xh.lanewise(VectorOperators.LSHL, 16)
                                        .lanewise(VectorOperators.ASHR, 6)
                                        .and(Scales.HALF_MASK)
                                        .reinterpretAsDoubles(),
                                x1);
                x1 = t.fma(
                        xh.lanewise(VectorOperators.ASHR, 6)
                                .and(Scales.HALF_MASK)
                                .reinterpretAsDoubles(),
                        x1);
                y0 = ((DoubleVector) FloatVector.fromArray(Lanes.HALF_F, s, at + 16)
                                .convertShape(VectorOperators.F2D, Lanes.D, 0))
                        .fma(
                                yh.lanewise(VectorOperators.LSHL, 48)
                                        .lanewise(VectorOperators.ASHR, 6)
                                        .and(Scales.HALF_MASK)
                                        .reinterpretAsDoubles(),
                                y0);
                y0 = t.fma(
                        yh.lanewise(VectorOperators.LSHL, 32)
                                .lanewise(VectorOperators.ASHR, 6)
                                .and(Scales.HALF_MASK)
                                .reinterpretAsDoubles(),
                        y0);
                y1 = ((DoubleVector) FloatVector.fromArray(Lanes.HALF_F, s, at + 24)
                                .convertShape(VectorOperators.F2D, Lanes.D, 0))
                        .fma(
                                yh.lanewise(VectorOperators.LSHL, 16)
                                        .lanewise(VectorOperators.ASHR, 6)
                                        .and(Scales.HALF_MASK)
                                        .reinterpretAsDoubles(),
                                y1);
                y1 = t.fma(
                        yh.lanewise(VectorOperators.ASHR, 6)
                                .and(Scales.HALF_MASK)
                                .reinterpretAsDoubles(),
                        y1);
                z0 = ((DoubleVector) FloatVector.fromArray(Lanes.HALF_F, s, at + 32)
                                .convertShape(VectorOperators.F2D, Lanes.D, 0))
                        .fma(
                                zh.lanewise(VectorOperators.LSHL, 48)
                                        .lanewise(VectorOperators.ASHR, 6)
                                        .and(Scales.HALF_MASK)
                                        .reinterpretAsDoubles(),
                                z0);
                z0 = t.fma(
                        zh.lanewise(VectorOperators.LSHL, 32)
                                .lanewise(VectorOperators.ASHR, 6)
                                .and(Scales.HALF_MASK)
                                .reinterpretAsDoubles(),
                        z0);
                z1 = ((DoubleVector) FloatVector.fromArray(Lanes.HALF_F, s, at + 40)
                                .convertShape(VectorOperators.F2D, Lanes.D, 0))
                        .fma(
                                zh.lanewise(VectorOperators.LSHL, 16)
                                        .lanewise(VectorOperators.ASHR, 6)
                                        .and(Scales.HALF_MASK)
                                        .reinterpretAsDoubles(),
                                z1);
                z1 = t.fma(
                        zh.lanewise(VectorOperators.ASHR, 6)
                                .and(Scales.HALF_MASK)
                                .reinterpretAsDoubles(),
                        z1);
                v0 = ((DoubleVector) FloatVector.fromArray(Lanes.HALF_F, s, at + 48)
                                .convertShape(VectorOperators.F2D, Lanes.D, 0))
                        .fma(
                                vh.lanewise(VectorOperators.LSHL, 48)
                                        .lanewise(VectorOperators.ASHR, 6)
                                        .and(Scales.HALF_MASK)
                                        .reinterpretAsDoubles(),
                                v0);
                v0 = t.fma(
                        vh.lanewise(VectorOperators.LSHL, 32)
                                .lanewise(VectorOperators.ASHR, 6)
                                .and(Scales.HALF_MASK)
                                .reinterpretAsDoubles(),
                        v0);
                v1 = ((DoubleVector) FloatVector.fromArray(Lanes.HALF_F, s, at + 56)
                                .convertShape(VectorOperators.F2D, Lanes.D, 0))
                        .fma(
                                vh.lanewise(VectorOperators.LSHL, 16)
                                        .lanewise(VectorOperators.ASHR, 6)
                                        .and(Scales.HALF_MASK)
                                        .reinterpretAsDoubles(),
                                v1);
                v1 = t.fma(
                        vh.lanewise(VectorOperators.ASHR, 6)
                                .and(Scales.HALF_MASK)
                                .reinterpretAsDoubles(),
                        v1);
            }
            DoubleVector one = DoubleVector.broadcast(Lanes.D, 1 / Scales.HALF_UNIT);
            one.mul(x0).intoArray(out, r);
            one.mul(x1).intoArray(out, r + 8);
            one.mul(y0).intoArray(out, r + 16);
            one.mul(y1).intoArray(out, r + 24);
            one.mul(z0).intoArray(out, r + 32);
            one.mul(z1).intoArray(out, r + 40);
            one.mul(v0).intoArray(out, r + 48);
            one.mul(v1).intoArray(out, r + 56);
        }
    }

    /**
     * The same with scales as {@link Scales} reads them, for one block after another.
     *
     * @param sc [4][groups][GROUP]
     */
    static void foldScales(float[] s, double[] sc, int groups, double[] sum, int s0, double unit, double[] out) {
        for (int r = 0; r < ROWS; r += Lanes.DOUBLES) {
            DoubleVector c = DoubleVector.zero(Lanes.D);
            int at = r / BLOCK * groups * Scales.GROUP + r % BLOCK;
            for (int g = 0; g < groups; g++) {
                int d = at + Scales.GROUP * g;
                c = ((DoubleVector) FloatVector.fromArray(Lanes.HALF_F, s, ROWS * g + r)
                                .convertShape(VectorOperators.F2D, Lanes.D, 0))
                        .fma(DoubleVector.fromArray(Lanes.D, sc, d), c);
                c = DoubleVector.broadcast(Lanes.D, sum[s0 + g] * unit)
                        .fma(DoubleVector.fromArray(Lanes.D, sc, d + 32), c);
            }
            c.intoArray(out, r);
        }
    }
}
