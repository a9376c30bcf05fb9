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

    /** The leaf of one row: {@code H(00 ‖ "row" ‖ type ‖ cols ‖ the row's bytes)}. */
    public static Hash leaf(WeightType type, byte[] row, int cols) {
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
