package assay.core.audit;

/** Integers modulo the prime p = 2^61 - 1, held as longs from 0 to p - 1. */
final class Field61 {
    /** The modulus. */
    static final long P = (1L << 61) - 1;

    private Field61() {}

    /** The residue of a signed integer, |x| &lt; p. */
    static long of(long x) {
        return x < 0 ? x + P : x;
    }

    static long add(long a, long b) {
        long s = a + b;
        return s >= P ? s - P : s;
    }

    static long mul(long a, long b) {
        // a*b < 2^122: high*2^64 + low, and 2^61 is 1.
        long high = Math.multiplyHigh(a, b);
        long low = a * b;
        long s = (low & P) + (low >>> 61 | high << 3);
        return s >= P ? s - P : s;
    }

    /** Sum of products of residues and signed integers, |x| &lt; p. */
    static long dot(long[] residues, long[] x) {
        long sum = 0;
        for (int i = 0; i < x.length; i++) {
            sum = add(sum, mul(residues[i], of(x[i])));
        }
        return sum;
    }
}
