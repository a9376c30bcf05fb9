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
            long g = gate[i];
            int index = (int) Math.max(-4096, Math.min(4095, Fixed.rdiv(g, 4))) + 4096;
            m[i] = Fixed.rdiv(Fixed.rdiv(g * tables.sigmoid(index), 15) * up[i], 12);
        }
        return m;
    }
}
