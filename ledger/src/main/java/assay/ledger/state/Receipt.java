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
 * @param insured what the payer gets at least if it is proven wrong
 * @param tokens that a replay goes through, prompt and answer
 * @param blindedRoot H(trace root ‖ salt)
 * @param index its leaf in the operator's log
 * @param postedAt height of its checkpoint
 * @param status how far it got
 * @param paid what the operator got for it, before the split: nothing or the amount
 * @param statusAt height of the last change of the status; for a final status nothing changes after it
 * @param passedUntil height until which it stays open after it was disputed in vain, which made its root known; 0 for
 *     one that was not
 */
public record Receipt(
        Hash channel,
        Address payer,
        Hash model,
        Amount amount,
        Amount insured,
        long tokens,
        Hash blindedRoot,
        long index,
        long postedAt,
        Status status,
        Amount paid,
        long statusAt,
        long passedUntil)
        implements Entry {

    /** How far a receipt got. The order is its wire form: never changed. */
    public enum Status {
        /** Waits for its checkpoint's draw. */
        POSTED(false),
        /** Was not drawn; anybody may still buy its audit. */
        PASSED(false),
        /** Auditors were drawn; see {@link Audit}. */
        DRAWN(false),
        /** Every auditor that answered found the node's root. */
        CONFIRMED(true),
        /** It was to be audited, and no auditor was there or answered: it is worth its signature. */
        UNAUDITED(true),
        /** It was not drawn, and nobody asked for more: it is worth its signature and the chance of the draw. */
        UNDRAWN(true),
        /** An auditor found another root. */
        FAULT(true),
        /** The node did not open its root in time. */
        WITHHELD(true),
        /** The node took it back before the draw, and refunded the payer. */
        RETRACTED(true),
        /** It was not drawn, and its payer waits for an opening. */
        DEMANDED(false),
        /** It was not drawn, and somebody who replayed it disputes it. */
        DISPUTED(false);

        private final boolean last;

        Status(boolean last) {
            this.last = last;
        }

        /** Whether nothing changes any more. */
        public boolean isFinal() {
            return last;
        }
    }

    /** What a cheat could gain with it: its price or, if that is more, what is insured. */
    public Amount gain() {
        return amount.isBelow(insured) ? insured : amount;
    }

    /** With another status from this height on. */
    public Receipt with(Status next, long height) {
        return copy(next, paid, height, passedUntil);
    }

    /** After it was paid in full. */
    public Receipt afterPayment() {
        return copy(status, amount, statusAt, passedUntil);
    }

    /** After it was disputed in vain, or opened: open until this height, and known by its root. */
    public Receipt resumed(long height, long until) {
        return copy(Status.PASSED, paid, height, until);
    }

    private Receipt copy(Status next, Amount nowPaid, long height, long until) {
        return new Receipt(
                channel,
                payer,
                model,
                amount,
                insured,
                tokens,
                blindedRoot,
                index,
                postedAt,
                next,
                nowPaid,
                height,
                until);
    }

    /** Whether a dispute or an opening made its root known, so that whoever is drawn now could copy it. */
    public boolean isRootKnown() {
        return passedUntil > 0;
    }
}
