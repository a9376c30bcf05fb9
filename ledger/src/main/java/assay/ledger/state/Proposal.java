package assay.ledger.state;

import assay.core.base.Hash;
import assay.ledger.crypto.Address;
import assay.ledger.tx.Max;
import java.util.List;

/**
 * A change that validators vote on; its key in the map is its id.
 *
 * @param setting number of the rule; 0 for a change of the validators
 * @param number the rule's new number, or the validator's power
 * @param account the validator; all zero for a rule
 * @param consensusKey the validator's key
 * @param beaconTip the validator's chain
 * @param approvals who agreed
 * @param endsAt height at which it happens, or is forgotten
 * @param accepted whether it happens then
 */
public record Proposal(
        int setting,
        long number,
        Address account,
        Hash consensusKey,
        Hash beaconTip,
        @Max(APPROVALS_MAX) List<Address> approvals,
        long endsAt,
        boolean accepted)
        implements Entry {
    /** The most validators that can agree to one. */
    public static final int APPROVALS_MAX = 1024;

    /** Copies the list. */
    public Proposal {
        approvals = List.copyOf(approvals);
    }
}
