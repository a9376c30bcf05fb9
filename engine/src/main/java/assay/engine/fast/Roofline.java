package assay.engine.fast;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;

/** The two limits of a machine that bound every kernel here: multiply-adds from registers, and words from memory. */
public final class Roofline {
    private static final int CHAINS = 10;

    private Roofline() {}

    /** Multiply-adds of one round of {@link #multiplyAdd}. */
    public static long productsARound() {
        return (long) CHAINS * Lanes.FLOATS;
    }

    /**
     * Float multiply-adds in as many independent chains as keep the units busy.
     *
     * @return something that depends on all of them
     */
    public static float multiplyAdd(int rounds) {
        FloatVector x = FloatVector.broadcast(Lanes.F, 1.0001f);
        FloatVector a0 = x;
        FloatVector a1 = x;
        FloatVector a2 = x;
        FloatVector a3 = x;
        FloatVector a4 = x;
        FloatVector a5 = x;
        FloatVector a6 = x;
        FloatVector a7 = x;
        FloatVector a8 = x;
        FloatVector a9 = x;
        for (int i = 0; i < rounds; i++) {
            a0 = x.fma(x, a0);
            a1 = x.fma(x, a1);
            a2 = x.fma(x, a2);
            a3 = x.fma(x, a3);
            a4 = x.fma(x, a4);
            a5 = x.fma(x, a5);
            a6 = x.fma(x, a6);
            a7 = x.fma(x, a7);
            a8 = x.fma(x, a8);
            a9 = x.fma(x, a9);
        }
        FloatVector sum = x.add(a0)
                .add(a1)
                .add(a2)
                .add(a3)
                .add(a4)
                .add(a5)
                .add(a6)
                .add(a7)
                .add(a8)
                .add(a9);
        return sum.lane(0);
    }

    /**
     * Reads the words from up to to, four vectors at once and less than that of the rest: one sum after another would wait
     * for itself.
     *
     * @return something that depends on all of them
     */
    public static int read(int[] words, int from, int to) {
        IntVector a = IntVector.zero(Lanes.I);
        IntVector b = a;
        IntVector c = a;
        IntVector d = a;
        int step = 4 * Lanes.FLOATS;
        for (int i = from; i + step <= to; i += step) {
            a = IntVector.fromArray(Lanes.I, words, i).lanewise(VectorOperators.XOR, a);
            b = IntVector.fromArray(Lanes.I, words, i + Lanes.FLOATS).lanewise(VectorOperators.XOR, b);
            c = IntVector.fromArray(Lanes.I, words, i + 2 * Lanes.FLOATS).lanewise(VectorOperators.XOR, c);
            d = IntVector.fromArray(Lanes.I, words, i + 3 * Lanes.FLOATS).lanewise(VectorOperators.XOR, d);
        }
        return IntVector.zero(Lanes.I).add(a).add(b).add(c).add(d).lane(0);
    }
}
