package assay.ledger.state;

import assay.core.base.Hash;
import assay.ledger.tx.Max;
import assay.ledger.tx.Transaction;
import java.util.List;

/**
 * The receipts of one checkpoint until those that were not drawn are final; its key in the map is (operator,
 * root of the log after them).
 *
 * @param weightBefore audit weight of the log before them
 * @param leaves the receipts in order, each with the weight of the log after it
 */
public record Batch(long weightBefore, @Max(Transaction.POSTINGS_MAX) List<Weighed> leaves) implements Entry {
    /**
     * A receipt in weight space: it lies from the weight of the leaf before it to its own, exclusive.
     *
     * @param weight of the log up to and including it
     */
    public record Weighed(Hash receipt, long weight) {}

    /** Copies the list. */
    public Batch {
        leaves = List.copyOf(leaves);
    }
}
