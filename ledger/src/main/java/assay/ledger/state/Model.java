package assay.ledger.state;

import assay.core.base.Amount;
import assay.ledger.crypto.Address;
import assay.ledger.tx.Transaction;

/**
 * A published model; its key in the map is its id.
 *
 * @param publisher earns the royalty
 * @param since height of its publication
 * @param retired height at which it was taken back or refuted; 0 while it is offered
 * @param bond backs the claim that its roots are those of its file
 * @param refuted whether the claim was proven false
 * @param words what was published
 */
public record Model(
        Address publisher, long since, long retired, Amount bond, boolean refuted, Transaction.PublishModel words)
        implements Entry {
    @Override
    public long heldMicro() {
        return bond.micro();
    }

    /** Taken back at this height. */
    public Model retired(long height) {
        return new Model(publisher, since, height, bond, refuted, words);
    }

    /** With another bond. */
    public Model with(Amount left) {
        return new Model(publisher, since, retired, left, refuted, words);
    }

    /** Proven false at this height: its bond is gone. */
    public Model refuted(long height) {
        return new Model(publisher, since, height, Amount.ZERO, true, words);
    }
}
