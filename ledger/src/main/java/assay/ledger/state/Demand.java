package assay.ledger.state;

import assay.core.base.Amount;
import assay.core.base.Hash;
import assay.ledger.crypto.Address;

/**
 * What an operator must answer before a height; its key in the map is its id. Silence is a fault.
 *
 * @param kind what
 * @param operator who must answer
 * @param receipt about which receipt; all zero for a checkpoint
 * @param by who asks
 * @param fee what the operator gets for the answer
 * @param subject the cells, or the root of the checkpoint; else all zero
 * @param size leaves of the checkpoint; else 0
 * @param deadline last height for the answer
 */
public record Demand(
        Kind kind, Address operator, Hash receipt, Address by, Amount fee, Hash subject, long size, long deadline)
        implements Entry {
    /** What is demanded. The order is its wire form: never changed. */
    public enum Kind {
        /** Request, response and salts, for a drawn auditor. */
        DELIVERY,
        /** Cells of a receipt, for its payer. */
        OPENING,
        /** That a signed checkpoint is consistent with the posted log. */
        CHECKPOINT
    }

    @Override
    public long heldMicro() {
        return fee.micro();
    }
}
