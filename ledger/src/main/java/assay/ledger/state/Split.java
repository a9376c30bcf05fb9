package assay.ledger.state;

import assay.core.base.Amount;

/**
 * How payments are divided; the parts are the whole, to the unit.
 *
 * <p>A share is a share of the running sum of all payments for an offer, not of each payment: an earner
 * gets what it is owed of the sum, rounded down, less what it got before. So cutting a payment into many
 * moves nothing from one earner to another for longer than one unit.
 *
 * @param node for the operator
 * @param royalty for the model's publisher
 * @param audit for the audit pool
 * @param hosts for the model's hosts
 * @param reserve for the protocol
 */
public record Split(Amount node, Amount royalty, Amount audit, Amount hosts, Amount reserve) {
    /** Nothing yet. */
    public static final Split NONE = new Split(Amount.ZERO, Amount.ZERO, Amount.ZERO, Amount.ZERO, Amount.ZERO);

    /** The division of the next payment, when this is the sum of those before it. */
    public Split next(Amount payment, int royaltyPpm, Params.Shares shares) {
        Amount sum = total().plus(payment);
        Amount toRoyalty = owed(sum, royaltyPpm, royalty, payment);
        Amount left = payment.minus(toRoyalty);
        Amount toAudit = owed(sum, shares.audit(), audit, left);
        left = left.minus(toAudit);
        Amount toHosts = owed(sum, shares.hosts(), hosts, left);
        left = left.minus(toHosts);
        Amount toReserve = owed(sum, shares.reserve(), reserve, left);
        return new Split(left.minus(toReserve), toRoyalty, toAudit, toHosts, toReserve);
    }

    /** The sums of both. */
    public Split plus(Split other) {
        return new Split(
                node.plus(other.node),
                royalty.plus(other.royalty),
                audit.plus(other.audit),
                hosts.plus(other.hosts),
                reserve.plus(other.reserve));
    }

    /** All parts together. */
    public Amount total() {
        return node.plus(royalty).plus(audit).plus(hosts).plus(reserve);
    }

    /** What an earner gets now: never more than is left, so a unit may wait for the next payment. */
    private static Amount owed(Amount sum, int parts, Amount before, Amount left) {
        return Amount.min(left, sum.share(parts).minus(before));
    }
}
