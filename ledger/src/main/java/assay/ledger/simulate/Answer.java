package assay.ledger.simulate;

import assay.core.base.Hash;
import assay.core.receipt.Digests;
import assay.ledger.crypto.Address;
import assay.ledger.tx.Transaction.Posting;

/**
 * An answered request: what was computed, and what the node says was.
 *
 * @param request what was asked
 * @param operator who answered
 * @param receipt the receipt's digest
 * @param channel that pays
 * @param model its model
 * @param values what stands for all that the node computed
 * @param root what an honest replay finds
 * @param shown the root in the receipt
 * @param salt that blinds it
 */
record Answer(
        Request request,
        Address operator,
        Hash receipt,
        Hash channel,
        Hash model,
        Hash values,
        Hash root,
        Hash shown,
        Hash salt) {
    /** With its receipt's digest. */
    Answer named(Hash digest) {
        return new Answer(request, operator, digest, channel, model, values, root, shown, salt);
    }

    /** Whether the node did what it says. */
    boolean honest() {
        return root.equals(shown);
    }

    /** How the ledger hears of it. */
    Posting posting() {
        return new Posting(
                receipt,
                channel,
                model,
                request.amount(),
                request.insured(),
                request.tokens(),
                Digests.blind(shown, salt));
    }
}
