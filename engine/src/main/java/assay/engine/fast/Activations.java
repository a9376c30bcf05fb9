package assay.engine.fast;

import java.util.Arrays;

/**
 * Quantised inputs of a linear operation for n tokens: 13-bit integers, held as floats for the kernels.
 *
 * <p>{@code shift = max(0, bits(max|y|) - 12); a = clamp_13(rdiv(y, shift))}, one shift a token, as in
 * {@link assay.core.kernel.Quantised}. One or two tokens lie one after another; more are interleaved
 * in tiles of eight, column by column. Different tokens may be set by different threads as long as
 * tokens of one tile of eight are set by one. Sums over 16 and 32 columns go with them.
 */
public final class Activations {
    /** Tokens a tile. */
    public static final int TILE = 8;

    /** Up to this many tokens are multiplied one at a time. */
    static final int SINGLES = 2;

    private static final int BITS = 13;

    private final int tokensMax;
    private final int colsMax;
    private final float[] values;
    private final float[] negatives;
    private final double[] sums;
    private final int[] shifts;
    private int tokens;
    private int cols;

    /** Room for this many tokens of this many columns. */
    public Activations(int tokensMax, int colsMax) {
        this.tokensMax = tokensMax;
        this.colsMax = (colsMax + 31) / 32 * 32;
        int padded = (tokensMax + TILE - 1) / TILE * TILE;
        this.values = new float[Math.multiplyExact(padded, this.colsMax)];
        this.negatives = new float[SINGLES * this.colsMax / 16];
        this.sums = new double[padded * this.colsMax / 32];
        this.shifts = new int[padded];
    }

    /** Starts over with n tokens of {@code cols} columns; all of them must then be set. */
    public void begin(int tokens, int cols) {
        if (tokens < 1 || tokens > tokensMax || cols < 1 || cols > colsMax) {
            throw new IllegalArgumentException(
                    tokens + " tokens of " + cols + " columns, room for " + tokensMax + " of " + colsMax);
        }
        this.tokens = tokens;
        this.cols = cols;
        int last = tokens / TILE * TILE;
        if (tiled() && last < tokens) {
            int padded = paddedCols();
            Arrays.fill(values, last * padded, (last + TILE) * padded, 0f);
            Arrays.fill(sums, last * (padded / 32), (last + TILE) * (padded / 32), 0.0);
        }
    }

    /** Quantises one token's vector, |y| &lt; 2^62. */
    public void set(int token, long[] y, int from) {
        long max = 0;
        for (int i = from; i < from + cols; i++) {
            max = Math.max(max, Math.abs(y[i]));
        }
        int shift = Math.max(0, 64 - Long.numberOfLeadingZeros(max) - (BITS - 1));
        long half = shift == 0 ? 0 : 1L << (shift - 1);
        int at = start(token);
        int step = tiled() ? TILE : 1;
        for (int i = 0; i < cols; i++) {
            long a = (y[from + i] + half) >> shift;
            values[at + i * step] = Math.max(-4095, Math.min(4095, (int) a));
        }
        finish(token, shift);
    }

    /** Quantises one token's vector, |y| &lt; 2^31. */
    public void set(int token, int[] y, int from) {
        int max = 0;
        for (int i = from; i < from + cols; i++) {
            max = Math.max(max, Math.abs(y[i]));
        }
        int shift = Math.max(0, 32 - Integer.numberOfLeadingZeros(max) - (BITS - 1));
        int half = shift == 0 ? 0 : 1 << (shift - 1);
        int at = start(token);
        int step = tiled() ? TILE : 1;
        for (int i = 0; i < cols; i++) {
            // |y| < 2^30, so the sum does not overflow.
            int a = (y[from + i] + half) >> shift;
            values[at + i * step] = Math.max(-4095, Math.min(4095, a));
        }
        finish(token, shift);
    }

    private void finish(int token, int shift) {
        shifts[token] = shift;
        int padded = paddedCols();
        int step = tiled() ? TILE : 1;
        int at = start(token);
        if (!tiled()) {
            Arrays.fill(values, at + cols, at + padded, 0f);
        }
        int sumAt = tiled() ? token / TILE * TILE * (padded / 32) + token % TILE : token * (padded / 32);
        for (int g = 0; g < padded / 32; g++) {
            float low = 0;
            float high = 0;
            int from = at + 32 * g * step;
            for (int i = 0; i < 16; i++) {
                low += values[from + i * step];
                high += values[from + (i + 16) * step];
            }
            sums[sumAt + g * step] = low + high;
            if (!tiled()) {
                negatives[(token * (padded / 32) + g) * 2] = -low;
                negatives[(token * (padded / 32) + g) * 2 + 1] = -high;
            }
        }
    }

    /** Tokens held. */
    public int tokens() {
        return tokens;
    }

    /** Columns of a token. */
    public int cols() {
        return cols;
    }

    /** The shift of a token: its values stand at F - shift. */
    public int shift(int token) {
        return shifts[token];
    }

    boolean tiled() {
        return tokens > SINGLES;
    }

    int paddedCols() {
        return (cols + 31) / 32 * 32;
    }

    /** Index of a token's first value; the next column is 1 further, or TILE if tiled. */
    int start(int token) {
        return tiled() ? token / TILE * TILE * paddedCols() + token % TILE : token * paddedCols();
    }

    /** Values, |a| &lt;= 4095. */
    float[] values() {
        return values;
    }

    /** Negated sums over 16 columns, if not tiled: [token][cols / 16]. */
    float[] negatives() {
        return negatives;
    }

    /** Sums over 32 columns: [token][group], or [tile][group][8]. */
    double[] sums() {
        return sums;
    }
}
