package assay.core.program;

import assay.core.base.Hash;
import assay.core.kernel.WeightType;
import assay.core.merkle.Frontier;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/**
 * One matrix of the program: what it is called, how its rows are written, and the root over its rows.
 *
 * @param name as the model file spells it
 * @param type how a row is written
 * @param rows output elements
 * @param cols input elements
 * @param root Merkle root over the leaves of all rows, in order
 */
public record Matrix(String name, WeightType type, int rows, int cols, Hash root) {
    private static final byte[] ROW_TAG = "\0row".getBytes(StandardCharsets.US_ASCII);

    /** Columns of a block of a long row: a dot product over one fits a transaction. */
    public static final int BLOCK_COLS = 8192;

    /**
     * The leaf of one row: {@code H(00 ‖ "row" ‖ type ‖ cols ‖ the row's bytes)}; of a row longer than
     * {@link #BLOCK_COLS}, the SHA-256 of each block's bytes stand in the place of the bytes.
     */
    public static Hash leaf(WeightType type, byte[] row, int cols) {
        if (cols <= BLOCK_COLS) {
            return leafOf(type, cols, row);
        }
        int blockBytes = (int) type.rowBytes(BLOCK_COLS);
        java.io.ByteArrayOutputStream blocks = new java.io.ByteArrayOutputStream();
        for (int at = 0; at < row.length; at += blockBytes) {
            byte[] block = java.util.Arrays.copyOfRange(row, at, Math.min(row.length, at + blockBytes));
            blocks.writeBytes(Hash.sha256(block).bytes());
        }
        return leafOf(type, cols, blocks.toByteArray());
    }

    /** The leaf of a row whose bytes, or whose blocks' digests if it is long, are these. */
    public static Hash leafOf(WeightType type, int cols, byte[] row) {
        byte[] head = ByteBuffer.allocate(ROW_TAG.length + 5)
                .order(ByteOrder.LITTLE_ENDIAN)
                .put(ROW_TAG)
                .put((byte) type.id())
                .putInt(cols)
                .array();
        return Hash.sha256(head, row);
    }

    /** The root over rows given one after another. */
    public static Hash root(WeightType type, int cols, Iterable<byte[]> rows) {
        Frontier frontier = new Frontier();
        for (byte[] row : rows) {
            frontier.append(leaf(type, row, cols));
        }
        return frontier.root();
    }
}
