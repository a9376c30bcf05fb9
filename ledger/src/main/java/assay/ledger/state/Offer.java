package assay.ledger.state;

import assay.core.base.Amount;

/**
 * An operator's price list for a model, in micro-units per million tokens.
 *
 * @param version counts from 1
 * @param since height at which this version began
 * @param earned how all that was ever paid for it was split
 */
public record Offer(
        long version,
        long since,
        Amount promptPerMillion,
        Amount cachedPerMillion,
        Amount completionPerMillion,
        Split earned)
        implements Entry {
    /** After a payment, split like this. */
    public Offer earned(Split split) {
        return new Offer(version, since, promptPerMillion, cachedPerMillion, completionPerMillion, earned.plus(split));
    }
}
