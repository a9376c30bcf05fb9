package assay.ledger.state;

import assay.core.base.Amount;
import assay.core.base.Hash;
import assay.ledger.crypto.Address;

/**
 * A posted receipt; its key in the map is (operator, receipt digest).
 *
 * @param channel the channel named in it, or all zero
 * @param payer who gets the money back if it is proven wrong; all zero when no channel pays
 * @param model its model
 * @param amount what it costs
 * @param blindedRoot H(trace root ‖ salt)
 * @param index its leaf in the operator's log
 * @param postedAt height of its checkpoint
 * @param status how far it got
 * @param paid what the operator got for it, before the split: nothing or the amount
 * @param fee the part of it set aside for its auditors
 * @param statusAt height of the last change of the status; for a final status nothing changes after it
 */
public record Receipt(
        Hash channel,
        Address payer,
        Hash model,
        Amount amount,
        Hash blindedRoot,
        long index,
        long postedAt,
        Status status,
        Amount paid,
        Amount fee,
        long statusAt)
        implements Entry {

    /** How far a receipt got. The order is its wire form: never changed. */
    public enum Status {
        /** Waits for its payment. */
        POSTED(false),
        /** Paid, or with nothing to pay: waits for its draw. */
        DUE(false),
        /** Auditors were drawn; see {@link Audit}. */
        DRAWN(false),
        /** Every auditor that answered found the node's root. */
        CONFIRMED(true),
        /** No auditor was there or answered: it is worth its signature. */
        UNAUDITED(true),
        /** An auditor found another root. */
        FAULT(true),
        /** The node did not open its root in time. */
        WITHHELD(true),
        /** Its channel closed before it was paid. */
        UNPAID(true);

        private final boolean last;

        Status(boolean last) {
            this.last = last;
        }

        /** Whether nothing changes any more. */
        public boolean isFinal() {
            return last;
        }
    }

    /** With another status from this height on. */
    public Receipt with(Status next, long height) {
        return new Receipt(channel, payer, model, amount, blindedRoot, index, postedAt, next, paid, fee, height);
    }

    /** Paid in full, with this fee for its auditors. */
    public Receipt paid(Amount auditFee, long height) {
        return new Receipt(
                channel, payer, model, amount, blindedRoot, index, postedAt, Status.DUE, amount, auditFee, height);
    }
}
