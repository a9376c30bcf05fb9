package assay.core.kernel;

/** Matrix times vector, exactly. */
public final class Linear {
    /** Bits of a linear operation's input. */
    public static final int INPUT_BITS = 13;

    private Linear() {}

    /**
     * The exact sum of products of one row: {@code z = sum_k W[k] * a[k]}, |z| &lt; 2^52.
     *
     * @param w (cols) weights at 24, with sum |W| &lt; 2^40
     * @param a (cols), |a| &lt;= 4095
     */
    public static long dot(long[] w, int[] a) {
        if (w.length != a.length) {
            throw new IllegalArgumentException("row of " + w.length + " weights, input of " + a.length);
        }
        long z = 0;
        for (int k = 0; k < w.length; k++) {
            z += w[k] * a[k];
        }
        return z;
    }

    /**
     * From the exact sum to the output: {@code sat(rdiv(z, 24 + fIn - shift - fOut) + bias)}.
     *
     * @param shift of the quantised input
     * @param bias at fOut, 0 if there is none
     */
    public static int output(long z, int fIn, int shift, int fOut, long bias) {
        return Fixed.sat(unsaturated(z, fIn, shift, fOut, bias));
    }

    /** The output before saturation, so that saturations can be counted. */
    public static long unsaturated(long z, int fIn, int shift, int fOut, long bias) {
        int s = 24 + fIn - shift - fOut;
        if (s < 0 && Fixed.bits(z) - s > 61) {
            return z < 0 ? -(1L << 61) : 1L << 61;
        }
        return Fixed.rdiv(z, s) + bias;
    }

    /** One embedding element: {@code sat(rdiv(W, 10))}, at 14. */
    public static int embedding(long w) {
        return Fixed.sat(Fixed.rdiv(w, 10));
    }
}
