package assay.ledger.state;

import assay.core.base.Amount;

/**
 * An operator's price list for a model, in micro-units per million tokens.
 *
 * @param version counts from 1
 * @param since height at which this version began
 * @param earned how all that was ever paid for it was split
 * @param hosted how much of the hosts' share of it went to hosts, on this operator's word
 */
public record Offer(
        long version,
        long since,
        Amount promptPerMillion,
        Amount cachedPerMillion,
        Amount completionPerMillion,
        Split earned,
        Amount hosted)
        implements Entry {
    /** After a payment, split like this. */
    public Offer earned(Split split) {
        return new Offer(
                version, since, promptPerMillion, cachedPerMillion, completionPerMillion, earned.plus(split), hosted);
    }

    /** What the operator's sales brought the hosts, and none of them was paid yet. */
    public Amount forHosts() {
        return earned.hosts().minus(hosted);
    }

    /** After a host was paid so much. */
    public Offer paidHost(Amount amount) {
        return new Offer(
                version, since, promptPerMillion, cachedPerMillion, completionPerMillion, earned, hosted.plus(amount));
    }
}
