package assay.ledger;

import static assay.ledger.Draft.refused;

import assay.core.base.Amount;
import assay.core.base.Hash;
import assay.ledger.crypto.Address;
import assay.ledger.state.Audit;
import assay.ledger.state.Audit.Phase;
import assay.ledger.state.Audit.Slot;
import assay.ledger.state.Audit.SlotStatus;
import assay.ledger.state.AuditorBond;
import assay.ledger.state.Dispute;
import assay.ledger.state.Due;
import assay.ledger.state.Key;
import assay.ledger.state.Params;
import assay.ledger.state.Receipt;
import assay.ledger.tx.Ids;
import assay.ledger.tx.Transaction.OpenDispute;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * Rules for who disputes a receipt of its own accord, as anybody with a bond for its model may while the receipt is not
 * final and nobody can copy the root any more, nor buy an audit. It stands in the audit as one more slot, is not paid for auditing, and
 * loses its bond if it is wrong.
 *
 * <p>A dispute that a friend of the node opens in order to lose it acquits nobody: others join while it goes on, and
 * when it is over the receipt is where it was, for as long as before. One bond backs one dispute at a time, so many
 * disputes take many bonds.
 */
final class Contests {
    /** The least bond of an auditor, in fees of a demand. */
    private static final long BOND_FEES = 1_000;

    private Contests() {}

    static Outcome open(Draft d, Address from, OpenDispute t) {
        Optional<Receipt> receipt = d.receipt(t.operator(), t.receipt());
        if (receipt.isEmpty()) {
            return refused(Reason.RECEIPT_UNKNOWN);
        }
        Amount fee = d.params().disputes().fee();
        if (!d.canPay(from, fee)) {
            return refused(Reason.BALANCE_TOO_SMALL);
        }
        byte[] key = Key.auditor(receipt.get().model(), from);
        Optional<AuditorBond> bond = d.auditors.get(key);
        if (bond.isEmpty() || bond.get().stake().bonded().isBelow(leastBond(d))) {
            return refused(Reason.BOND_TOO_SMALL);
        }
        Optional<Audit> audit = d.audits.get(Key.of(t.operator(), t.receipt()));
        boolean isFull = audit.filter(a -> a.slots(SlotStatus.JOINED).size() >= Audit.JOINED_MAX)
                .isPresent();
        Optional<Slot> displaced =
                isFull ? weaker(d, t.operator(), t.receipt(), audit.get(), bond.get()) : Optional.empty();
        if (!isOpen(d, receipt.get(), audit, from) || isFull && displaced.isEmpty()) {
            return refused(Reason.DISPUTE_CLOSED);
        }
        if (bond.get().disputes()) {
            return refused(Reason.DISPUTE_BOND_USED);
        }
        Optional<Dispute> running = d.disputes.get(Key.of(t.operator(), t.receipt()));
        if (running.isPresent() && running.get().nodeRoot().equals(t.root())) {
            return refused(Reason.EVIDENCE_PROVES_NOTHING);
        }

        d.debit(from, fee);
        d.credit(t.operator(), fee);
        displaced.ifPresent(s -> free(d, t.operator(), t.receipt(), s.auditor()));
        d.auditors = d.auditors.put(key, bond.get().disputing(t.operator(), t.receipt()));
        Slot slot = new Slot(from, SlotStatus.JOINED, Ids.NONE, t.root());
        d.tell(new Event.DisputeOpened(t.operator(), t.receipt(), from, t.root()));
        if (audit.isPresent()) {
            List<Slot> slots = new ArrayList<>(audit.get().slots());
            displaced.ifPresent(slots::remove);
            slots.add(slot);
            d.audits =
                    d.audits.put(Key.of(t.operator(), t.receipt()), audit.get().among(slots));
        } else {
            begin(d, t.operator(), t.receipt(), receipt.get(), slot);
        }
        return d.applied();
    }

    /** The least that an auditor has bonded for a model, or nothing at all. */
    static Amount leastBond(Draft d) {
        long fee = d.params().disputes().fee().micro();
        return Amount.ofMicro(Math.max(1, Math.multiplyExact(BOND_FEES, fee)));
    }

    /** The first: the node has to open its root. */
    private static void begin(Draft d, Address operator, Hash receipt, Receipt r, Slot slot) {
        d.put(operator, receipt, r.with(Receipt.Status.DISPUTED, d.block.height()));
        long deadline = d.block.height() + d.params().windows().node();
        Audit audit = new Audit(Phase.NODE, 0, Amount.ZERO, deadline, 0, Address.NONE, List.of(slot));
        Audits.enter(d, operator, receipt, audit);
        d.tell(new Event.NodeRevealOpened(operator, receipt, deadline));
    }

    /** Whether it may be disputed now, by who has no part in it yet. */
    private static boolean isOpen(Draft d, Receipt r, Optional<Audit> audit, Address from) {
        Params.Windows w = d.params().windows();
        boolean inTime = d.block.height() <= w.openUntil(r.postedAt())
                || r.isRootKnown()
                        && d.block.height() < r.passedUntil()
                        && d.block.height() <= w.openUntil(r.postedAt()) + Regenerations.waitMax(d.params());
        boolean hasPart = audit.flatMap(a -> a.slot(from)).isPresent();
        boolean isBound = audit.filter(a -> a.phase() == Phase.NODE || a.phase() == Phase.DISPUTE)
                .isPresent();
        return d.params().disputes().levels() > 0
                && !hasPart
                && switch (r.status()) {
                    case PASSED -> inTime && d.block.height() > w.boughtUntil(r.postedAt());
                    case DISPUTED -> inTime && isBound;
                    case DRAWN -> isBound;
                    case POSTED, DEMANDED, CONFIRMED, UNAUDITED, UNDRAWN, FAULT, WITHHELD, RETRACTED -> false;
                };
    }

    /** Where all places are taken: who has the smallest bond, if it is below the newcomer's and it does not play now. */
    private static Optional<Slot> weaker(Draft d, Address operator, Hash receipt, Audit audit, AuditorBond bond) {
        Hash model = d.knownReceipt(operator, receipt).model();
        Optional<Address> playing = d.disputes.get(Key.of(operator, receipt)).map(Dispute::challenger);
        return audit.slots(SlotStatus.JOINED).stream()
                .filter(s -> !playing.equals(Optional.of(s.auditor())))
                .min(Comparator.comparing((Slot s) -> bonded(d, model, s)).thenComparing(Slot::auditor))
                .filter(s -> bonded(d, model, s).isBelow(bond.stake().bonded()));
    }

    private static Amount bonded(Draft d, Hash model, Slot slot) {
        return d.auditors
                .get(Key.auditor(model, slot.auditor()))
                .map(b -> b.stake().bonded())
                .orElse(Amount.ZERO);
    }

    /**
     * Who revealed or joined with another root than the node's, in the order in which they play: the drawn first, then
     * the others by their bonds, so that many small ones keep nobody waiting.
     */
    static List<Slot> others(Draft d, Address operator, Hash receipt, Audit audit, Hash root) {
        Hash model = d.knownReceipt(operator, receipt).model();
        List<Slot> others = new ArrayList<>(audit.slots(SlotStatus.REVEALED));
        others.addAll(audit.slots(SlotStatus.JOINED).stream()
                .sorted(Comparator.comparing((Slot s) -> bonded(d, model, s)).reversed())
                .toList());
        others.removeIf(slot -> slot.root().equals(root));
        return others;
    }

    /** The audit ends: bonds of those who joined are free for another dispute. */
    static void free(Draft d, Address operator, Hash receipt, Audit audit) {
        audit.slots(SlotStatus.JOINED).forEach(slot -> free(d, operator, receipt, slot.auditor()));
    }

    /**
     * This auditor's bond backs the dispute of this receipt no more. It may back another one by now: who lost its bond
     * elsewhere, and bonded anew.
     */
    static void free(Draft d, Address operator, Hash receipt, Address auditor) {
        byte[] key = Key.auditor(d.knownReceipt(operator, receipt).model(), auditor);
        d.auditors
                .get(key)
                .filter(bond -> bond.disputes(operator, receipt))
                .ifPresent(bond -> d.auditors = d.auditors.put(key, bond.free()));
    }

    /** Whether something of this slot's is at stake: a bond, and if it was not drawn, one that backs this dispute. */
    static boolean isBacked(Draft d, Address operator, Hash receipt, Slot slot) {
        return d.auditors
                .get(Key.auditor(d.knownReceipt(operator, receipt).model(), slot.auditor()))
                .filter(bond -> slot.status() != SlotStatus.JOINED || bond.disputes(operator, receipt))
                .isPresent();
    }

    /**
     * Nobody is left who disputes a receipt that was not drawn: its payer may demand openings for a whole window more,
     * since none could be demanded meanwhile. Its root is known now, so no auditors are drawn for it any more: they
     * could copy it. Who replayed it could join while it was disputed, and did not.
     */
    static void resume(Draft d, Address operator, Hash receipt, Audit audit) {
        Verdicts.close(d, operator, receipt, audit);
        keepOpen(
                d,
                operator,
                receipt,
                d.block.height() + Math.max(1, d.params().windows().challenge()));
        d.tell(new Event.DisputeEnded(operator, receipt));
    }

    /** The receipt, whose root is known, goes on until this height, unless something else happens to it. */
    static void keepOpen(Draft d, Address operator, Hash receipt, long until) {
        d.put(operator, receipt, d.knownReceipt(operator, receipt).resumed(d.block.height(), until));
        d.schedule(until, new Due(Due.Kind.END_RECEIPT, receipt, operator));
    }

    /** The time of a receipt that was disputed in vain is over, unless something else happens to it. */
    static void end(Draft d, Address operator, Hash receipt) {
        Receipt r = d.knownReceipt(operator, receipt);
        if (r.status() == Receipt.Status.PASSED && r.passedUntil() <= d.block.height()) {
            Verdicts.end(d, operator, receipt, Receipt.Status.UNDRAWN);
        }
    }
}
