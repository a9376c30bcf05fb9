package assay.engine.fast;

import java.util.Arrays;

/**
 * Quantised inputs of a linear operation for n tokens: 13-bit integers, held as floats for the kernels.
 *
 * <p>{@code shift = max(0, bits(max|y|) - 12); a = clamp_13(rdiv(y, shift))}, one shift a token, as in
 * {@link assay.core.kernel.Quantised}. One or two tokens may lie one after another. Others are interleaved in tiles of
 * eight, column by column: first every token is set, by any thread, then {@link #interleave} is called for every
 * tile and group. Sums over 16 and 32 columns go with them.
 */
public final class Activations {
    /** Tokens a tile. */
    public static final int TILE = 8;

    /** Up to this many tokens can be multiplied one at a time. */
    public static final int SINGLES = 2;

    private static final int GROUP = 32;
    private static final int BITS = 13;
    private static final int LIMIT = (1 << (BITS - 1)) - 1;

    private final int tokensMax;
    private final int colsMax;
    private final int[] rows;
    private final float[] values;
    private final float[] negatives;
    private final double[] sums;
    private final int[] shifts;
    private int tokens;
    private int cols;
    private boolean tiled;

    /** Room for this many tokens of this many columns. */
    public Activations(int tokensMax, int colsMax) {
        this.tokensMax = tokensMax;
        this.colsMax = (colsMax + GROUP - 1) / GROUP * GROUP;
        int padded = (tokensMax + TILE - 1) / TILE * TILE;
        this.rows = new int[Math.multiplyExact(padded, this.colsMax)];
        this.values = new float[rows.length];
        this.negatives = new float[SINGLES * this.colsMax / 16];
        this.sums = new double[rows.length / GROUP];
        this.shifts = new int[padded];
    }

    /** Starts over with n tokens of {@code cols} columns, which must then all be set; in tiles if there are many. */
    public void begin(int tokens, int cols) {
        begin(tokens, cols, tokens > SINGLES);
    }

    /**
     * The same.
     *
     * @param tiled whether in tiles, which only up to {@link #SINGLES} tokens need not be
     */
    public void begin(int tokens, int cols, boolean tiled) {
        if (!tiled && tokens > SINGLES) {
            throw new IllegalArgumentException(tokens + " tokens one after another");
        }
        if (tokens < 1 || tokens > tokensMax || cols < 1 || cols > colsMax) {
            throw new IllegalArgumentException(
                    tokens + " tokens of " + cols + " columns, room for " + tokensMax + " of " + colsMax);
        }
        this.tokens = tokens;
        this.cols = cols;
        this.tiled = tiled;
    }

    /** Quantises one token's vector, |y| &lt; 2^62. */
    public void set(int token, long[] y, int from) {
        long max = 0;
        for (int i = from; i < from + cols; i++) {
            max = Math.max(max, Math.abs(y[i]));
        }
        int shift = Math.max(0, 64 - Long.numberOfLeadingZeros(max) - (BITS - 1));
        long half = shift == 0 ? 0 : 1L << (shift - 1);
        int at = token * paddedCols();
        for (int i = 0; i < cols; i++) {
            int a = (int) ((y[from + i] + half) >> shift);
            rows[at + i] = Math.max(-LIMIT, Math.min(LIMIT, a));
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
        int at = token * paddedCols();
        for (int i = 0; i < cols; i++) {
            // |y| < 2^30, so the sum does not overflow.
            int a = (y[from + i] + half) >> shift;
            rows[at + i] = Math.max(-LIMIT, Math.min(LIMIT, a));
        }
        finish(token, shift);
    }

    private void finish(int token, int shift) {
        shifts[token] = shift;
        int padded = paddedCols();
        int at = token * padded;
        Arrays.fill(rows, at + cols, at + padded, 0);
        if (tiled()) {
            return;
        }
        for (int i = at; i < at + padded; i++) {
            values[i] = rows[i];
        }
        for (int g = 0; g < padded / GROUP; g++) {
            int low = 0;
            int high = 0;
            int from = at + GROUP * g;
            for (int i = 0; i < 16; i++) {
                low += rows[from + i];
                high += rows[from + 16 + i];
            }
            sums[token * (padded / GROUP) + g] = low + high;
            negatives[(token * (padded / GROUP) + g) * 2] = -low;
            negatives[(token * (padded / GROUP) + g) * 2 + 1] = -high;
        }
    }

    /** Tiles to interleave: 0 if not tiled. */
    public int tiles() {
        return tiled() ? (tokens + TILE - 1) / TILE : 0;
    }

    /** Groups of 32 columns. */
    public int groups() {
        return paddedCols() / GROUP;
    }

    /** Interleaves groups from up to to of a tile whose tokens are set; those that are missing count as zeros. */
    public void interleave(int tile, int from, int to) {
        int padded = paddedCols();
        int first = tile * TILE;
        for (int t = tokens; t < first + TILE; t++) {
            Arrays.fill(rows, t * padded + from * GROUP, t * padded + to * GROUP, 0);
        }
        for (int g = from; g < to; g++) {
            group(first * padded + g * GROUP, padded, first * padded + g * GROUP * TILE);
            for (int t = 0; t < TILE; t++) {
                int row = (first + t) * padded + g * GROUP;
                int sum = 0;
                for (int i = 0; i < GROUP; i++) {
                    sum += rows[row + i];
                }
                sums[first * (padded / GROUP) + g * TILE + t] = sum;
            }
        }
    }

    /** A group's columns of eight rows, which lie {@code apart}. */
    private void group(int row, int apart, int to) {
        for (int i = row; i < row + GROUP; i++, to += TILE) {
            values[to] = rows[i];
            values[to + 1] = rows[i + apart];
            values[to + 2] = rows[i + 2 * apart];
            values[to + 3] = rows[i + 3 * apart];
            values[to + 4] = rows[i + 4 * apart];
            values[to + 5] = rows[i + 5 * apart];
            values[to + 6] = rows[i + 6 * apart];
            values[to + 7] = rows[i + 7 * apart];
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

    /** The shifts of all tokens. */
    int[] shifts() {
        return shifts;
    }

    boolean tiled() {
        return tiled;
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
