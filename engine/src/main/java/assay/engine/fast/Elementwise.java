package assay.engine.fast;

import assay.core.kernel.Fixed;
import assay.core.kernel.Norm;
import assay.core.kernel.Rope.Pairing;

/**
 * Operations on one token's vectors; the bits of {@link assay.core.kernel.Norm}, {@link
 * assay.core.kernel.Rope} and {@link assay.core.kernel.Gate}, without allocation.
 *
 * <p>Plain loops in shapes that the compiler turns into vector code by itself.
 */
public final class Elementwise {
    private Elementwise() {}

    /**
     * Root-mean-square norm at 16, as {@link assay.core.kernel.Norm#rms}.
     *
     * @param x (gain.length) from {@code at} on, at 14, |x| &lt; 2^30
     * @param y (gain.length), set
     */
    public static void norm(int[] x, int at, int[] gain, long[] epsilon, long c, long[] y) {
        int size = gain.length;
        int max = 0;
        for (int i = 0; i < size; i++) {
            max = Math.max(max, Math.abs(x[at + i]));
        }
        int shift = Math.max(0, 32 - Integer.numberOfLeadingZeros(max) - (Norm.INPUT_BITS - 1));
        int half = shift == 0 ? 0 : 1 << (shift - 1);
        int limit = (1 << (Norm.INPUT_BITS - 1)) - 1;
        long n = epsilon[shift];
        for (int i = 0; i < size; i++) {
            long v = Math.max(-limit, Math.min(limit, (x[at + i] + half) >> shift));
            y[i] = v;
            n += v * v;
        }
        long scale = c / Math.max(1, Fixed.isqrt(n));
        for (int i = 0; i < size; i++) {
            long h = (y[i] * scale + (1L << 23)) >> 24;
            y[i] = (h * gain[i] + (1L << 11)) >> 12;
        }
    }

    /** Adds y to x, saturated; returns how many sums were. */
    public static int add(int[] x, int xAt, int[] y, int yAt, int count) {
        int saturated = 0;
        for (int i = 0; i < count; i++) {
            // Both are below 2^30, so the sum fits.
            int sum = x[xAt + i] + y[yAt + i];
            int kept = Math.max(-Fixed.SAT, Math.min(Fixed.SAT, sum));
            int beyond = sum ^ kept;
            saturated += (beyond | -beyond) >>> 31;
            x[xAt + i] = kept;
        }
        return saturated;
    }

    /**
     * The gated unit at 12, as {@link assay.core.kernel.Gate#silu}.
     *
     * @param sigmoid (8192)
     * @param m (count), set from {@code mAt} on
     */
    public static void gate(int[] gate, int gAt, int[] up, int uAt, int count, int[] sigmoid, long[] m, int mAt) {
        for (int i = 0; i < count; i++) {
            m[mAt + i] = Math.max(-4096, Math.min(4095, (gate[gAt + i] + 8) >> 4)) + 4096L;
        }
        for (int i = 0; i < count; i++) {
            m[mAt + i] = sigmoid[(int) m[mAt + i]]; // the one loop that is not vector code
        }
        for (int i = 0; i < count; i++) {
            long h = (gate[gAt + i] * m[mAt + i] + (1L << 14)) >> 15;
            m[mAt + i] = (h * up[uAt + i] + (1L << 11)) >> 12;
        }
    }

    /**
     * Turns every head of q or k and brings it from 14 to f, as {@link assay.core.kernel.Rope#turn}.
     *
     * @param y (count) from {@code at} on
     * @param cos table with this position's hd/2 entries from {@code table} on; sin alike
     * @param out set from {@code to} on
     * @return how many values were clamped to 14 bits
     */
    public static int turn(
            int[] y,
            int at,
            int count,
            int headSize,
            short[] cos,
            short[] sin,
            int table,
            Pairing pairing,
            int f,
            short[] out,
            int to) {
        int half = headSize / 2;
        int step = pairing == Pairing.ADJACENT ? 2 : 1;
        int apart = pairing == Pairing.ADJACENT ? 1 : half;
        int s = 28 - f;
        int left = Math.max(0, -s);
        int right = Math.max(0, s);
        long round = right == 0 ? 0 : 1L << (right - 1);
        int clamped = 0;
        for (int base = 0; base < count; base += headSize) {
            for (int i = 0; i < half; i++) {
                long y0 = y[at + base + i * step];
                long y1 = y[at + base + i * step + apart];
                long a = ((y0 * cos[table + i] - y1 * sin[table + i] + round) >> right) << left;
                long b = ((y0 * sin[table + i] + y1 * cos[table + i] + round) >> right) << left;
                long p = Math.max(-8191, Math.min(8191, a));
                long q = Math.max(-8191, Math.min(8191, b));
                clamped += (p == a ? 0 : 1) + (q == b ? 0 : 1);
                out[to + base + i * step] = (short) p;
                out[to + base + i * step + apart] = (short) q;
            }
        }
        return clamped;
    }

    /** Brings v from 14 to f, as {@link assay.core.kernel.Rope#value}; returns how many were clamped. */
    public static int value(int[] y, int at, int count, int f, short[] out, int to) {
        int s = 14 - f;
        int left = Math.max(0, -s);
        int right = Math.max(0, s);
        long round = right == 0 ? 0 : 1L << (right - 1);
        int clamped = 0;
        for (int i = 0; i < count; i++) {
            long a = ((y[at + i] + round) >> right) << left;
            long p = Math.max(-8191, Math.min(8191, a));
            clamped += p == a ? 0 : 1;
            out[to + i] = (short) p;
        }
        return clamped;
    }

    /** An embedding row at 14: {@code sat(rdiv(W, 10))}; returns how many were saturated. */
    public static int embed(long[] w, int[] x, int at) {
        int saturated = 0;
        for (int i = 0; i < w.length; i++) {
            long v = (w[i] + 512) >> 10;
            x[at + i] = Fixed.sat(v);
            saturated += x[at + i] == v ? 0 : 1;
        }
        return saturated;
    }

    /** Index of the largest of a run of logits, the lowest on a tie, counted from {@code at}. */
    public static int argMax(int[] logits, int at, int count) {
        int max = Integer.MIN_VALUE;
        for (int i = 0; i < count; i++) {
            max = Math.max(max, logits[at + i]);
        }
        int i = 0;
        while (logits[at + i] != max) {
            i++;
        }
        return i;
    }
}
