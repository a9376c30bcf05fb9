package assay.core.kernel;

/** The gated linear unit of the feed-forward part (Shazeer 2020), with SiLU from a table. */
public final class Gate {
    private Gate() {}

    /**
     * {@code m = rdiv(rdiv(g * SIG[clamp(rdiv(g, 4), -4096, 4095) + 4096], 15) * up, 12)}, at 12.
     *
     * @param gate (n) at 12, |g| &lt; 2^30
     * @param up (n) at 12, |up| &lt; 2^30
     * @return (n) at 12, below 2^49
     */
    public static long[] silu(int[] gate, int[] up, Tables tables) {
        long[] m = new long[gate.length];
        for (int i = 0; i < gate.length; i++) {
            m[i] = element(gate[i], tables.sigmoid(index(gate[i])), up[i]);
        }
        return m;
    }

    /** Which entry of SIG a gate takes. */
    public static int index(long gate) {
        return (int) Math.max(-4096, Math.min(4095, Fixed.rdiv(gate, 4))) + 4096;
    }

    /** One element of m; {@code sigmoid} is the entry at {@link #index}. */
    public static long element(long gate, long sigmoid, long up) {
        return Fixed.rdiv(Fixed.rdiv(gate * sigmoid, 15) * up, 12);
    }
}
