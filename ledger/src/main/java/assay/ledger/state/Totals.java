package assay.ledger.state;

import assay.core.base.Amount;

/**
 * Money that belongs to no entry of a map, and how many blocks were full.
 *
 * @param auditPool audit fees of payments whose auditors are not drawn yet
 * @param hostsPool hosts' shares of payments that no host was paid yet
 * @param reserve the protocol's own
 * @param burned gone for ever
 * @param fullBlocks blocks so full that who had to move might have found no room
 */
public record Totals(Amount auditPool, Amount hostsPool, Amount reserve, Amount burned, long fullBlocks) {
    /** Nothing. */
    public static final Totals ZERO = new Totals(Amount.ZERO, Amount.ZERO, Amount.ZERO, Amount.ZERO, 0);

    /** The sum, in micro-units. */
    public long sumMicro() {
        return Math.addExact(
                Math.addExact(auditPool.micro(), hostsPool.micro()), Math.addExact(reserve.micro(), burned.micro()));
    }

    /** With more in the audit pool. */
    public Totals plusAudit(Amount amount) {
        return new Totals(auditPool.plus(amount), hostsPool, reserve, burned, fullBlocks);
    }

    /** With less in the audit pool. */
    public Totals minusAudit(Amount amount) {
        return new Totals(auditPool.minus(amount), hostsPool, reserve, burned, fullBlocks);
    }

    /** With the shares of a payment. */
    public Totals plusShares(Amount audit, Amount hosts, Amount protocol) {
        return new Totals(auditPool.plus(audit), hostsPool.plus(hosts), reserve.plus(protocol), burned, fullBlocks);
    }

    /** With less in the hosts' pool. */
    public Totals minusHosts(Amount amount) {
        return new Totals(auditPool, hostsPool.minus(amount), reserve, burned, fullBlocks);
    }

    /** With less in the reserve. */
    public Totals minusReserve(Amount amount) {
        return new Totals(auditPool, hostsPool, reserve.minus(amount), burned, fullBlocks);
    }

    /** With more burned. */
    public Totals plusBurned(Amount amount) {
        return new Totals(auditPool, hostsPool, reserve, burned.plus(amount), fullBlocks);
    }

    /** After a full block. */
    public Totals plusFullBlock() {
        return new Totals(auditPool, hostsPool, reserve, burned, fullBlocks + 1);
    }
}
