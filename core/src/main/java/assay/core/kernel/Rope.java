package assay.core.kernel;

/** Rotary position embedding (Su et al. 2021), from stored tables. */
public final class Rope {
    /** Which elements of a head turn together. */
    public enum Pairing {
        /** Neighbours: (2i, 2i + 1). */
        ADJACENT,
        /** Halves: (i, i + hd/2), as GPT-NeoX does. */
        HALVES
    }

    private Rope() {}

    /**
     * Turns every head of q or k and brings it to f: {@code clamp_14(rdiv(y0*c - y1*s, 28 - f))}.
     *
     * @param y (heads * hd) at 14, |y| &lt; 2^30
     * @param cos (hd/2) at 14 for this position
     * @param sin (hd/2) at 14 for this position
     * @param f -1 to 30
     * @return (heads * hd) at f, |v| &lt;= 8191
     */
    public static short[] turn(int[] y, int headSize, short[] cos, short[] sin, Pairing pairing, int f) {
        short[] out = new short[y.length];
        long[] turned = unclamped(y, headSize, cos, sin, pairing, f);
        for (int i = 0; i < y.length; i++) {
            out[i] = (short) Fixed.clamp(turned[i], 14);
        }
        return out;
    }

    /** How many elements {@link #turn} limits. */
    public static int clamped(int[] y, int headSize, short[] cos, short[] sin, Pairing pairing, int f) {
        int count = 0;
        for (long v : unclamped(y, headSize, cos, sin, pairing, f)) {
            count += v == Fixed.clamp(v, 14) ? 0 : 1;
        }
        return count;
    }

    private static long[] unclamped(int[] y, int headSize, short[] cos, short[] sin, Pairing pairing, int f) {
        long[] out = new long[y.length];
        int half = headSize / 2;
        for (int base = 0; base < y.length; base += headSize) {
            for (int i = 0; i < half; i++) {
                int first = base + (pairing == Pairing.ADJACENT ? 2 * i : i);
                int second = pairing == Pairing.ADJACENT ? first + 1 : first + half;
                long y0 = y[first];
                long y1 = y[second];
                out[first] = Fixed.rdiv(y0 * cos[i] - y1 * sin[i], 28 - f);
                out[second] = Fixed.rdiv(y0 * sin[i] + y1 * cos[i], 28 - f);
            }
        }
        return out;
    }

    /**
     * v is not turned: {@code clamp_14(rdiv(y, 14 - f))}.
     *
     * @param y (n) at 14
     */
    public static short[] value(int[] y, int f) {
        short[] out = new short[y.length];
        for (int i = 0; i < y.length; i++) {
            out[i] = (short) Fixed.clamp(Fixed.rdiv(y[i], 14 - f), 14);
        }
        return out;
    }

    /** How many elements {@link #value} limits. */
    public static int clamped(int[] y, int f) {
        int count = 0;
        for (int v : y) {
            long u = Fixed.rdiv(v, 14 - f);
            count += u == Fixed.clamp(u, 14) ? 0 : 1;
        }
        return count;
    }
}
