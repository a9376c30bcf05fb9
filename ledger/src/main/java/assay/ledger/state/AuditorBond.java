package assay.ledger.state;

import assay.core.base.Hash;
import assay.ledger.crypto.Address;
import assay.ledger.tx.Ids;

/**
 * What an auditor put at stake for a model; its key in the map is (model, auditor).
 *
 * @param stake the stake
 * @param operator of the receipt whose dispute it backs; all zero for none
 * @param receipt that the auditor disputes of its own accord, one at a time; all zero for none
 */
public record AuditorBond(Stake stake, Address operator, Hash receipt) implements Entry {
    /** Nothing at stake. */
    public static final AuditorBond NONE = new AuditorBond(Stake.NONE, Address.NONE, Ids.NONE);

    @Override
    public long heldMicro() {
        return stake.total().micro();
    }

    /** With another stake. */
    public AuditorBond with(Stake next) {
        return new AuditorBond(next, operator, receipt);
    }

    /** Whether it backs a dispute. */
    public boolean disputes() {
        return !operator.equals(Address.NONE);
    }

    /** Whether it backs the dispute of this receipt. */
    public boolean disputes(Address of, Hash which) {
        return operator.equals(of) && receipt.equals(which);
    }

    /** Backing the dispute of this receipt from now on. */
    public AuditorBond disputing(Address of, Hash which) {
        return new AuditorBond(stake, of, which);
    }

    /** Backing none. */
    public AuditorBond free() {
        return new AuditorBond(stake, Address.NONE, Ids.NONE);
    }
}
