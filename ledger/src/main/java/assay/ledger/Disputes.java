package assay.ledger;

import static assay.ledger.Draft.refused;

import assay.core.base.Amount;
import assay.core.base.Hash;
import assay.ledger.crypto.Address;
import assay.ledger.state.Audit;
import assay.ledger.state.Audit.Slot;
import assay.ledger.state.Audit.SlotStatus;
import assay.ledger.state.AuditorBond;
import assay.ledger.state.Dispute;
import assay.ledger.state.Due;
import assay.ledger.state.Key;
import assay.ledger.state.Params;
import assay.ledger.tx.Transaction.ChooseDispute;
import assay.ledger.tx.Transaction.ProveDispute;
import assay.ledger.tx.Transaction.SplitDispute;
import java.util.List;
import java.util.Optional;

/**
 * Rules of disputes: an auditor's root that differs from the node's opens one by itself. Node and auditor narrow
 * it down in turns, each against a clock; whoever does not move loses, the node its stake, the auditor its bond.
 *
 * <p>No element is recomputed in this version: at the bottom the roots of all who revealed decide. The
 * one-element referee takes the place of {@link #decide}; moves, clocks and bonds stay.
 */
final class Disputes {
    private Disputes() {}

    /** The node's root is known, and these slots found another. */
    static void open(Draft d, Address operator, Hash receipt, Audit audit, Hash root, Slot challenger) {
        Audit disputed = audit.in(Audit.Phase.DISPUTE, 0);
        d.audits = d.audits.put(Key.of(operator, receipt), disputed);
        move(d, operator, receipt, new Dispute(challenger.auditor(), root, Dispute.Move.SPLIT, 0, List.of(), root, 0));
    }

    static Outcome split(Draft d, Address from, SplitDispute t) {
        Optional<Dispute> dispute = d.disputes.get(Key.of(from, t.receipt()));
        Optional<Reason> fault = fault(dispute, Dispute.Move.SPLIT);
        if (fault.isEmpty() && t.parts().isEmpty()) {
            fault = Optional.of(Reason.DISPUTE_NO_PART);
        }
        if (fault.isPresent()) {
            return refused(fault.get());
        }

        Dispute x = dispute.orElseThrow();
        leave(d, from, t.receipt(), x);
        move(
                d,
                from,
                t.receipt(),
                new Dispute(
                        x.challenger(), x.nodeRoot(), Dispute.Move.CHOOSE, x.level() + 1, t.parts(), x.subject(), 0));
        return d.applied();
    }

    static Outcome choose(Draft d, Address from, ChooseDispute t) {
        Optional<Dispute> dispute = d.disputes.get(Key.of(t.operator(), t.receipt()));
        if (dispute.isPresent() && !from.equals(dispute.get().challenger())) {
            return refused(Reason.AUDITOR_NOT_DRAWN);
        }
        Optional<Reason> fault = fault(dispute, Dispute.Move.CHOOSE);
        if (fault.isEmpty() && t.part() >= dispute.orElseThrow().parts().size()) {
            fault = Optional.of(Reason.DISPUTE_NO_PART);
        }
        if (fault.isPresent()) {
            return refused(fault.get());
        }

        Dispute x = dispute.orElseThrow();
        boolean bottom = x.level() >= d.params().disputes().levels();
        leave(d, t.operator(), t.receipt(), x);
        move(
                d,
                t.operator(),
                t.receipt(),
                new Dispute(
                        from,
                        x.nodeRoot(),
                        bottom ? Dispute.Move.PROVE : Dispute.Move.SPLIT,
                        x.level(),
                        List.of(),
                        x.parts().get(t.part()),
                        0));
        return d.applied();
    }

    static Outcome prove(Draft d, Address from, ProveDispute t) {
        Optional<Dispute> dispute = d.disputes.get(Key.of(from, t.receipt()));
        Optional<Reason> fault = fault(dispute, Dispute.Move.PROVE);
        if (fault.isPresent()) {
            return refused(fault.get());
        }

        leave(d, from, t.receipt(), dispute.orElseThrow());
        decide(d, from, t.receipt(), dispute.orElseThrow());
        return d.applied();
    }

    /** A move was not made in time. */
    static void missed(Draft d, Address operator, Hash receipt) {
        Dispute x = d.disputes.get(Key.of(operator, receipt)).orElseThrow();
        d.disputes = d.disputes.remove(Key.of(operator, receipt));
        if (x.move() == Dispute.Move.CHOOSE) {
            dropped(d, operator, receipt, x);
        } else {
            nodeLoses(d, operator, receipt, x);
        }
    }

    /** More who revealed found another root than the node's, or fewer, or as many: then nobody is believed. */
    private static void decide(Draft d, Address operator, Hash receipt, Dispute x) {
        Audit audit = audit(d, operator, receipt);
        int all = audit.slots(SlotStatus.REVEALED).size();
        int others = others(audit, x.nodeRoot()).size();
        if (2 * others > all) {
            nodeLoses(d, operator, receipt, x);
        } else if (2 * others < all) {
            dropped(d, operator, receipt, x);
        } else {
            Verdicts.unaudited(d, operator, receipt, audit);
        }
    }

    private static void nodeLoses(Draft d, Address operator, Hash receipt, Dispute x) {
        Audit audit = audit(d, operator, receipt);
        Verdicts.fault(d, operator, receipt, audit, others(audit, x.nodeRoot()));
    }

    /** The auditor loses its bond and its slot; the next one that differs takes its place. */
    private static void dropped(Draft d, Address operator, Hash receipt, Dispute x) {
        slash(d, operator, receipt, x.challenger());
        Audit before = audit(d, operator, receipt);
        Slot slot = before.slot(x.challenger()).orElseThrow();
        Audit audit = before.with(new Slot(slot.auditor(), SlotStatus.SILENT, slot.commitment(), slot.root()));
        d.audits = d.audits.put(Key.of(operator, receipt), audit);
        d.tell(new Event.AuditorSilent(operator, receipt, slot.auditor()));
        List<Slot> others = others(audit, x.nodeRoot());
        if (!others.isEmpty()) {
            open(d, operator, receipt, audit, x.nodeRoot(), others.getFirst());
        } else if (audit.slots(SlotStatus.REVEALED).isEmpty()) {
            Verdicts.unaudited(d, operator, receipt, audit);
        } else {
            Verdicts.confirmed(d, operator, receipt, audit);
        }
    }

    /** All that an auditor bonded for the model: half is burned, half makes up for the node's trouble. */
    private static void slash(Draft d, Address operator, Hash receipt, Address auditor) {
        Hash model = d.knownReceipt(operator, receipt).model();
        byte[] key = Key.auditor(model, auditor);
        Optional<AuditorBond> bond = d.auditors.get(key);
        if (bond.isEmpty()) {
            return;
        }
        Amount all = bond.get().stake().total();
        Amount damages = Amount.ofMicro(all.micro() / 2);
        d.auditors = d.auditors.remove(key);
        d.credit(operator, damages);
        d.totals = d.totals.plusBurned(all.minus(damages));
        d.tell(new Event.AuditorSlashed(operator, receipt, auditor, all, all.minus(damages)));
    }

    private static List<Slot> others(Audit audit, Hash root) {
        return audit.slots(SlotStatus.REVEALED).stream()
                .filter(slot -> !slot.root().equals(root))
                .toList();
    }

    private static Optional<Reason> fault(Optional<Dispute> dispute, Dispute.Move due) {
        if (dispute.isEmpty()) {
            return Optional.of(Reason.DISPUTE_UNKNOWN);
        }
        return dispute.get().move() == due ? Optional.empty() : Optional.of(Reason.DISPUTE_OTHER_MOVE);
    }

    private static void move(Draft d, Address operator, Hash receipt, Dispute x) {
        Params.Disputes clocks = d.params().disputes();
        long deadline = d.block.height() + clocks.move();
        Dispute timed =
                new Dispute(x.challenger(), x.nodeRoot(), x.move(), x.level(), x.parts(), x.subject(), deadline);
        d.disputes = d.disputes.put(Key.of(operator, receipt), timed);
        d.schedule(deadline, due(operator, receipt));
        d.tell(new Event.DisputeMoved(operator, receipt, x.challenger(), x.move(), deadline));
    }

    private static void leave(Draft d, Address operator, Hash receipt, Dispute x) {
        d.disputes = d.disputes.remove(Key.of(operator, receipt));
        d.unschedule(x.deadline(), due(operator, receipt));
    }

    private static Due due(Address operator, Hash receipt) {
        return new Due(Due.Kind.DISPUTE, receipt, operator);
    }

    private static Audit audit(Draft d, Address operator, Hash receipt) {
        return d.audits.get(Key.of(operator, receipt)).orElseThrow(() -> new AssertionError("no audit of " + receipt));
    }
}
