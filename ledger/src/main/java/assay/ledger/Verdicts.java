package assay.ledger;

import assay.core.base.Amount;
import assay.core.base.Checks;
import assay.core.base.Hash;
import assay.ledger.crypto.Address;
import assay.ledger.state.Audit;
import assay.ledger.state.Audit.Slot;
import assay.ledger.state.Audit.SlotStatus;
import assay.ledger.state.Key;
import assay.ledger.state.Operator;
import assay.ledger.state.Receipt;
import java.util.List;

/** How audits end, and what each end costs or pays. */
final class Verdicts {
    private Verdicts() {}

    /** Every root was the node's: the auditors are paid. */
    static void confirmed(Draft d, Address operator, Hash receipt, Audit audit) {
        payFee(d, operator, receipt, audit);
        settle(d, operator, receipt);
        end(d, operator, receipt, Receipt.Status.CONFIRMED);
    }

    /** Nobody answered: the fee goes back to the pool. */
    static void unaudited(Draft d, Address operator, Hash receipt, Audit audit) {
        close(d, operator, receipt, audit);
        d.totals = d.totals.plusAudit(audit.fee());
        notAudited(d, operator, receipt);
    }

    /** There was nobody to audit it. */
    static void notAudited(Draft d, Address operator, Hash receipt) {
        settle(d, operator, receipt);
        end(d, operator, receipt, Receipt.Status.UNAUDITED);
    }

    /** These auditors found another root. */
    static void fault(Draft d, Address operator, Hash receipt, Audit audit, List<Slot> finders) {
        payFee(d, operator, receipt, audit);
        slash(d, operator, receipt, finders);
        end(d, operator, receipt, Receipt.Status.FAULT);
    }

    /** The node kept silent, which is never cheaper than being caught. */
    static void withheld(Draft d, Address operator, Hash receipt, Audit audit) {
        payFee(d, operator, receipt, audit);
        slash(d, operator, receipt, audit.slots(SlotStatus.REVEALED));
        end(d, operator, receipt, Receipt.Status.WITHHELD);
    }

    /** Makes a status final. */
    static void end(Draft d, Address operator, Hash receipt, Receipt.Status status) {
        Receipt r = d.knownReceipt(operator, receipt);
        d.put(operator, receipt, r.with(status, d.block.height()));
        d.tell(new Event.ReceiptFinal(operator, receipt, status));
    }

    /** The receipt no longer counts against the stake. */
    private static void settle(Draft d, Address operator, Hash receipt) {
        Amount paid = d.knownReceipt(operator, receipt).paid();
        d.put(operator, d.knownOperator(operator).settled(paid));
    }

    /** Ends the audit: its fee is shared equally by those who revealed, odd units to the first drawn. */
    private static void payFee(Draft d, Address operator, Hash receipt, Audit audit) {
        close(d, operator, receipt, audit);
        share(
                d,
                audit.fee(),
                audit.slots(SlotStatus.REVEALED),
                (auditor, part) -> d.tell(new Event.AuditFeePaid(operator, receipt, auditor, part)));
    }

    /**
     * Takes the stake that a fault costs: a share for the first, all of it for another, and never what
     * backs other payments that are not final. The payer's refund comes first, then the bounty; at least
     * half is burned.
     */
    private static void slash(Draft d, Address operator, Hash receipt, List<Slot> finders) {
        Operator o = d.knownOperator(operator);
        Receipt r = d.knownReceipt(operator, receipt);
        Amount others = o.pending().minus(r.paid());
        Amount within = o.stake().total().minus(others).minus(others);
        Amount least = Amount.min(within, r.paid().plus(r.paid()));
        Amount share = within.share(d.params().audits().slash());
        Amount slashed = o.faults() > 0 ? within : share.isBelow(least) ? least : share;

        Amount spare = Amount.ofMicro(slashed.micro() / 2);
        Amount refund = Amount.min(r.paid(), spare);
        Checks.that(refund.equals(r.paid()), "the stake gives back what was paid: " + r.paid());
        Amount bounty = finders.isEmpty()
                ? Amount.ZERO
                : Amount.min(slashed.share(d.params().audits().bounty()), spare.minus(refund));
        Amount burned = slashed.minus(refund).minus(bounty);
        d.put(operator, o.settled(r.paid()).faulted(o.stake().slash(slashed)));
        d.credit(r.payer(), refund);
        share(d, bounty, finders, (auditor, part) -> {});
        d.totals = d.totals.plusBurned(burned);
        d.tell(new Event.Slashed(operator, receipt, slashed, refund, bounty, burned));
    }

    private interface Told {
        void of(Address auditor, Amount part);
    }

    private static void share(Draft d, Amount whole, List<Slot> slots, Told told) {
        for (int i = 0; i < slots.size(); i++) {
            long extra = i < whole.micro() % slots.size() ? 1 : 0;
            Amount part = Amount.ofMicro(whole.micro() / slots.size() + extra);
            d.credit(slots.get(i).auditor(), part);
            told.of(slots.get(i).auditor(), part);
        }
    }

    private static void close(Draft d, Address operator, Hash receipt, Audit audit) {
        Audits.leave(d, operator, receipt, audit);
        d.audits = d.audits.remove(Key.of(operator, receipt));
    }
}
