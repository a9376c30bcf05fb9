package assay.ledger.state;

import assay.core.base.Amount;
import assay.ledger.crypto.Address;
import assay.ledger.tx.Max;
import java.util.List;

/**
 * An open challenge of what a publisher claims of its model; its key in the map is the model's id.
 *
 * @param by who challenged it
 * @param bond what that account loses if the claim holds
 * @param holds validators for whom it holds
 * @param fails validators for whom it does not
 * @param deadline height at which nobody is believed
 */
public record Claim(
        Address by,
        Amount bond,
        @Max(Proposal.APPROVALS_MAX) List<Address> holds,
        @Max(Proposal.APPROVALS_MAX) List<Address> fails,
        long deadline)
        implements Entry {
    /** Copies the lists. */
    public Claim {
        holds = List.copyOf(holds);
        fails = List.copyOf(fails);
    }

    @Override
    public long heldMicro() {
        return bond.micro();
    }
}
