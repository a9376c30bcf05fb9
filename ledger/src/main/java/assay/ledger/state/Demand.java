package assay.ledger.state;

import assay.core.base.Amount;
import assay.core.base.Hash;
import assay.ledger.crypto.Address;
import assay.ledger.tx.Ids;

/**
 * What an operator must answer before a height; its key in the map is its id. Silence is a fault.
 *
 * @param kind what
 * @param operator who must answer
 * @param receipt about which receipt; all zero for a checkpoint
 * @param by who asks
 * @param fee what the operator gets for the answer
 * @param subject the cells, the root of the checkpoint, or the key to seal a delivery for
 * @param size leaves of the checkpoint; else 0
 * @param deadline last height for the answer; once it is there, for showing that a delivery is wrong
 * @param answer digest of an answered delivery's answer; all zero before
 */
public record Demand(
        Kind kind,
        Address operator,
        Hash receipt,
        Address by,
        Amount fee,
        Hash subject,
        long size,
        long deadline,
        Hash answer)
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

    /** Answered with this, which can be shown to be wrong until a height. */
    public Demand answered(Hash digest, long until) {
        return new Demand(kind, operator, receipt, by, fee, subject, size, until, digest);
    }

    /** With another deadline. */
    public Demand until(long height) {
        return new Demand(kind, operator, receipt, by, fee, subject, size, height, answer);
    }

    /** Whether its answer is there. */
    public boolean isAnswered() {
        return !answer.equals(Ids.NONE);
    }

    @Override
    public long heldMicro() {
        return fee.micro();
    }
}
