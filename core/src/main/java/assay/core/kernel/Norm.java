package assay.core.kernel;

/**
 * Root-mean-square norm of a residual vector, in fixed point (Zhang and Sennrich 2019).
 *
 * <p>docs/protocol/program.md, section 4.
 */
public final class Norm {
    /** Bits of the quantised residual. */
    public static final int INPUT_BITS = 25;

    /** A residual at 14 below 2^30 is shifted by at most this to fit {@link #INPUT_BITS}. */
    public static final int SHIFT_MAX = 6;

    private Norm() {}

    /**
     * y = x / rms(x) * gain, at 16.
     *
     * <p>{@code (x, sh) = quantise(x, 25); n = sum x^2 + E[sh]; r = max(1, isqrt(n)); h = rdiv(x * (C // r), 24);
     * y = rdiv(h * g, 12)}. Sums stay below 2^62 since D &lt;= 2^13.
     *
     * @param x (D) residual at 14, |x| &lt; 2^30
     * @param gain (D) at 12, |gain| &lt; 2^24
     * @param epsilon (7) E by shift: {@code rint(D * eps * 2^(2(14 - shift)))}
     * @param c {@code isqrt(D * 2^80)}
     */
    public static long[] rms(int[] x, int[] gain, long[] epsilon, long c) {
        Quantised q = Quantised.of(x, INPUT_BITS);
        long n = epsilon[q.shift()];
        for (int v : q.values()) {
            n += (long) v * v;
        }
        long scale = scale(n, c);
        long[] y = new long[x.length];
        for (int i = 0; i < x.length; i++) {
            y[i] = element(q.values()[i], scale, gain[i]);
        }
        return y;
    }

    /** {@code C // max(1, isqrt(n))}. */
    public static long scale(long n, long c) {
        return c / Math.max(1, Fixed.isqrt(n));
    }

    /** One element of y, of the quantised residual's. */
    public static long element(int q, long scale, int gain) {
        return Fixed.rdiv(Fixed.rdiv(q * scale, 24) * gain, 12);
    }
}
