package assay.engine.fast;

import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.LongVector;
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
 * <p>Two blocks that lie far apart are read at once: the memory system follows two streams better than
 * one, and one word of each cache line is read some lines ahead since Java has no prefetch.
 *
 * <p>The bodies repeat themselves on purpose: past 18,000 nodes C2 inlines the Vector API's own methods
 * but no others, and a vector that is passed to a method which is not inlined is boxed.
 */
final class VectorDot {
    /** How many words ahead of their use lines are touched. */
    private static final int AHEAD = Integer.getInteger("assay.prefetch.words", 320);

    private static final int ONE = 0x3f800000;
    private static final int HIGH = 0x780000;
    private static final int LOW = 0x78000;
    private static final int BYTE = 0x7f8000;

    private VectorDot() {}

    /**
     * Form NIBBLES_HALVES, blocks {@code o} and {@code p} (first words).
     *
     * @param a values of the token from {@code k0} on
     * @param neg negated sums over 16 columns from {@code n0} on
     * @param sum sums over 32 columns from {@code s0} on
     * @param out 16 results of block o, then 16 of block p: exact sums times 2^(exponent-4)
     * @return something that depends on the words touched ahead
     */
    static int nibbles(
            int[] w,
            int o,
            int p,
            int groups,
            float[] a,
            int k0,
            float[] neg,
            int n0,
            double[] sum,
            int s0,
            double[] out) {
        int live = 0;
        int last = w.length - 80;
        for (int r = 0; r < 16; r += Lanes.FLOATS) {
            DoubleVector c0 = DoubleVector.zero(Lanes.D);
            DoubleVector c1 = c0;
            DoubleVector c2 = c0;
            DoubleVector c3 = c0;
            int low = 2 * r & 15;
            int high = 2 * (r + Lanes.DOUBLES) & 15;
            int lowShift = r < 8 ? 48 : 16;
            int highShift = r + Lanes.DOUBLES < 8 ? 48 : 16;
            for (int g = 0; g < groups; g++) {
                int u = o + 80 * g;
                int v = p + 80 * g;
                int t = Math.min(u + AHEAD, last);
                live += w[t] + w[t + 16] + w[t + 32] + w[t + 48] + w[t + 64];
                t = Math.min(v + AHEAD, last);
                live += w[t] + w[t + 16] + w[t + 32] + w[t + 48] + w[t + 64];
                FloatVector x0 = FloatVector.broadcast(Lanes.F, neg[n0 + 2 * g]);
                FloatVector x1 = FloatVector.broadcast(Lanes.F, neg[n0 + 2 * g + 1]);
                FloatVector y0 = x0;
                FloatVector y1 = x1;
                for (int j = 0; j < 4; j++) {
                    IntVector x = IntVector.fromArray(Lanes.I, w, u + 16 * j + 16 + r);
                    IntVector y = IntVector.fromArray(Lanes.I, w, v + 16 * j + 16 + r);
                    int k = k0 + 32 * g + 4 * j;
                    // Byte f of a word is brought to bits 15 to 22. No vector that changes is asked for anything: its
                    // type
                    // would not be known to the compiler.
                    FloatVector b = FloatVector.broadcast(Lanes.F, a[k]);
                    FloatVector c = FloatVector.broadcast(Lanes.F, a[k + 16]);
                    IntVector m = x.lanewise(VectorOperators.ROL, 15);
                    IntVector n = y.lanewise(VectorOperators.ROL, 15);
                    x0 = m.and(LOW).or(ONE).reinterpretAsFloats().fma(b, x0);
                    y0 = n.and(LOW).or(ONE).reinterpretAsFloats().fma(b, y0);
                    x1 = m.and(HIGH).or(ONE).reinterpretAsFloats().fma(c, x1);
                    y1 = n.and(HIGH).or(ONE).reinterpretAsFloats().fma(c, y1);
                    b = FloatVector.broadcast(Lanes.F, a[k + 1]);
                    c = FloatVector.broadcast(Lanes.F, a[k + 17]);
                    m = x.lanewise(VectorOperators.ROL, 7);
                    n = y.lanewise(VectorOperators.ROL, 7);
                    x0 = m.and(LOW).or(ONE).reinterpretAsFloats().fma(b, x0);
                    y0 = n.and(LOW).or(ONE).reinterpretAsFloats().fma(b, y0);
                    x1 = m.and(HIGH).or(ONE).reinterpretAsFloats().fma(c, x1);
                    y1 = n.and(HIGH).or(ONE).reinterpretAsFloats().fma(c, y1);
                    b = FloatVector.broadcast(Lanes.F, a[k + 2]);
                    c = FloatVector.broadcast(Lanes.F, a[k + 18]);
                    m = x.lanewise(VectorOperators.ROL, 31);
                    n = y.lanewise(VectorOperators.ROL, 31);
                    x0 = m.and(LOW).or(ONE).reinterpretAsFloats().fma(b, x0);
                    y0 = n.and(LOW).or(ONE).reinterpretAsFloats().fma(b, y0);
                    x1 = m.and(HIGH).or(ONE).reinterpretAsFloats().fma(c, x1);
                    y1 = n.and(HIGH).or(ONE).reinterpretAsFloats().fma(c, y1);
                    b = FloatVector.broadcast(Lanes.F, a[k + 3]);
                    c = FloatVector.broadcast(Lanes.F, a[k + 19]);
                    m = x.lanewise(VectorOperators.ROL, 23);
                    n = y.lanewise(VectorOperators.ROL, 23);
                    x0 = m.and(LOW).or(ONE).reinterpretAsFloats().fma(b, x0);
                    y0 = n.and(LOW).or(ONE).reinterpretAsFloats().fma(b, y0);
                    x1 = m.and(HIGH).or(ONE).reinterpretAsFloats().fma(c, x1);
                    y1 = n.and(HIGH).or(ONE).reinterpretAsFloats().fma(c, y1);
                }
                FloatVector sixteen = FloatVector.broadcast(Lanes.F, 16f);
                x0 = sixteen.fma(x0, x1);
                y0 = sixteen.fma(y0, y1);
                DoubleVector total = DoubleVector.broadcast(Lanes.D, sum[s0 + g] * 0.0625);
                LongVector h = IntVector.fromArray(Lanes.I, w, u + low).reinterpretAsLongs();
                c0 = ((DoubleVector) x0.convertShape(VectorOperators.F2D, Lanes.D, 0))
                        .fma(
                                h.lanewise(VectorOperators.LSHL, lowShift)
                                        .lanewise(VectorOperators.ASHR, 6)
                                        .and(Scales.HALF_MASK)
                                        .reinterpretAsDoubles(),
                                c0);
                c0 = total.fma(
                        h.lanewise(VectorOperators.LSHL, lowShift - 16)
                                .lanewise(VectorOperators.ASHR, 6)
                                .and(Scales.HALF_MASK)
                                .reinterpretAsDoubles(),
                        c0);
                h = IntVector.fromArray(Lanes.I, w, u + high).reinterpretAsLongs();
                c1 = ((DoubleVector) x0.convertShape(VectorOperators.F2D, Lanes.D, 1))
                        .fma(
                                h.lanewise(VectorOperators.LSHL, highShift)
                                        .lanewise(VectorOperators.ASHR, 6)
                                        .and(Scales.HALF_MASK)
                                        .reinterpretAsDoubles(),
                                c1);
                c1 = total.fma(
                        h.lanewise(VectorOperators.LSHL, highShift - 16)
                                .lanewise(VectorOperators.ASHR, 6)
                                .and(Scales.HALF_MASK)
                                .reinterpretAsDoubles(),
                        c1);
                h = IntVector.fromArray(Lanes.I, w, v + low).reinterpretAsLongs();
                c2 = ((DoubleVector) y0.convertShape(VectorOperators.F2D, Lanes.D, 0))
                        .fma(
                                h.lanewise(VectorOperators.LSHL, lowShift)
                                        .lanewise(VectorOperators.ASHR, 6)
                                        .and(Scales.HALF_MASK)
                                        .reinterpretAsDoubles(),
                                c2);
                c2 = total.fma(
                        h.lanewise(VectorOperators.LSHL, lowShift - 16)
                                .lanewise(VectorOperators.ASHR, 6)
                                .and(Scales.HALF_MASK)
                                .reinterpretAsDoubles(),
                        c2);
                h = IntVector.fromArray(Lanes.I, w, v + high).reinterpretAsLongs();
                c3 = ((DoubleVector) y0.convertShape(VectorOperators.F2D, Lanes.D, 1))
                        .fma(
                                h.lanewise(VectorOperators.LSHL, highShift)
                                        .lanewise(VectorOperators.ASHR, 6)
                                        .and(Scales.HALF_MASK)
                                        .reinterpretAsDoubles(),
                                c3);
                c3 = total.fma(
                        h.lanewise(VectorOperators.LSHL, highShift - 16)
                                .lanewise(VectorOperators.ASHR, 6)
                                .and(Scales.HALF_MASK)
                                .reinterpretAsDoubles(),
                        c3);
            }
            DoubleVector unit = DoubleVector.broadcast(Lanes.D, 1 / Scales.HALF_UNIT);
            unit.mul(c0).intoArray(out, r);
            unit.mul(c1).intoArray(out, r + Lanes.DOUBLES);
            unit.mul(c2).intoArray(out, 16 + r);
            unit.mul(c3).intoArray(out, 16 + r + Lanes.DOUBLES);
        }
        return live;
    }

    /**
     * Any form of 8-bit codes, block {@code o} and block {@code p}: as {@link #nibbles}.
     *
     * @param sc scales of block o as {@link Scales} reads them, then of block p
     * @param out exact sums times 2^-8
     */
    static int bytes(
            int[] w,
            int o,
            int p,
            int stride,
            int groups,
            float[] a,
            int k0,
            float[] neg,
            int n0,
            double[] sum,
            int s0,
            double[] sc,
            double[] out) {
        int live = 0;
        int last = w.length - 16 * 8;
        for (int r = 0; r < 16; r += Lanes.FLOATS) {
            DoubleVector c0 = DoubleVector.zero(Lanes.D);
            DoubleVector c1 = c0;
            DoubleVector c2 = c0;
            DoubleVector c3 = c0;
            for (int g = 0; g < groups; g++) {
                int u = o + stride * (g + 1) - 128 + r;
                int v = p + stride * (g + 1) - 128 + r;
                int t = Math.min(u + AHEAD, last);
                live += w[t] + w[t + 16] + w[t + 32] + w[t + 48] + w[t + 64] + w[t + 80] + w[t + 96] + w[t + 112];
                t = Math.min(v + AHEAD, last);
                live += w[t] + w[t + 16] + w[t + 32] + w[t + 48] + w[t + 64] + w[t + 80] + w[t + 96] + w[t + 112];
                int d = Scales.GROUP * g + r;
                int e = Scales.GROUP * (groups + g) + r;
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
                DoubleVector total = DoubleVector.broadcast(Lanes.D, sum[s0 + g] * 0x1p-8);
                c0 = total.fma(DoubleVector.fromArray(Lanes.D, sc, d + 32), c0);
                c1 = total.fma(DoubleVector.fromArray(Lanes.D, sc, d + 32 + Lanes.DOUBLES), c1);
                c2 = total.fma(DoubleVector.fromArray(Lanes.D, sc, e + 32), c2);
                c3 = total.fma(DoubleVector.fromArray(Lanes.D, sc, e + 32 + Lanes.DOUBLES), c3);
            }
            c0.intoArray(out, r);
            c1.intoArray(out, r + Lanes.DOUBLES);
            c2.intoArray(out, 16 + r);
            c3.intoArray(out, 16 + r + Lanes.DOUBLES);
        }
        return live;
    }

    /**
     * Form BYTES_HALVES, blocks {@code o} and {@code p} (first words): as {@link #nibbles}.
     *
     * <p>Once its offset is added a sum over 16 columns is a multiple of 2^-8 below 2^15, so that two of
     * them can be added as floats.
     *
     * @param out exact sums times 2^(exponent-8)
     */
    static int bytesHalves(
            int[] w,
            int o,
            int p,
            int groups,
            float[] a,
            int k0,
            float[] neg,
            int n0,
            double[] sum,
            int s0,
            double[] out) {
        int live = 0;
        int last = w.length - 144;
        for (int r = 0; r < 16; r += Lanes.FLOATS) {
            DoubleVector c0 = DoubleVector.zero(Lanes.D);
            DoubleVector c1 = c0;
            DoubleVector c2 = c0;
            DoubleVector c3 = c0;
            int low = 2 * r & 15;
            int high = 2 * (r + Lanes.DOUBLES) & 15;
            int lowShift = r < 8 ? 48 : 16;
            int highShift = r + Lanes.DOUBLES < 8 ? 48 : 16;
            for (int g = 0; g < groups; g++) {
                int u = o + 144 * g;
                int v = p + 144 * g;
                int t = Math.min(u + AHEAD, last);
                live += w[t]
                        + w[t + 16]
                        + w[t + 32]
                        + w[t + 48]
                        + w[t + 64]
                        + w[t + 80]
                        + w[t + 96]
                        + w[t + 112]
                        + w[t + 128];
                t = Math.min(v + AHEAD, last);
                live += w[t]
                        + w[t + 16]
                        + w[t + 32]
                        + w[t + 48]
                        + w[t + 64]
                        + w[t + 80]
                        + w[t + 96]
                        + w[t + 112]
                        + w[t + 128];
                FloatVector x0 = FloatVector.broadcast(Lanes.F, neg[n0 + 2 * g]);
                FloatVector x1 = FloatVector.broadcast(Lanes.F, neg[n0 + 2 * g + 1]);
                FloatVector y0 = x0;
                FloatVector y1 = x1;
                FloatVector offset0 = x0.mul(0.5f);
                FloatVector offset1 = x1.mul(0.5f);
                for (int j = 0; j < 4; j++) {
                    IntVector x = IntVector.fromArray(Lanes.I, w, u + 16 * j + 16 + r);
                    IntVector y = IntVector.fromArray(Lanes.I, w, v + 16 * j + 16 + r);
                    IntVector xx = IntVector.fromArray(Lanes.I, w, u + 16 * j + 80 + r);
                    IntVector yy = IntVector.fromArray(Lanes.I, w, v + 16 * j + 80 + r);
                    int k = k0 + 32 * g + 4 * j;
                    FloatVector b = FloatVector.broadcast(Lanes.F, a[k]);
                    FloatVector c = FloatVector.broadcast(Lanes.F, a[k + 16]);
                    x0 = x.lanewise(VectorOperators.ROL, 15)
                            .and(BYTE)
                            .or(ONE)
                            .reinterpretAsFloats()
                            .fma(b, x0);
                    y0 = y.lanewise(VectorOperators.ROL, 15)
                            .and(BYTE)
                            .or(ONE)
                            .reinterpretAsFloats()
                            .fma(b, y0);
                    x1 = xx.lanewise(VectorOperators.ROL, 15)
                            .and(BYTE)
                            .or(ONE)
                            .reinterpretAsFloats()
                            .fma(c, x1);
                    y1 = yy.lanewise(VectorOperators.ROL, 15)
                            .and(BYTE)
                            .or(ONE)
                            .reinterpretAsFloats()
                            .fma(c, y1);
                    b = FloatVector.broadcast(Lanes.F, a[k + 1]);
                    c = FloatVector.broadcast(Lanes.F, a[k + 17]);
                    x0 = x.lanewise(VectorOperators.ROL, 7)
                            .and(BYTE)
                            .or(ONE)
                            .reinterpretAsFloats()
                            .fma(b, x0);
                    y0 = y.lanewise(VectorOperators.ROL, 7)
                            .and(BYTE)
                            .or(ONE)
                            .reinterpretAsFloats()
                            .fma(b, y0);
                    x1 = xx.lanewise(VectorOperators.ROL, 7)
                            .and(BYTE)
                            .or(ONE)
                            .reinterpretAsFloats()
                            .fma(c, x1);
                    y1 = yy.lanewise(VectorOperators.ROL, 7)
                            .and(BYTE)
                            .or(ONE)
                            .reinterpretAsFloats()
                            .fma(c, y1);
                    b = FloatVector.broadcast(Lanes.F, a[k + 2]);
                    c = FloatVector.broadcast(Lanes.F, a[k + 18]);
                    x0 = x.lanewise(VectorOperators.ROL, 31)
                            .and(BYTE)
                            .or(ONE)
                            .reinterpretAsFloats()
                            .fma(b, x0);
                    y0 = y.lanewise(VectorOperators.ROL, 31)
                            .and(BYTE)
                            .or(ONE)
                            .reinterpretAsFloats()
                            .fma(b, y0);
                    x1 = xx.lanewise(VectorOperators.ROL, 31)
                            .and(BYTE)
                            .or(ONE)
                            .reinterpretAsFloats()
                            .fma(c, x1);
                    y1 = yy.lanewise(VectorOperators.ROL, 31)
                            .and(BYTE)
                            .or(ONE)
                            .reinterpretAsFloats()
                            .fma(c, y1);
                    b = FloatVector.broadcast(Lanes.F, a[k + 3]);
                    c = FloatVector.broadcast(Lanes.F, a[k + 19]);
                    x0 = x.lanewise(VectorOperators.ROL, 23)
                            .and(BYTE)
                            .or(ONE)
                            .reinterpretAsFloats()
                            .fma(b, x0);
                    y0 = y.lanewise(VectorOperators.ROL, 23)
                            .and(BYTE)
                            .or(ONE)
                            .reinterpretAsFloats()
                            .fma(b, y0);
                    x1 = xx.lanewise(VectorOperators.ROL, 23)
                            .and(BYTE)
                            .or(ONE)
                            .reinterpretAsFloats()
                            .fma(c, x1);
                    y1 = yy.lanewise(VectorOperators.ROL, 23)
                            .and(BYTE)
                            .or(ONE)
                            .reinterpretAsFloats()
                            .fma(c, y1);
                }
                x0 = offset0.add(x0).add(offset1.add(x1));
                y0 = offset0.add(y0).add(offset1.add(y1));
                DoubleVector total = DoubleVector.broadcast(Lanes.D, sum[s0 + g] * 0x1p-8);
                LongVector h = IntVector.fromArray(Lanes.I, w, u + low).reinterpretAsLongs();
                c0 = ((DoubleVector) x0.convertShape(VectorOperators.F2D, Lanes.D, 0))
                        .fma(
                                h.lanewise(VectorOperators.LSHL, lowShift)
                                        .lanewise(VectorOperators.ASHR, 6)
                                        .and(Scales.HALF_MASK)
                                        .reinterpretAsDoubles(),
                                c0);
                c0 = total.fma(
                        h.lanewise(VectorOperators.LSHL, lowShift - 16)
                                .lanewise(VectorOperators.ASHR, 6)
                                .and(Scales.HALF_MASK)
                                .reinterpretAsDoubles(),
                        c0);
                h = IntVector.fromArray(Lanes.I, w, u + high).reinterpretAsLongs();
                c1 = ((DoubleVector) x0.convertShape(VectorOperators.F2D, Lanes.D, 1))
                        .fma(
                                h.lanewise(VectorOperators.LSHL, highShift)
                                        .lanewise(VectorOperators.ASHR, 6)
                                        .and(Scales.HALF_MASK)
                                        .reinterpretAsDoubles(),
                                c1);
                c1 = total.fma(
                        h.lanewise(VectorOperators.LSHL, highShift - 16)
                                .lanewise(VectorOperators.ASHR, 6)
                                .and(Scales.HALF_MASK)
                                .reinterpretAsDoubles(),
                        c1);
                h = IntVector.fromArray(Lanes.I, w, v + low).reinterpretAsLongs();
                c2 = ((DoubleVector) y0.convertShape(VectorOperators.F2D, Lanes.D, 0))
                        .fma(
                                h.lanewise(VectorOperators.LSHL, lowShift)
                                        .lanewise(VectorOperators.ASHR, 6)
                                        .and(Scales.HALF_MASK)
                                        .reinterpretAsDoubles(),
                                c2);
                c2 = total.fma(
                        h.lanewise(VectorOperators.LSHL, lowShift - 16)
                                .lanewise(VectorOperators.ASHR, 6)
                                .and(Scales.HALF_MASK)
                                .reinterpretAsDoubles(),
                        c2);
                h = IntVector.fromArray(Lanes.I, w, v + high).reinterpretAsLongs();
                c3 = ((DoubleVector) y0.convertShape(VectorOperators.F2D, Lanes.D, 1))
                        .fma(
                                h.lanewise(VectorOperators.LSHL, highShift)
                                        .lanewise(VectorOperators.ASHR, 6)
                                        .and(Scales.HALF_MASK)
                                        .reinterpretAsDoubles(),
                                c3);
                c3 = total.fma(
                        h.lanewise(VectorOperators.LSHL, highShift - 16)
                                .lanewise(VectorOperators.ASHR, 6)
                                .and(Scales.HALF_MASK)
                                .reinterpretAsDoubles(),
                        c3);
            }
            DoubleVector unit = DoubleVector.broadcast(Lanes.D, 1 / Scales.HALF_UNIT);
            unit.mul(c0).intoArray(out, r);
            unit.mul(c1).intoArray(out, r + Lanes.DOUBLES);
            unit.mul(c2).intoArray(out, 16 + r);
            unit.mul(c3).intoArray(out, 16 + r + Lanes.DOUBLES);
        }
        return live;
    }

    /** Form NIBBLES_FLOATS: as {@link #bytes}, results times 2^-4. */
    static void nibblesScaled(
            int[] w,
            int o,
            int p,
            int stride,
            int groups,
            float[] a,
            int k0,
            float[] neg,
            int n0,
            double[] sum,
            int s0,
            double[] sc,
            double[] out) {
        for (int r = 0; r < 16; r += Lanes.FLOATS) {
            DoubleVector c0 = DoubleVector.zero(Lanes.D);
            DoubleVector c1 = c0;
            DoubleVector c2 = c0;
            DoubleVector c3 = c0;
            for (int g = 0; g < groups; g++) {
                int u = o + stride * (g + 1) - 64 + r;
                int v = p + stride * (g + 1) - 64 + r;
                FloatVector x0 = FloatVector.broadcast(Lanes.F, neg[n0 + 2 * g] + neg[n0 + 2 * g + 1]);
                FloatVector y0 = x0;
                for (int j = 0; j < 4; j++) {
                    IntVector x = IntVector.fromArray(Lanes.I, w, u + 16 * j);
                    IntVector y = IntVector.fromArray(Lanes.I, w, v + 16 * j);
                    for (int f = 0; f < 4; f++) {
                        int k = k0 + 32 * g + 4 * j + f;
                        FloatVector b = FloatVector.broadcast(Lanes.F, a[k]);
                        FloatVector c = FloatVector.broadcast(Lanes.F, a[k + 16]);
                        x0 = x.lanewise(VectorOperators.ROL, 19 - 8 * f & 31)
                                .and(HIGH)
                                .or(ONE)
                                .reinterpretAsFloats()
                                .fma(b, x0);
                        y0 = y.lanewise(VectorOperators.ROL, 19 - 8 * f & 31)
                                .and(HIGH)
                                .or(ONE)
                                .reinterpretAsFloats()
                                .fma(b, y0);
                        x0 = x.lanewise(VectorOperators.ROL, 15 - 8 * f & 31)
                                .and(HIGH)
                                .or(ONE)
                                .reinterpretAsFloats()
                                .fma(c, x0);
                        y0 = y.lanewise(VectorOperators.ROL, 15 - 8 * f & 31)
                                .and(HIGH)
                                .or(ONE)
                                .reinterpretAsFloats()
                                .fma(c, y0);
                    }
                }
                int d = Scales.GROUP * g + r;
                int e = Scales.GROUP * (groups + g) + r;
                DoubleVector total = DoubleVector.broadcast(Lanes.D, sum[s0 + g] * 0.0625);
                c0 = ((DoubleVector) x0.convertShape(VectorOperators.F2D, Lanes.D, 0))
                        .fma(DoubleVector.fromArray(Lanes.D, sc, d), c0);
                c1 = ((DoubleVector) x0.convertShape(VectorOperators.F2D, Lanes.D, 1))
                        .fma(DoubleVector.fromArray(Lanes.D, sc, d + Lanes.DOUBLES), c1);
                c2 = ((DoubleVector) y0.convertShape(VectorOperators.F2D, Lanes.D, 0))
                        .fma(DoubleVector.fromArray(Lanes.D, sc, e), c2);
                c3 = ((DoubleVector) y0.convertShape(VectorOperators.F2D, Lanes.D, 1))
                        .fma(DoubleVector.fromArray(Lanes.D, sc, e + Lanes.DOUBLES), c3);
                c0 = total.fma(DoubleVector.fromArray(Lanes.D, sc, d + 32), c0);
                c1 = total.fma(DoubleVector.fromArray(Lanes.D, sc, d + 32 + Lanes.DOUBLES), c1);
                c2 = total.fma(DoubleVector.fromArray(Lanes.D, sc, e + 32), c2);
                c3 = total.fma(DoubleVector.fromArray(Lanes.D, sc, e + 32 + Lanes.DOUBLES), c3);
            }
            c0.intoArray(out, r);
            c1.intoArray(out, r + Lanes.DOUBLES);
            c2.intoArray(out, 16 + r);
            c3.intoArray(out, 16 + r + Lanes.DOUBLES);
        }
    }

    /** Forms FLOATS and DOUBLES: every product and sum in doubles, below 2^52 units of 2^-24. */
    static void floating(int[] w, int o, int p, int cols, boolean doubles, float[] a, int k0, int step, double[] out) {
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
            c0.intoArray(out, r);
            c1.intoArray(out, next);
            c2.intoArray(out, 16 + r);
            c3.intoArray(out, 16 + next);
        }
    }
}
