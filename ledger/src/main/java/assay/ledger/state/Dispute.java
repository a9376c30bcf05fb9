package assay.ledger.state;

import assay.core.base.Hash;
import assay.ledger.crypto.Address;
import assay.ledger.tx.Max;
import java.util.List;

/**
 * An auditor and a node at odds about a root, narrowing it down; its key in the map is that of its receipt. Who
 * does not move in time loses.
 *
 * @param challenger the auditor
 * @param nodeRoot the node's root
 * @param move what is due
 * @param level how often the node showed parts
 * @param parts what the node showed last
 * @param subject what is disputed: the node's root, then the part that the auditor chose
 * @param deadline last height for the move
 */
public record Dispute(
        Address challenger, Hash nodeRoot, Move move, int level, @Max(32) List<Hash> parts, Hash subject, long deadline)
        implements Entry {
    /** What is due. The order is its wire form: never changed. */
    public enum Move {
        /** The node shows the parts of the subject. */
        SPLIT,
        /** The auditor chooses one. */
        CHOOSE,
        /** The node proves one element. */
        PROVE
    }

    /** Copies the list. */
    public Dispute {
        parts = List.copyOf(parts);
    }
}
