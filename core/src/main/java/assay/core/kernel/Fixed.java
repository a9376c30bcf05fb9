package assay.core.kernel;

/**
 * The arithmetic that every operation is built of: rounding shifts, saturation, roots.
 *
 * <p>A tensor "at F" holds integers v that stand for v * 2^-F. docs/protocol/program.md, section 1.
 */
public final class Fixed {
    /** Largest magnitude of a residual or of a linear output. */
    public static final int SAT = (1 << 30) - 1;

    private Fixed() {}

    /**
     * Division by 2^s, halves up: {@code (x + 2^(s-1)) >> s} for 0 &lt; s &lt; 63, x for 0, {@code x << -s} for
     * negative s, 0 from 63 on.
     *
     * <p>The caller guarantees |x| + 2^(s-1) &lt; 2^63 and, for a left shift, a result in range.
     */
    public static long rdiv(long x, int s) {
        if (s > 0) {
            return s >= 63 ? 0 : (x + (1L << (s - 1))) >> s;
        }
        return x << -s;
    }

    /** Length of |x| in binary; 0 for 0. */
    public static int bits(long x) {
        return 64 - Long.numberOfLeadingZeros(Math.abs(x));
    }

    /** x limited to what b bits with a sign hold, symmetrically: +-(2^(b-1) - 1). */
    public static int clamp(long x, int b) {
        long limit = (1L << (b - 1)) - 1;
        return (int) Math.max(-limit, Math.min(limit, x));
    }

    /** x limited to +-(2^30 - 1). */
    public static int sat(long x) {
        return (int) Math.max(-SAT, Math.min(SAT, x));
    }

    /** The integer r with r^2 &lt;= n &lt; (r+1)^2, for 0 &lt;= n &lt; 2^62. */
    public static long isqrt(long n) {
        if (n < 0 || n >= 1L << 62) {
            throw new IllegalArgumentException("isqrt takes 0 to 2^62 - 1, got " + n);
        }
        long root = 0;
        long rest = n;
        for (long bit = 1L << 60; bit != 0; bit >>= 2) {
            if (rest >= root + bit) {
                rest -= root + bit;
                root = (root >> 1) + bit;
            } else {
                root >>= 1;
            }
        }
        return root;
    }
}
