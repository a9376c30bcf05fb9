package assay.ledger.state;

import assay.core.base.Hash;
import assay.core.base.MalformedException;
import assay.core.merkle.Frontier;
import assay.core.merkle.Merkle;
import assay.ledger.tx.Max;
import java.util.List;

/**
 * The receipt log of an operator as far as it was posted.
 *
 * @param size leaves
 * @param root RFC 6962 root
 * @param peaks roots of the complete subtrees, largest first: enough to append to it
 * @param weight audit weight of all leaves
 * @param since height of the last checkpoint
 */
public record Log(long size, Hash root, @Max(62) List<Hash> peaks, long weight, long since) implements Entry {
    /** The log of an operator that posted nothing. */
    public static final Log EMPTY = new Log(0, Merkle.EMPTY, List.of(), 0, 0);

    /** Copies the list. */
    public Log {
        peaks = List.copyOf(peaks);
    }

    /** What is needed to append to it. */
    public Frontier frontier() {
        try {
            return Frontier.of(size, peaks);
        } catch (MalformedException e) {
            throw new AssertionError("the state holds a log that is none", e);
        }
    }
}
