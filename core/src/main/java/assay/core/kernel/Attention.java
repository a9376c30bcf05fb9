package assay.core.kernel;

/** Causal softmax attention of one head at one position (Vaswani et al. 2017), exactly. */
public final class Attention {
    private Attention() {}

    /**
     * The head's output at 16.
     *
     * <p>{@code S_j = sum q*k}; {@code u_j = rdiv((max S - S_j) * c, fq + fk + 8)} in units of 1/256;
     * {@code p_j = rdiv(EXP2[u & 255], min(u >> 8, 40))}; {@code Z = sum p}; {@code acc = sum p*v};
     * {@code o = floorDiv(2 * rdiv(acc, fv - 16) + Z, 2Z)}. The maximum is over all j before any p.
     *
     * @param q (hd) at fq, |q| &lt;= 8191
     * @param k (positions, stride) row-major: K of the head's group starts at {@code offset} in a row
     * @param v like k, at fv
     * @param positions 1 to the context length: how many rows of k and v are attended to
     */
    public static int[] head(
            short[] q, short[][] k, short[][] v, int offset, int positions, Exponents f, long c, Tables tables) {
        int size = q.length;
        long[] scores = new long[positions];
        long max = Long.MIN_VALUE;
        for (int j = 0; j < positions; j++) {
            long s = 0;
            for (int i = 0; i < size; i++) {
                s += (long) q[i] * k[j][offset + i];
            }
            scores[j] = s;
            max = Math.max(max, s);
        }
        long z = 0;
        long[] acc = new long[size];
        for (int j = 0; j < positions; j++) {
            long p = weight((max - scores[j]) * c, f.q() + f.k() + 8, tables);
            z += p;
            for (int i = 0; i < size; i++) {
                acc[i] += p * v[j][offset + i];
            }
        }
        int[] out = new int[size];
        for (int i = 0; i < size; i++) {
            out[i] = output(acc[i], z, f.v());
        }
        return out;
    }

    /** {@code p} of a scaled distance from the maximum: 2^15 for 0, 0 from 2^-16 on. */
    static long weight(long distance, int shift, Tables tables) {
        long u = Fixed.rdiv(distance, shift);
        return weight(u, tables.exp2(u & 255));
    }

    /**
     * {@code p} of {@code u} units of 1/256 below the maximum.
     *
     * @param exp2 the table's entry {@code u & 255}
     */
    public static long weight(long u, long exp2) {
        return Fixed.rdiv(exp2, (int) Math.min(u >> 8, 40));
    }

    /** One element at 16, of its weighted sum and the sum of weights. */
    public static int output(long acc, long z, int fv) {
        long num = Fixed.rdiv(acc, fv - 16);
        return (int) Math.floorDiv(2 * num + z, 2 * z);
    }

    /**
     * Where q, k and v of a layer stand, each -1 to 30.
     *
     * @param q exponent of q
     * @param k exponent of k
     * @param v exponent of v
     */
    public record Exponents(int q, int k, int v) {
        /** Checks the ranges. */
        public Exponents {
            for (int f : new int[] {q, k, v}) {
                if (f < -1 || f > 30) {
                    throw new IllegalArgumentException("an exponent is -1 to 30, got " + f);
                }
            }
        }
    }
}
