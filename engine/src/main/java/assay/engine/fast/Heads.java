package assay.engine.fast;

import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.ShortVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;

/** The two products of attention, exact in doubles: |q*k| summed over hd stays below 2^36, p*v below 2^49. */
final class Heads {
    /** As many shorts as ints fill a vector. */
    private static final VectorSpecies<Short> S = VectorSpecies.of(short.class, VectorShape.forBitSize(Lanes.BITS / 2));

    private static final int QUAD = Attention.QUAD;

    private Heads() {}

    /**
     * Scores of 16 positions for four queries.
     *
     * @param keys block of K at {@code k}: [hd][16]
     * @param q [hd][4]
     * @param out query n's scores at {@code at + n * stride}
     */
    static void scores(short[] keys, int k, int headSize, double[] q, double[] out, int at, int stride) {
        for (int r = 0; r < KvCache.BLOCK; r += Lanes.FLOATS) {
            DoubleVector a0 = DoubleVector.zero(Lanes.D);
            DoubleVector a1 = a0;
            DoubleVector a2 = a0;
            DoubleVector a3 = a0;
            DoubleVector b0 = a0;
            DoubleVector b1 = a0;
            DoubleVector b2 = a0;
            DoubleVector b3 = a0;
            for (int i = 0; i < headSize; i++) {
                IntVector v = (IntVector) ShortVector.fromArray(S, keys, k + KvCache.BLOCK * i + r)
                        .convertShape(VectorOperators.S2I, Lanes.I, 0);
                DoubleVector x = (DoubleVector) v.convertShape(VectorOperators.I2D, Lanes.D, 0);
                DoubleVector y = (DoubleVector) v.convertShape(VectorOperators.I2D, Lanes.D, 1);
                DoubleVector f = DoubleVector.broadcast(Lanes.D, q[QUAD * i]);
                a0 = x.fma(f, a0);
                b0 = y.fma(f, b0);
                f = DoubleVector.broadcast(Lanes.D, q[QUAD * i + 1]);
                a1 = x.fma(f, a1);
                b1 = y.fma(f, b1);
                f = DoubleVector.broadcast(Lanes.D, q[QUAD * i + 2]);
                a2 = x.fma(f, a2);
                b2 = y.fma(f, b2);
                f = DoubleVector.broadcast(Lanes.D, q[QUAD * i + 3]);
                a3 = x.fma(f, a3);
                b3 = y.fma(f, b3);
            }
            a0.intoArray(out, at + r);
            b0.intoArray(out, at + r + Lanes.DOUBLES);
            a1.intoArray(out, at + r + stride);
            b1.intoArray(out, at + r + stride + Lanes.DOUBLES);
            a2.intoArray(out, at + r + 2 * stride);
            b2.intoArray(out, at + r + 2 * stride + Lanes.DOUBLES);
            a3.intoArray(out, at + r + 3 * stride);
            b3.intoArray(out, at + r + 3 * stride + Lanes.DOUBLES);
        }
    }

    /** The same for eight queries: q is [hd][8]. */
    static void scoresOfEight(short[] keys, int k, int headSize, double[] q, double[] out, int at, int stride) {
        for (int r = 0; r < KvCache.BLOCK; r += Lanes.FLOATS) {
            DoubleVector a0 = DoubleVector.zero(Lanes.D);
            DoubleVector a1 = a0;
            DoubleVector a2 = a0;
            DoubleVector a3 = a0;
            DoubleVector a4 = a0;
            DoubleVector a5 = a0;
            DoubleVector a6 = a0;
            DoubleVector a7 = a0;
            DoubleVector b0 = a0;
            DoubleVector b1 = a0;
            DoubleVector b2 = a0;
            DoubleVector b3 = a0;
            DoubleVector b4 = a0;
            DoubleVector b5 = a0;
            DoubleVector b6 = a0;
            DoubleVector b7 = a0;
            for (int i = 0; i < headSize; i++) {
                IntVector v = (IntVector) ShortVector.fromArray(S, keys, k + KvCache.BLOCK * i + r)
                        .convertShape(VectorOperators.S2I, Lanes.I, 0);
                DoubleVector x = (DoubleVector) v.convertShape(VectorOperators.I2D, Lanes.D, 0);
                DoubleVector y = (DoubleVector) v.convertShape(VectorOperators.I2D, Lanes.D, 1);
                DoubleVector f = DoubleVector.broadcast(Lanes.D, q[8 * i]);
                a0 = x.fma(f, a0);
                b0 = y.fma(f, b0);
                f = DoubleVector.broadcast(Lanes.D, q[8 * i + 1]);
                a1 = x.fma(f, a1);
                b1 = y.fma(f, b1);
                f = DoubleVector.broadcast(Lanes.D, q[8 * i + 2]);
                a2 = x.fma(f, a2);
                b2 = y.fma(f, b2);
                f = DoubleVector.broadcast(Lanes.D, q[8 * i + 3]);
                a3 = x.fma(f, a3);
                b3 = y.fma(f, b3);
                f = DoubleVector.broadcast(Lanes.D, q[8 * i + 4]);
                a4 = x.fma(f, a4);
                b4 = y.fma(f, b4);
                f = DoubleVector.broadcast(Lanes.D, q[8 * i + 5]);
                a5 = x.fma(f, a5);
                b5 = y.fma(f, b5);
                f = DoubleVector.broadcast(Lanes.D, q[8 * i + 6]);
                a6 = x.fma(f, a6);
                b6 = y.fma(f, b6);
                f = DoubleVector.broadcast(Lanes.D, q[8 * i + 7]);
                a7 = x.fma(f, a7);
                b7 = y.fma(f, b7);
            }
            a0.intoArray(out, at + r);
            b0.intoArray(out, at + r + Lanes.DOUBLES);
            a1.intoArray(out, at + r + stride);
            b1.intoArray(out, at + r + stride + Lanes.DOUBLES);
            a2.intoArray(out, at + r + 2 * stride);
            b2.intoArray(out, at + r + 2 * stride + Lanes.DOUBLES);
            a3.intoArray(out, at + r + 3 * stride);
            b3.intoArray(out, at + r + 3 * stride + Lanes.DOUBLES);
            a4.intoArray(out, at + r + 4 * stride);
            b4.intoArray(out, at + r + 4 * stride + Lanes.DOUBLES);
            a5.intoArray(out, at + r + 5 * stride);
            b5.intoArray(out, at + r + 5 * stride + Lanes.DOUBLES);
            a6.intoArray(out, at + r + 6 * stride);
            b6.intoArray(out, at + r + 6 * stride + Lanes.DOUBLES);
            a7.intoArray(out, at + r + 7 * stride);
            b7.intoArray(out, at + r + 7 * stride + Lanes.DOUBLES);
        }
    }

    /** The largest of a run of scores, none of which is a NaN. */
    static double max(double[] scores, int at, int count) {
        DoubleVector first = DoubleVector.broadcast(Lanes.D, scores[at]);
        DoubleVector max = first;
        int i = 0;
        for (; i + Lanes.DOUBLES <= count; i += Lanes.DOUBLES) {
            DoubleVector s = DoubleVector.fromArray(Lanes.D, scores, at + i);
            max = s.blend(max, s.compare(VectorOperators.LT, max));
        }
        double most = first.max(max).reduceLanes(VectorOperators.MAX);
        for (; i < count; i++) {
            most = Math.max(most, scores[at + i]);
        }
        return most;
    }

    /**
     * Adds p * v of a run of positions to four heads' sums.
     *
     * @param values rows of V from {@code v} on: [positions][size]
     * @param size a multiple of 16
     * @param p query n's shares from {@code from + n * stride} on
     * @param sums [4][size]
     */
    static void values(
            short[] values, int v, int positions, int size, double[] p, int from, int stride, double[] sums) {
        for (int c = 0; c < size; c += Lanes.FLOATS) {
            int d = c + Lanes.DOUBLES;
            DoubleVector a0 = DoubleVector.fromArray(Lanes.D, sums, c);
            DoubleVector b0 = DoubleVector.fromArray(Lanes.D, sums, d);
            DoubleVector a1 = DoubleVector.fromArray(Lanes.D, sums, c + size);
            DoubleVector b1 = DoubleVector.fromArray(Lanes.D, sums, d + size);
            DoubleVector a2 = DoubleVector.fromArray(Lanes.D, sums, c + 2 * size);
            DoubleVector b2 = DoubleVector.fromArray(Lanes.D, sums, d + 2 * size);
            DoubleVector a3 = DoubleVector.fromArray(Lanes.D, sums, c + 3 * size);
            DoubleVector b3 = DoubleVector.fromArray(Lanes.D, sums, d + 3 * size);
            for (int j = 0; j < positions; j++) {
                IntVector n = (IntVector) ShortVector.fromArray(S, values, v + j * size + c)
                        .convertShape(VectorOperators.S2I, Lanes.I, 0);
                DoubleVector x = (DoubleVector) n.convertShape(VectorOperators.I2D, Lanes.D, 0);
                DoubleVector y = (DoubleVector) n.convertShape(VectorOperators.I2D, Lanes.D, 1);
                int i = from + j;
                DoubleVector f = DoubleVector.broadcast(Lanes.D, p[i]);
                a0 = x.fma(f, a0);
                b0 = y.fma(f, b0);
                f = DoubleVector.broadcast(Lanes.D, p[i + stride]);
                a1 = x.fma(f, a1);
                b1 = y.fma(f, b1);
                f = DoubleVector.broadcast(Lanes.D, p[i + 2 * stride]);
                a2 = x.fma(f, a2);
                b2 = y.fma(f, b2);
                f = DoubleVector.broadcast(Lanes.D, p[i + 3 * stride]);
                a3 = x.fma(f, a3);
                b3 = y.fma(f, b3);
            }
            a0.intoArray(sums, c);
            b0.intoArray(sums, d);
            a1.intoArray(sums, c + size);
            b1.intoArray(sums, d + size);
            a2.intoArray(sums, c + 2 * size);
            b2.intoArray(sums, d + 2 * size);
            a3.intoArray(sums, c + 3 * size);
            b3.intoArray(sums, d + 3 * size);
        }
    }

    /** The same for eight heads. */
    static void valuesOfEight(
            short[] values, int v, int positions, int size, double[] p, int from, int stride, double[] sums) {
        for (int c = 0; c < size; c += Lanes.FLOATS) {
            int d = c + Lanes.DOUBLES;
            DoubleVector a0 = DoubleVector.fromArray(Lanes.D, sums, c);
            DoubleVector b0 = DoubleVector.fromArray(Lanes.D, sums, d);
            DoubleVector a1 = DoubleVector.fromArray(Lanes.D, sums, c + size);
            DoubleVector b1 = DoubleVector.fromArray(Lanes.D, sums, d + size);
            DoubleVector a2 = DoubleVector.fromArray(Lanes.D, sums, c + 2 * size);
            DoubleVector b2 = DoubleVector.fromArray(Lanes.D, sums, d + 2 * size);
            DoubleVector a3 = DoubleVector.fromArray(Lanes.D, sums, c + 3 * size);
            DoubleVector b3 = DoubleVector.fromArray(Lanes.D, sums, d + 3 * size);
            DoubleVector a4 = DoubleVector.fromArray(Lanes.D, sums, c + 4 * size);
            DoubleVector b4 = DoubleVector.fromArray(Lanes.D, sums, d + 4 * size);
            DoubleVector a5 = DoubleVector.fromArray(Lanes.D, sums, c + 5 * size);
            DoubleVector b5 = DoubleVector.fromArray(Lanes.D, sums, d + 5 * size);
            DoubleVector a6 = DoubleVector.fromArray(Lanes.D, sums, c + 6 * size);
            DoubleVector b6 = DoubleVector.fromArray(Lanes.D, sums, d + 6 * size);
            DoubleVector a7 = DoubleVector.fromArray(Lanes.D, sums, c + 7 * size);
            DoubleVector b7 = DoubleVector.fromArray(Lanes.D, sums, d + 7 * size);
            for (int j = 0; j < positions; j++) {
                IntVector n = (IntVector) ShortVector.fromArray(S, values, v + j * size + c)
                        .convertShape(VectorOperators.S2I, Lanes.I, 0);
                DoubleVector x = (DoubleVector) n.convertShape(VectorOperators.I2D, Lanes.D, 0);
                DoubleVector y = (DoubleVector) n.convertShape(VectorOperators.I2D, Lanes.D, 1);
                int i = from + j;
                DoubleVector f = DoubleVector.broadcast(Lanes.D, p[i]);
                a0 = x.fma(f, a0);
                b0 = y.fma(f, b0);
                f = DoubleVector.broadcast(Lanes.D, p[i + stride]);
                a1 = x.fma(f, a1);
                b1 = y.fma(f, b1);
                f = DoubleVector.broadcast(Lanes.D, p[i + 2 * stride]);
                a2 = x.fma(f, a2);
                b2 = y.fma(f, b2);
                f = DoubleVector.broadcast(Lanes.D, p[i + 3 * stride]);
                a3 = x.fma(f, a3);
                b3 = y.fma(f, b3);
                f = DoubleVector.broadcast(Lanes.D, p[i + 4 * stride]);
                a4 = x.fma(f, a4);
                b4 = y.fma(f, b4);
                f = DoubleVector.broadcast(Lanes.D, p[i + 5 * stride]);
                a5 = x.fma(f, a5);
                b5 = y.fma(f, b5);
                f = DoubleVector.broadcast(Lanes.D, p[i + 6 * stride]);
                a6 = x.fma(f, a6);
                b6 = y.fma(f, b6);
                f = DoubleVector.broadcast(Lanes.D, p[i + 7 * stride]);
                a7 = x.fma(f, a7);
                b7 = y.fma(f, b7);
            }
            a0.intoArray(sums, c);
            b0.intoArray(sums, d);
            a1.intoArray(sums, c + size);
            b1.intoArray(sums, d + size);
            a2.intoArray(sums, c + 2 * size);
            b2.intoArray(sums, d + 2 * size);
            a3.intoArray(sums, c + 3 * size);
            b3.intoArray(sums, d + 3 * size);
            a4.intoArray(sums, c + 4 * size);
            b4.intoArray(sums, d + 4 * size);
            a5.intoArray(sums, c + 5 * size);
            b5.intoArray(sums, d + 5 * size);
            a6.intoArray(sums, c + 6 * size);
            b6.intoArray(sums, d + 6 * size);
            a7.intoArray(sums, c + 7 * size);
            b7.intoArray(sums, d + 7 * size);
        }
    }
}
