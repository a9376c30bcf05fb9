package assay.core.kernel;

/**
 * One token's vector, quantised with one power of two: a stands at F - shift.
 *
 * @param values (n) integers of at most the asked bits, symmetric
 * @param shift 0 or more
 */
public record Quantised(int[] values, int shift) {
    /**
     * Quantises a vector to b bits with a sign: {@code shift = max(0, bits(max|y|) - (b-1))}, then
     * {@code clamp_b(rdiv(y, shift))}.
     *
     * @param y (n), |y| &lt; 2^62
     * @param b 2 to 31
     */
    public static Quantised of(long[] y, int b) {
        long max = 0;
        for (long v : y) {
            max = Math.max(max, Math.abs(v));
        }
        int shift = shift(max, b);
        int[] values = new int[y.length];
        for (int i = 0; i < y.length; i++) {
            values[i] = element(y[i], shift, b);
        }
        return new Quantised(values, shift);
    }

    /** The shift of a vector with this largest magnitude. */
    public static int shift(long max, int b) {
        return Math.max(0, Fixed.bits(max) - (b - 1));
    }

    /** One element of the quantised vector. */
    public static int element(long y, int shift, int b) {
        return Fixed.clamp(Fixed.rdiv(y, shift), b);
    }

    /** The same for a vector of ints. */
    public static Quantised of(int[] y, int b) {
        long[] wide = new long[y.length];
        for (int i = 0; i < y.length; i++) {
            wide[i] = y[i];
        }
        return of(wide, b);
    }
}
