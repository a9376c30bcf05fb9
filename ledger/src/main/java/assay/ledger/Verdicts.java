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
import java.util.Optional;

/** How audits end, and what each end costs or pays. */
final class Verdicts {
    private Verdicts() {}

    /** Every root was the node's: the auditors are paid. */
    static void confirmed(Draft d, Address operator, Hash receipt, Audit audit) {
        payFee(d, operator, receipt, audit, revealed(audit));
        end(d, operator, receipt, Receipt.Status.CONFIRMED);
    }

    /** Nobody answered: the fee goes back to where it came from. */
    static void unaudited(Draft d, Address operator, Hash receipt, Audit audit) {
        drop(d, operator, receipt, audit);
        end(d, operator, receipt, Receipt.Status.UNAUDITED);
    }

    /** These found another root: the fee is theirs who were drawn, and not of those who stood for the node's. */
    static void fault(Draft d, Address operator, Hash receipt, Audit audit, List<Slot> finders) {
        List<Address> drawn = finders.stream()
                .filter(slot -> slot.status() == SlotStatus.REVEALED)
                .map(Slot::auditor)
                .toList();
        if (drawn.isEmpty()) {
            drop(d, operator, receipt, audit);
        } else {
            payFee(d, operator, receipt, audit, drawn);
        }
        List<Address> found = finders.stream().map(Slot::auditor).toList();
        punish(d, operator, receipt, found, Receipt.Status.FAULT);
    }

    /** The node kept silent, which is never cheaper than being caught. */
    static void withheld(Draft d, Address operator, Hash receipt, Audit audit) {
        payFee(d, operator, receipt, audit, revealed(audit));
        List<Address> drawn = revealed(audit);
        List<Address> opened = audit.slots(SlotStatus.JOINED).stream()
                .limit(1)
                .map(Slot::auditor)
                .toList();
        punish(d, operator, receipt, drawn.isEmpty() ? opened : drawn, Receipt.Status.WITHHELD);
    }

    /** The node did not deliver, on the ledger either, or something else than it signed for. */
    static void undelivered(Draft d, Address operator, Hash receipt, Audit audit, Address by) {
        drop(d, operator, receipt, audit);
        punish(d, operator, receipt, List.of(by), Receipt.Status.WITHHELD);
    }

    /** The audit ends without a word of its auditors: something else has shown a fault. */
    static void drop(Draft d, Address operator, Hash receipt, Audit audit) {
        close(d, operator, receipt, audit);
        giveBack(d, audit.fee(), audit.buyer());
    }

    /** The node gave its root away before the auditors were bound. */
    static void leaked(Draft d, Address operator, Hash receipt, Optional<Audit> audit, Address by) {
        audit.ifPresent(open -> drop(d, operator, receipt, open));
        punish(d, operator, receipt, List.of(by), Receipt.Status.FAULT);
    }

    /** Makes a status final: the receipt no longer counts against the stake. */
    static void end(Draft d, Address operator, Hash receipt, Receipt.Status status) {
        Receipt r = d.knownReceipt(operator, receipt);
        d.put(operator, receipt, r.with(status, d.block.height()));
        d.put(operator, d.knownOperator(operator).settled(r.gain()));
        d.tell(new Event.ReceiptFinal(operator, receipt, status));
    }

    /**
     * Takes the fee of an audit: from who bought it; else what the receipt brought the pool, if it was paid; the rest
     * of the cost from its operator's stake, as far as that is free. What is not there is not paid.
     *
     * @param fee the most that the pool pays; the whole fee if it was bought
     */
    static Amount takeFee(Draft d, Address operator, Receipt r, Amount fee, Address buyer) {
        if (!buyer.equals(Address.NONE)) {
            d.debit(buyer, fee);
            return fee;
        }
        Amount pooled = r.paid().isZero() ? Amount.ZERO : Amount.min(fee, d.totals.auditPool());
        d.totals = d.totals.minusAudit(pooled);
        boolean ownNetwork = d.params().audits().everyReceipt();
        Amount whole = ownNetwork ? fee : Rates.cost(r.tokens(), Rates.macs(d, r.model()), d.params());
        Operator o = d.knownOperator(operator);
        Amount free = o.stake().total().minus(o.pending()).minus(o.pending());
        // As much is burned: else stake could leave as a fee to one's own auditors, ahead of a slash.
        Amount most = ownNetwork ? free : Amount.ofMicro(free.micro() / 2);
        Amount staked = Amount.min(whole.minus(pooled), most);
        Amount burned = ownNetwork ? Amount.ZERO : staked;
        if (!staked.isZero()) {
            d.put(operator, o.with(o.stake().slash(staked.plus(burned))));
            d.totals = d.totals.plusBurned(burned);
        }
        return pooled.plus(staked);
    }

    /** A fee that nobody earned goes to who bought the audit, or to the pool. */
    private static void giveBack(Draft d, Amount fee, Address buyer) {
        if (buyer.equals(Address.NONE)) {
            d.totals = d.totals.plusAudit(fee);
        } else {
            d.credit(buyer, fee);
        }
    }

    /** A receipt is wrong: nobody pays for it any more, and its operator loses stake. */
    static void punish(Draft d, Address operator, Hash receipt, List<Address> finders, Receipt.Status status) {
        Channels.strike(d, operator, receipt);
        Receipt r = d.knownReceipt(operator, receipt);
        end(d, operator, receipt, status);
        Amount owed = r.paid().isBelow(r.insured()) ? r.insured() : r.paid();
        slash(d, operator, receipt, owed, r.gain(), r.payer(), finders);
    }

    /**
     * Takes the stake that a fault costs: a share of all of it for the first, so never less than the draw assumed; all of
     * it for another; and never what backs other receipts that are not final. What the payer is owed comes first, then the bounty; at least
     * half is burned.
     *
     * @param owed to the payer: at most {@code gain}
     * @param gain what could be gained by the fault; it no longer counts against the stake
     */
    static void slash(
            Draft d, Address operator, Hash subject, Amount owed, Amount gain, Address payer, List<Address> finders) {
        Operator o = d.knownOperator(operator);
        Amount within = o.stake().total().minus(o.pending()).minus(o.pending());
        Amount least = Amount.min(within, gain.plus(gain));
        Amount share =
                Amount.min(within, o.stake().total().share(d.params().audits().slash()));
        Amount slashed = o.faults() > 0 ? within : share.isBelow(least) ? least : share;

        Amount spare = Amount.ofMicro(slashed.micro() / 2);
        Amount due = payer.equals(Address.NONE) ? Amount.ZERO : owed;
        Amount refund = Amount.min(due, spare);
        Checks.that(refund.equals(due), "the stake gives back what was paid: " + due);
        Amount bounty = finders.isEmpty()
                ? Amount.ZERO
                : Amount.min(slashed.share(d.params().audits().bounty()), spare.minus(refund));
        Amount burned = slashed.minus(refund).minus(bounty);
        d.put(operator, o.faulted(o.stake().slash(slashed)));
        d.credit(payer, refund);
        share(d, bounty, finders, (auditor, part) -> {});
        d.totals = d.totals.plusBurned(burned);
        d.tell(new Event.Slashed(operator, subject, slashed, refund, bounty, burned));
    }

    private static List<Address> revealed(Audit audit) {
        return audit.slots(SlotStatus.REVEALED).stream().map(Slot::auditor).toList();
    }

    /** Ends the audit: its fee is shared equally by those who earned it, odd units to the first drawn. */
    private static void payFee(Draft d, Address operator, Hash receipt, Audit audit, List<Address> earned) {
        close(d, operator, receipt, audit);
        share(
                d,
                audit.fee(),
                earned,
                (auditor, part) -> d.tell(new Event.AuditFeePaid(operator, receipt, auditor, part)));
    }

    private interface Told {
        void of(Address auditor, Amount part);
    }

    private static void share(Draft d, Amount whole, List<Address> among, Told told) {
        for (int i = 0; i < among.size(); i++) {
            long extra = i < whole.micro() % among.size() ? 1 : 0;
            Amount part = Amount.ofMicro(whole.micro() / among.size() + extra);
            d.credit(among.get(i), part);
            told.of(among.get(i), part);
        }
    }

    static void close(Draft d, Address operator, Hash receipt, Audit audit) {
        if (audit.phase() != Audit.Phase.DISPUTE) {
            Audits.leave(d, operator, receipt, audit);
        }
        Contests.free(d, operator, receipt, audit);
        d.audits = d.audits.remove(Key.of(operator, receipt));
    }
}
