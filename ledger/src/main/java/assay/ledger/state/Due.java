package assay.ledger.state;

import assay.core.base.Hash;
import assay.ledger.crypto.Address;

/**
 * Something that happens by itself at the end of a block; its key in the map starts with the height, or, among
 * the timers, with the second since 1970.
 *
 * @param kind what
 * @param subject a channel, a model, a receipt or a nonce, or all zero
 * @param operator an operator, an auditor or a payer, or all zero
 * @param fullBefore full blocks of the ledger before it was scheduled: what somebody must do by then has more time if more
 *     became full since
 */
public record Due(Kind kind, Hash subject, Address operator, long fullBefore) implements Entry {
    /** The same whenever it is scheduled. */
    public Due(Kind kind, Hash subject, Address operator) {
        this(kind, subject, operator, 0);
    }

    /** Scheduled when the ledger had so many full blocks. */
    public Due after(long fullBlocks) {
        return new Due(kind, subject, operator, fullBlocks);
    }

    /** What happens. The order is its wire form and the order within a block: never changed. */
    public enum Kind {
        /** Stake of an operator is free. */
        RELEASE_BOND,
        /** Stake of an auditor is free. */
        RELEASE_AUDITOR_BOND,
        /** A channel closes. */
        CLOSE_CHANNEL,
        /** A checkpoint is drawn from. */
        DRAW,
        /** A phase of an audit ends. */
        AUDIT_PHASE,
        /** An authorisation is no longer valid (due at a second). */
        FORGET_AUTHORIZATION,
        /** What a checkpoint's draw left is final. */
        END_BATCH,
        /** A demand was not answered. */
        DEMAND,
        /** A move in a dispute was not made. */
        DISPUTE,
        /** A proposal happens, or is forgotten. */
        PROPOSAL,
        /** A host is asked for a chunk, or did not show it. */
        STORAGE,
        /** Stake of a host is free. */
        RELEASE_HOST_BOND,
        /** A challenged claim was not judged. */
        CLAIM,
        /** The bond behind a retired model is free. */
        RELEASE_MODEL_BOND,
        /** The time of a receipt that was disputed in vain is over. */
        END_RECEIPT,
        /** Nothing: while it is there, the ledger knows that a block was full. */
        FULL_BLOCK
    }
}
