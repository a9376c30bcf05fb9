package assay.engine.fast;

import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;

/**
 * Blocks of rows times one token's vector, exactly.
 *
 * <p>A code is put into the fraction of a float between 1 and 2, so that {@code 1 + q/16} (or q/256)
 * needs no conversion; the sum over a group starts at minus the group's sum of activations and ends at
 * the sum of q*a/16. Every partial sum is a multiple of the unit below 2^24 units: with nibbles in bits
 * 15-18 or bytes, 256 * 4095 * 16 columns; with nibbles in bits 19-22, 31 * 4095 * 16. Groups are then
 * added in doubles, exact by the bound that {@link Packing} checks.
 *
 * <p>Four blocks that lie far apart are read at once: the memory system follows some streams better than one, and what a
 * group costs besides its products is shared by more rows. Sums are written to a buffer, and folded into doubles by
 * {@link VectorFold}: either has the registers to itself. A kernel masks all codes before it sets the bits of the one: in this
 * order the compiler takes the masked codes' register for the result and need not copy the constant into another one (a
 * quarter of all instructions otherwise).
 *
 * <p>The bodies repeat themselves on purpose: past 18,000 nodes C2 inlines the Vector API's own methods
 * but no others, and a vector that is passed to a method which is not inlined is boxed.
 */
final class VectorDot {
    private static final int BLOCK = PackedMatrix.BLOCK;

    /** Rows of four blocks. */
    static final int ROWS = 4 * BLOCK;

    private static final int ONE = 0x3f800000;
    private static final int HIGH = 0x780000;
    private static final int LOW = 0x78000;
    private static final int BYTE = 0x7f8000;

    private VectorDot() {}

    /**
     * Exact sums of four blocks with codes of 4 bits.
     *
     * @param x the first word of a block; {@code y}, {@code z}, {@code v} of the others
     * @param stride words a group, of which the codes are the last 64
     * @param a values of the token from {@code k0} on
     * @param neg negated sums over 16 columns from {@code n0} on
     * @param out [groups][4][16], times 1/16
     */
    static void nibbles(
            int[] w,
            int x,
            int y,
            int z,
            int v,
            int stride,
            int groups,
            float[] a,
            int k0,
            float[] neg,
            int n0,
            float[] out) {
        for (int r = 0; r < BLOCK; r += Lanes.FLOATS) {
            for (int g = 0; g < groups; g++) {
                int from = stride * (g + 1) - 64 + r;
                int k = k0 + 32 * g;
                FloatVector x0 = FloatVector.broadcast(Lanes.F, neg[n0 + 2 * g]);
                FloatVector x1 = FloatVector.broadcast(Lanes.F, neg[n0 + 2 * g + 1]);
                FloatVector y0 = x0;
                FloatVector y1 = x1;
                FloatVector z0 = x0;
                FloatVector z1 = x1;
                FloatVector v0 = x0;
                FloatVector v1 = x1;
                for (int j = 0; j < 4; j++) {
                    IntVector xw = IntVector.fromArray(Lanes.I, w, x + from + 16 * j);
                    IntVector yw = IntVector.fromArray(Lanes.I, w, y + from + 16 * j);
                    IntVector zw = IntVector.fromArray(Lanes.I, w, z + from + 16 * j);
                    IntVector vw = IntVector.fromArray(Lanes.I, w, v + from + 16 * j);
                    IntVector xt0 = xw.lanewise(VectorOperators.ROL, 15);
                    IntVector yt0 = yw.lanewise(VectorOperators.ROL, 15);
                    IntVector zt0 = zw.lanewise(VectorOperators.ROL, 15);
                    IntVector vt0 = vw.lanewise(VectorOperators.ROL, 15);
                    IntVector xt1 = xw.lanewise(VectorOperators.ROL, 7);
                    IntVector yt1 = yw.lanewise(VectorOperators.ROL, 7);
                    IntVector zt1 = zw.lanewise(VectorOperators.ROL, 7);
                    IntVector vt1 = vw.lanewise(VectorOperators.ROL, 7);
                    IntVector xt2 = xw.lanewise(VectorOperators.ROL, 31);
                    IntVector yt2 = yw.lanewise(VectorOperators.ROL, 31);
                    IntVector zt2 = zw.lanewise(VectorOperators.ROL, 31);
                    IntVector vt2 = vw.lanewise(VectorOperators.ROL, 31);
                    IntVector xt3 = xw.lanewise(VectorOperators.ROL, 23);
                    IntVector yt3 = yw.lanewise(VectorOperators.ROL, 23);
                    IntVector zt3 = zw.lanewise(VectorOperators.ROL, 23);
                    IntVector vt3 = vw.lanewise(VectorOperators.ROL, 23);
                    IntVector xl0 = xt0.and(LOW);
                    IntVector xh0 = xt0.and(HIGH);
                    IntVector yl0 = yt0.and(LOW);
                    IntVector yh0 = yt0.and(HIGH);
                    IntVector zl0 = zt0.and(LOW);
                    IntVector zh0 = zt0.and(HIGH);
                    IntVector vl0 = vt0.and(LOW);
                    IntVector vh0 = vt0.and(HIGH);
                    IntVector xl1 = xt1.and(LOW);
                    IntVector xh1 = xt1.and(HIGH);
                    IntVector yl1 = yt1.and(LOW);
                    IntVector yh1 = yt1.and(HIGH);
                    IntVector zl1 = zt1.and(LOW);
                    IntVector zh1 = zt1.and(HIGH);
                    IntVector vl1 = vt1.and(LOW);
                    IntVector vh1 = vt1.and(HIGH);
                    IntVector xl2 = xt2.and(LOW);
                    IntVector xh2 = xt2.and(HIGH);
                    IntVector yl2 = yt2.and(LOW);
                    IntVector yh2 = yt2.and(HIGH);
                    IntVector zl2 = zt2.and(LOW);
                    IntVector zh2 = zt2.and(HIGH);
                    IntVector vl2 = vt2.and(LOW);
                    IntVector vh2 = vt2.and(HIGH);
                    IntVector xl3 = xt3.and(LOW);
                    IntVector xh3 = xt3.and(HIGH);
                    IntVector yl3 = yt3.and(LOW);
                    IntVector yh3 = yt3.and(HIGH);
                    IntVector zl3 = zt3.and(LOW);
                    IntVector zh3 = zt3.and(HIGH);
                    IntVector vl3 = vt3.and(LOW);
                    IntVector vh3 = vt3.and(HIGH);
                    FloatVector a0 = FloatVector.broadcast(Lanes.F, a[k + 4 * j]);
                    FloatVector b0 = FloatVector.broadcast(Lanes.F, a[k + 4 * j + 16]);
                    x0 = xl0.or(ONE).reinterpretAsFloats().fma(a0, x0);
                    x1 = xh0.or(ONE).reinterpretAsFloats().fma(b0, x1);
                    y0 = yl0.or(ONE).reinterpretAsFloats().fma(a0, y0);
                    y1 = yh0.or(ONE).reinterpretAsFloats().fma(b0, y1);
                    z0 = zl0.or(ONE).reinterpretAsFloats().fma(a0, z0);
                    z1 = zh0.or(ONE).reinterpretAsFloats().fma(b0, z1);
                    v0 = vl0.or(ONE).reinterpretAsFloats().fma(a0, v0);
                    v1 = vh0.or(ONE).reinterpretAsFloats().fma(b0, v1);
                    FloatVector a1 = FloatVector.broadcast(Lanes.F, a[k + 4 * j + 1]);
                    FloatVector b1 = FloatVector.broadcast(Lanes.F, a[k + 4 * j + 17]);
                    x0 = xl1.or(ONE).reinterpretAsFloats().fma(a1, x0);
                    x1 = xh1.or(ONE).reinterpretAsFloats().fma(b1, x1);
                    y0 = yl1.or(ONE).reinterpretAsFloats().fma(a1, y0);
                    y1 = yh1.or(ONE).reinterpretAsFloats().fma(b1, y1);
                    z0 = zl1.or(ONE).reinterpretAsFloats().fma(a1, z0);
                    z1 = zh1.or(ONE).reinterpretAsFloats().fma(b1, z1);
                    v0 = vl1.or(ONE).reinterpretAsFloats().fma(a1, v0);
                    v1 = vh1.or(ONE).reinterpretAsFloats().fma(b1, v1);
                    FloatVector a2 = FloatVector.broadcast(Lanes.F, a[k + 4 * j + 2]);
                    FloatVector b2 = FloatVector.broadcast(Lanes.F, a[k + 4 * j + 18]);
                    x0 = xl2.or(ONE).reinterpretAsFloats().fma(a2, x0);
                    x1 = xh2.or(ONE).reinterpretAsFloats().fma(b2, x1);
                    y0 = yl2.or(ONE).reinterpretAsFloats().fma(a2, y0);
                    y1 = yh2.or(ONE).reinterpretAsFloats().fma(b2, y1);
                    z0 = zl2.or(ONE).reinterpretAsFloats().fma(a2, z0);
                    z1 = zh2.or(ONE).reinterpretAsFloats().fma(b2, z1);
                    v0 = vl2.or(ONE).reinterpretAsFloats().fma(a2, v0);
                    v1 = vh2.or(ONE).reinterpretAsFloats().fma(b2, v1);
                    FloatVector a3 = FloatVector.broadcast(Lanes.F, a[k + 4 * j + 3]);
                    FloatVector b3 = FloatVector.broadcast(Lanes.F, a[k + 4 * j + 19]);
                    x0 = xl3.or(ONE).reinterpretAsFloats().fma(a3, x0);
                    x1 = xh3.or(ONE).reinterpretAsFloats().fma(b3, x1);
                    y0 = yl3.or(ONE).reinterpretAsFloats().fma(a3, y0);
                    y1 = yh3.or(ONE).reinterpretAsFloats().fma(b3, y1);
                    z0 = zl3.or(ONE).reinterpretAsFloats().fma(a3, z0);
                    z1 = zh3.or(ONE).reinterpretAsFloats().fma(b3, z1);
                    v0 = vl3.or(ONE).reinterpretAsFloats().fma(a3, v0);
                    v1 = vh3.or(ONE).reinterpretAsFloats().fma(b3, v1);
                }
                FloatVector sixteen = FloatVector.broadcast(Lanes.F, 16f);
                int to = ROWS * g + r;
                sixteen.fma(x0, x1).intoArray(out, to);
                sixteen.fma(y0, y1).intoArray(out, to + BLOCK);
                sixteen.fma(z0, z1).intoArray(out, to + 2 * BLOCK);
                sixteen.fma(v0, v1).intoArray(out, to + 3 * BLOCK);
            }
        }
    }

    /**
     * Exact sums of two blocks with codes of 8 bits and a scale for 16 columns: as {@link #bytes}, with the scales.
     *
     * @param sc scales as {@link Scales} reads them: of block o from {@code scale} on, then of block p
     * @param out [2][16] from {@code to} on, times 1/256
     */
    static void sixteens(
            int[] w,
            int o,
            int p,
            int stride,
            int groups,
            float[] a,
            int k0,
            float[] neg,
            int n0,
            double[] sc,
            int scale,
            double[] out,
            int to) {
        for (int r = 0; r < 16; r += Lanes.FLOATS) {
            DoubleVector c0 = DoubleVector.zero(Lanes.D);
            DoubleVector c1 = c0;
            DoubleVector c2 = c0;
            DoubleVector c3 = c0;
            for (int g = 0; g < groups; g++) {
                int u = o + stride * (g + 1) - 128 + r;
                int v = p + stride * (g + 1) - 128 + r;
                int d = scale + Scales.GROUP * g + r;
                int e = scale + Scales.GROUP * (groups + g) + r;
                for (int h = 0; h < 2; h++) {
                    FloatVector x0 = FloatVector.broadcast(Lanes.F, neg[n0 + 2 * g + h]);
                    FloatVector y0 = x0;
                    FloatVector offset = x0.mul(0.5f);
                    for (int j = 4 * h; j < 4 * h + 4; j++) {
                        IntVector x = IntVector.fromArray(Lanes.I, w, u + 16 * j);
                        IntVector y = IntVector.fromArray(Lanes.I, w, v + 16 * j);
                        int k = k0 + 32 * g + 4 * j;
                        for (int f = 0; f < 4; f++) {
                            FloatVector b = FloatVector.broadcast(Lanes.F, a[k + f]);
                            x0 = x.lanewise(VectorOperators.ROL, 15 - 8 * f & 31)
                                    .and(BYTE)
                                    .or(ONE)
                                    .reinterpretAsFloats()
                                    .fma(b, x0);
                            y0 = y.lanewise(VectorOperators.ROL, 15 - 8 * f & 31)
                                    .and(BYTE)
                                    .or(ONE)
                                    .reinterpretAsFloats()
                                    .fma(b, y0);
                        }
                    }
                    x0 = offset.add(x0);
                    y0 = offset.add(y0);
                    c0 = ((DoubleVector) x0.convertShape(VectorOperators.F2D, Lanes.D, 0))
                            .fma(DoubleVector.fromArray(Lanes.D, sc, d + 16 * h), c0);
                    c1 = ((DoubleVector) x0.convertShape(VectorOperators.F2D, Lanes.D, 1))
                            .fma(DoubleVector.fromArray(Lanes.D, sc, d + 16 * h + Lanes.DOUBLES), c1);
                    c2 = ((DoubleVector) y0.convertShape(VectorOperators.F2D, Lanes.D, 0))
                            .fma(DoubleVector.fromArray(Lanes.D, sc, e + 16 * h), c2);
                    c3 = ((DoubleVector) y0.convertShape(VectorOperators.F2D, Lanes.D, 1))
                            .fma(DoubleVector.fromArray(Lanes.D, sc, e + 16 * h + Lanes.DOUBLES), c3);
                }
            }
            c0.intoArray(out, to + r);
            c1.intoArray(out, to + r + Lanes.DOUBLES);
            c2.intoArray(out, to + 16 + r);
            c3.intoArray(out, to + 16 + r + Lanes.DOUBLES);
        }
    }

    /**
     * Exact sums of four blocks with codes of 8 bits and one scale for 32 columns: as {@link #nibbles}.
     *
     * <p>Once its offset is added a sum over 16 columns is a multiple of 2^-8 below 2^15, so that two of
     * them can be added as floats.
     *
     * @param stride words a group, of which the codes are the last 128
     * @param out [groups][4][16], times 1/256
     */
    static void bytes(
            int[] w,
            int x,
            int y,
            int z,
            int v,
            int stride,
            int groups,
            float[] a,
            int k0,
            float[] neg,
            int n0,
            float[] out) {
        for (int r = 0; r < BLOCK; r += Lanes.FLOATS) {
            for (int g = 0; g < groups; g++) {
                int from = stride * (g + 1) - 128 + r;
                int k = k0 + 32 * g;
                FloatVector x0 = FloatVector.broadcast(Lanes.F, neg[n0 + 2 * g]);
                FloatVector x1 = FloatVector.broadcast(Lanes.F, neg[n0 + 2 * g + 1]);
                FloatVector offset0 = x0.mul(0.5f);
                FloatVector offset1 = x1.mul(0.5f);
                FloatVector y0 = x0;
                FloatVector y1 = x1;
                FloatVector z0 = x0;
                FloatVector z1 = x1;
                FloatVector v0 = x0;
                FloatVector v1 = x1;
                for (int j = 0; j < 4; j++) {
                    IntVector xw = IntVector.fromArray(Lanes.I, w, x + from + 16 * j);
                    IntVector xu = IntVector.fromArray(Lanes.I, w, x + from + 16 * j + 64);
                    IntVector yw = IntVector.fromArray(Lanes.I, w, y + from + 16 * j);
                    IntVector yu = IntVector.fromArray(Lanes.I, w, y + from + 16 * j + 64);
                    IntVector zw = IntVector.fromArray(Lanes.I, w, z + from + 16 * j);
                    IntVector zu = IntVector.fromArray(Lanes.I, w, z + from + 16 * j + 64);
                    IntVector vw = IntVector.fromArray(Lanes.I, w, v + from + 16 * j);
                    IntVector vu = IntVector.fromArray(Lanes.I, w, v + from + 16 * j + 64);
                    IntVector xw0 = xw.lanewise(VectorOperators.ROL, 15).and(BYTE);
                    IntVector xu0 = xu.lanewise(VectorOperators.ROL, 15).and(BYTE);
                    IntVector yw0 = yw.lanewise(VectorOperators.ROL, 15).and(BYTE);
                    IntVector yu0 = yu.lanewise(VectorOperators.ROL, 15).and(BYTE);
                    IntVector zw0 = zw.lanewise(VectorOperators.ROL, 15).and(BYTE);
                    IntVector zu0 = zu.lanewise(VectorOperators.ROL, 15).and(BYTE);
                    IntVector vw0 = vw.lanewise(VectorOperators.ROL, 15).and(BYTE);
                    IntVector vu0 = vu.lanewise(VectorOperators.ROL, 15).and(BYTE);
                    IntVector xw1 = xw.lanewise(VectorOperators.ROL, 7).and(BYTE);
                    IntVector xu1 = xu.lanewise(VectorOperators.ROL, 7).and(BYTE);
                    IntVector yw1 = yw.lanewise(VectorOperators.ROL, 7).and(BYTE);
                    IntVector yu1 = yu.lanewise(VectorOperators.ROL, 7).and(BYTE);
                    IntVector zw1 = zw.lanewise(VectorOperators.ROL, 7).and(BYTE);
                    IntVector zu1 = zu.lanewise(VectorOperators.ROL, 7).and(BYTE);
                    IntVector vw1 = vw.lanewise(VectorOperators.ROL, 7).and(BYTE);
                    IntVector vu1 = vu.lanewise(VectorOperators.ROL, 7).and(BYTE);
                    IntVector xw2 = xw.lanewise(VectorOperators.ROL, 31).and(BYTE);
                    IntVector xu2 = xu.lanewise(VectorOperators.ROL, 31).and(BYTE);
                    IntVector yw2 = yw.lanewise(VectorOperators.ROL, 31).and(BYTE);
                    IntVector yu2 = yu.lanewise(VectorOperators.ROL, 31).and(BYTE);
                    IntVector zw2 = zw.lanewise(VectorOperators.ROL, 31).and(BYTE);
                    IntVector zu2 = zu.lanewise(VectorOperators.ROL, 31).and(BYTE);
                    IntVector vw2 = vw.lanewise(VectorOperators.ROL, 31).and(BYTE);
                    IntVector vu2 = vu.lanewise(VectorOperators.ROL, 31).and(BYTE);
                    IntVector xw3 = xw.lanewise(VectorOperators.ROL, 23).and(BYTE);
                    IntVector xu3 = xu.lanewise(VectorOperators.ROL, 23).and(BYTE);
                    IntVector yw3 = yw.lanewise(VectorOperators.ROL, 23).and(BYTE);
                    IntVector yu3 = yu.lanewise(VectorOperators.ROL, 23).and(BYTE);
                    IntVector zw3 = zw.lanewise(VectorOperators.ROL, 23).and(BYTE);
                    IntVector zu3 = zu.lanewise(VectorOperators.ROL, 23).and(BYTE);
                    IntVector vw3 = vw.lanewise(VectorOperators.ROL, 23).and(BYTE);
                    IntVector vu3 = vu.lanewise(VectorOperators.ROL, 23).and(BYTE);
                    FloatVector a0 = FloatVector.broadcast(Lanes.F, a[k + 4 * j]);
                    FloatVector b0 = FloatVector.broadcast(Lanes.F, a[k + 4 * j + 16]);
                    x0 = xw0.or(ONE).reinterpretAsFloats().fma(a0, x0);
                    x1 = xu0.or(ONE).reinterpretAsFloats().fma(b0, x1);
                    y0 = yw0.or(ONE).reinterpretAsFloats().fma(a0, y0);
                    y1 = yu0.or(ONE).reinterpretAsFloats().fma(b0, y1);
                    z0 = zw0.or(ONE).reinterpretAsFloats().fma(a0, z0);
                    z1 = zu0.or(ONE).reinterpretAsFloats().fma(b0, z1);
                    v0 = vw0.or(ONE).reinterpretAsFloats().fma(a0, v0);
                    v1 = vu0.or(ONE).reinterpretAsFloats().fma(b0, v1);
                    FloatVector a1 = FloatVector.broadcast(Lanes.F, a[k + 4 * j + 1]);
                    FloatVector b1 = FloatVector.broadcast(Lanes.F, a[k + 4 * j + 17]);
                    x0 = xw1.or(ONE).reinterpretAsFloats().fma(a1, x0);
                    x1 = xu1.or(ONE).reinterpretAsFloats().fma(b1, x1);
                    y0 = yw1.or(ONE).reinterpretAsFloats().fma(a1, y0);
                    y1 = yu1.or(ONE).reinterpretAsFloats().fma(b1, y1);
                    z0 = zw1.or(ONE).reinterpretAsFloats().fma(a1, z0);
                    z1 = zu1.or(ONE).reinterpretAsFloats().fma(b1, z1);
                    v0 = vw1.or(ONE).reinterpretAsFloats().fma(a1, v0);
                    v1 = vu1.or(ONE).reinterpretAsFloats().fma(b1, v1);
                    FloatVector a2 = FloatVector.broadcast(Lanes.F, a[k + 4 * j + 2]);
                    FloatVector b2 = FloatVector.broadcast(Lanes.F, a[k + 4 * j + 18]);
                    x0 = xw2.or(ONE).reinterpretAsFloats().fma(a2, x0);
                    x1 = xu2.or(ONE).reinterpretAsFloats().fma(b2, x1);
                    y0 = yw2.or(ONE).reinterpretAsFloats().fma(a2, y0);
                    y1 = yu2.or(ONE).reinterpretAsFloats().fma(b2, y1);
                    z0 = zw2.or(ONE).reinterpretAsFloats().fma(a2, z0);
                    z1 = zu2.or(ONE).reinterpretAsFloats().fma(b2, z1);
                    v0 = vw2.or(ONE).reinterpretAsFloats().fma(a2, v0);
                    v1 = vu2.or(ONE).reinterpretAsFloats().fma(b2, v1);
                    FloatVector a3 = FloatVector.broadcast(Lanes.F, a[k + 4 * j + 3]);
                    FloatVector b3 = FloatVector.broadcast(Lanes.F, a[k + 4 * j + 19]);
                    x0 = xw3.or(ONE).reinterpretAsFloats().fma(a3, x0);
                    x1 = xu3.or(ONE).reinterpretAsFloats().fma(b3, x1);
                    y0 = yw3.or(ONE).reinterpretAsFloats().fma(a3, y0);
                    y1 = yu3.or(ONE).reinterpretAsFloats().fma(b3, y1);
                    z0 = zw3.or(ONE).reinterpretAsFloats().fma(a3, z0);
                    z1 = zu3.or(ONE).reinterpretAsFloats().fma(b3, z1);
                    v0 = vw3.or(ONE).reinterpretAsFloats().fma(a3, v0);
                    v1 = vu3.or(ONE).reinterpretAsFloats().fma(b3, v1);
                }
                int to = ROWS * g + r;
                offset0.add(x0).add(offset1.add(x1)).intoArray(out, to);
                offset0.add(y0).add(offset1.add(y1)).intoArray(out, to + BLOCK);
                offset0.add(z0).add(offset1.add(z1)).intoArray(out, to + 2 * BLOCK);
                offset0.add(v0).add(offset1.add(v1)).intoArray(out, to + 3 * BLOCK);
            }
        }
    }

    /** Forms FLOATS and DOUBLES: every product and sum in doubles, below 2^52 units of 2^-24. */
    static void floating(
            int[] w, int o, int p, int cols, boolean doubles, float[] a, int k0, int step, double[] out, int to) {
        for (int r = 0; r < 16; r += Lanes.FLOATS) {
            DoubleVector c0 = DoubleVector.zero(Lanes.D);
            DoubleVector c1 = c0;
            DoubleVector c2 = c0;
            DoubleVector c3 = c0;
            int next = r + Lanes.DOUBLES;
            if (doubles) {
                for (int k = 0; k < cols; k++) {
                    DoubleVector x = DoubleVector.broadcast(Lanes.D, a[k0 + k * step]);
                    c0 = IntVector.fromArray(Lanes.I, w, o + 32 * k + 2 * r)
                            .reinterpretAsDoubles()
                            .fma(x, c0);
                    c1 = IntVector.fromArray(Lanes.I, w, o + 32 * k + 2 * next)
                            .reinterpretAsDoubles()
                            .fma(x, c1);
                    c2 = IntVector.fromArray(Lanes.I, w, p + 32 * k + 2 * r)
                            .reinterpretAsDoubles()
                            .fma(x, c2);
                    c3 = IntVector.fromArray(Lanes.I, w, p + 32 * k + 2 * next)
                            .reinterpretAsDoubles()
                            .fma(x, c3);
                }
            } else {
                for (int k = 0; k < cols; k++) {
                    DoubleVector x = DoubleVector.broadcast(Lanes.D, a[k0 + k * step]);
                    c0 = ((DoubleVector) IntVector.fromArray(Lanes.HALF_I, w, o + 16 * k + r)
                                    .reinterpretAsFloats()
                                    .convertShape(VectorOperators.F2D, Lanes.D, 0))
                            .fma(x, c0);
                    c1 = ((DoubleVector) IntVector.fromArray(Lanes.HALF_I, w, o + 16 * k + next)
                                    .reinterpretAsFloats()
                                    .convertShape(VectorOperators.F2D, Lanes.D, 0))
                            .fma(x, c1);
                    c2 = ((DoubleVector) IntVector.fromArray(Lanes.HALF_I, w, p + 16 * k + r)
                                    .reinterpretAsFloats()
                                    .convertShape(VectorOperators.F2D, Lanes.D, 0))
                            .fma(x, c2);
                    c3 = ((DoubleVector) IntVector.fromArray(Lanes.HALF_I, w, p + 16 * k + next)
                                    .reinterpretAsFloats()
                                    .convertShape(VectorOperators.F2D, Lanes.D, 0))
                            .fma(x, c3);
                }
            }
            c0.intoArray(out, to + r);
            c1.intoArray(out, to + next);
            c2.intoArray(out, to + 16 + r);
            c3.intoArray(out, to + 16 + next);
        }
    }
}
