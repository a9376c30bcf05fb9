package assay.ledger.state;

import assay.core.base.Hash;
import assay.ledger.crypto.Address;

/**
 * Something that happens by itself at the end of a block; its key in the map starts with the height.
 *
 * @param kind what
 * @param subject a channel, a model or a receipt, or all zero
 * @param operator an operator or an auditor, or all zero
 */
public record Due(Kind kind, Hash subject, Address operator) implements Entry {
    /** What happens. The order is its wire form and the order within a block: never changed. */
    public enum Kind {
        /** Stake of an operator is free. */
        RELEASE_BOND,
        /** Stake of an auditor is free. */
        RELEASE_AUDITOR_BOND,
        /** A channel closes. */
        CLOSE_CHANNEL,
        /** A receipt's auditors are drawn. */
        DRAW,
        /** A phase of an audit ends. */
        AUDIT_PHASE
    }
}
