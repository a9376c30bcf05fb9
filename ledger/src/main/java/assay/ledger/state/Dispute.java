package assay.ledger.state;

import assay.core.base.Hash;
import assay.core.dispute.At;
import assay.ledger.crypto.Address;
import assay.ledger.tx.Bytes;
import assay.ledger.tx.Max;

/**
 * An auditor and a node at odds about a root, narrowing it down; its key in the map is that of its receipt. Who
 * does not move in time loses.
 *
 * @param challenger the auditor
 * @param nodeRoot the node's root
 * @param move what is due
 * @param level how often the node moved
 * @param at how far it came: {@link assay.core.dispute.At#encode}
 * @param deadline last height for the move, or later if blocks are full
 */
public record Dispute(Address challenger, Hash nodeRoot, Move move, int level, @Max(AT_MAX) Bytes at, long deadline)
        implements Entry {
    /** The longest {@code at}: a receipt, and as many digests as one move shows. */
    public static final int AT_MAX = 1 << 17;

    /** What is due. The order is its wire form: never changed. */
    public enum Move {
        /** The node shows parts of what is disputed, or proves it. */
        SHOW,
        /** The auditor chooses a part. */
        CHOOSE
    }

    /** With this deadline. */
    public Dispute until(long height) {
        return new Dispute(challenger, nodeRoot, move, level, at, height);
    }

    /** Come this far: whose turn it is follows. */
    public Dispute at(At next, int moves) {
        Move due = next.isNodesTurn() ? Move.SHOW : Move.CHOOSE;
        return new Dispute(challenger, nodeRoot, due, moves, Bytes.of(next.encode()), 0);
    }
}
