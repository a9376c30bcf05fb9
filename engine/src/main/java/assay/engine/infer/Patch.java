package assay.engine.infer;

import assay.engine.fast.Linear;
import assay.engine.fast.PackedMatrix;
import java.util.List;

/**
 * What one worker takes at once of a linear operation.
 *
 * @param fromStrip the first strip of {@link PackedMatrix#STRIP} rows
 * @param toStrip after the last strip
 * @param firstToken the first row of inputs
 * @param lastToken after the last one
 */
record Patch(int fromStrip, int toStrip, int firstToken, int lastToken) {
    /** Products of a patch: about a tenth of a millisecond. */
    private static final int PRODUCTS = 4 << 20;

    /** How many strips a matrix of so many rows has; the last may be smaller. */
    static int strips(int rows) {
        return (rows + PackedMatrix.STRIP - 1) / PackedMatrix.STRIP;
    }

    /**
     * Cuts a linear operation. Many tokens: patches of {@link #PRODUCTS}; few: first large ones, since memory is read
     * fastest in long runs, then ever smaller ones, so that all workers end together. No cut changes a bit.
     *
     * @param n tokens
     * @param cols columns of the matrices
     * @param strips of all the matrices that take these inputs, one after another
     * @param workers who share them
     * @param into is cleared first
     */
    static void cut(int n, int cols, int strips, int workers, List<Patch> into) {
        into.clear();
        if (n > Linear.TOKENS) {
            int step = Math.max(1, PRODUCTS / (cols * PackedMatrix.STRIP * Linear.TOKENS));
            for (int t = 0; t < n; t += Linear.TOKENS) {
                for (int from = 0; from < strips; from += step) {
                    into.add(new Patch(from, Math.min(strips, from + step), t, Math.min(n, t + Linear.TOKENS)));
                }
            }
            return;
        }
        int unit = n == 1 ? Linear.ROWS / PackedMatrix.STRIP : 1;
        for (int from = 0; from < strips; ) {
            int size = 3 * (strips - from) / (4 * workers * unit);
            int to = Math.min(strips, from + Math.max(1, size) * unit);
            into.add(new Patch(from, to, 0, n));
            from = to;
        }
    }

    /** The first row. */
    int from() {
        return fromStrip * PackedMatrix.STRIP;
    }

    /** After the last row of a matrix of so many. */
    int to(int rows) {
        return Math.min(rows, toStrip * PackedMatrix.STRIP);
    }

    /** The strips that a matrix has, whose strip 0 is strip {@code at} of this; maybe none. */
    Patch within(int at, int strips) {
        return new Patch(
                Math.clamp(fromStrip - at, 0, strips), Math.clamp(toStrip - at, 0, strips), firstToken, lastToken);
    }

    boolean isEmpty() {
        return fromStrip == toStrip;
    }
}
