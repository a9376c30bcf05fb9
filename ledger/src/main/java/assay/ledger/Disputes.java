package assay.ledger;

import static assay.ledger.Draft.refused;

import assay.core.base.Amount;
import assay.core.base.Hash;
import assay.core.base.MalformedException;
import assay.core.dispute.At;
import assay.core.dispute.Referee;
import assay.core.dispute.Ruling;
import assay.core.dispute.Terms;
import assay.ledger.crypto.Address;
import assay.ledger.state.Audit;
import assay.ledger.state.Audit.Slot;
import assay.ledger.state.Audit.SlotStatus;
import assay.ledger.state.AuditorBond;
import assay.ledger.state.Dispute;
import assay.ledger.state.Dispute.Move;
import assay.ledger.state.Due;
import assay.ledger.state.Key;
import assay.ledger.state.Params;
import assay.ledger.state.Receipt;
import assay.ledger.tx.Bytes;
import assay.ledger.tx.Transaction.ChooseDispute;
import assay.ledger.tx.Transaction.ShowDispute;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * Rules of disputes: an auditor's root that differs from the node's opens one by itself. Node and auditor narrow
 * it down in turns, each against a clock; whoever does not move loses, the node its stake, the auditor its bond.
 *
 * <p>What a move means, and who is right in the end, says {@link Referee}, which recomputes one element, or, with the
 * model's text that is on the ledger ({@link Texts}), all of an answer's. Who disputes a text posts the model's first,
 * if nobody did. What no referee can decide is decided by the roots of all who revealed.
 */
final class Disputes {
    private static final Bytes START = Bytes.of(new At.Start().encode());

    private Disputes() {}

    /** The node's root is known, and these slots found another. */
    static void open(Draft d, Address operator, Hash receipt, Audit audit, Hash root, Slot challenger) {
        Audit disputed = audit.in(Audit.Phase.DISPUTE, 0);
        d.audits = d.audits.put(Key.of(operator, receipt), disputed);
        // Once a receipt: for the next challenger the node has computed it again already.
        boolean waits = audit.phase() != Audit.Phase.DISPUTE
                && d.knownReceipt(operator, receipt).status() == Receipt.Status.DISPUTED;
        long from = waits ? Regenerations.begin(d, operator) : d.block.height();
        move(d, operator, receipt, new Dispute(challenger.auditor(), root, Move.SHOW, 0, START, 0), 0, from);
    }

    static Outcome show(Draft d, Address from, ShowDispute t) {
        Optional<Dispute> dispute = d.disputes.get(Key.of(from, t.receipt()));
        Optional<Reason> fault = fault(dispute, Move.SHOW);
        if (fault.isPresent()) {
            return refused(fault.get());
        }
        Dispute x = dispute.orElseThrow();
        if (at(x) instanceof At.Text && d.block.height() + d.params().disputes().move() <= x.deadline()) {
            return refused(Reason.DISPUTE_OTHER_MOVE); // from the next block on: the model's text is being read
        }
        Ruling ruling =
                referee(d).show(terms(d, from, t.receipt(), x), at(x), t.move().toArray());
        if (ruling instanceof Ruling.Refused) {
            return refused(Reason.DISPUTE_MOVE_WRONG);
        }

        leave(d, from, t.receipt(), x);
        switch (ruling) {
            case Ruling.Next(At next) ->
                move(d, from, t.receipt(), x.at(next, x.level() + 1), t.move().size(), d.block.height());
            case Ruling.Settled(boolean nodeIsRight, String why) -> {
                d.tell(new Event.DisputeSettled(
                        from,
                        t.receipt(),
                        x.challenger(),
                        nodeIsRight,
                        why,
                        t.move().size()));
                if (nodeIsRight) {
                    dropped(d, from, t.receipt(), x);
                } else {
                    nodeLoses(d, from, t.receipt(), x);
                }
            }
            case Ruling.Undecided undecided -> decide(d, from, t.receipt(), x);
            case Ruling.Refused refused -> throw new AssertionError("refused above");
        }
        return d.applied();
    }

    static Outcome choose(Draft d, Address from, ChooseDispute t) {
        Optional<Dispute> dispute = d.disputes.get(Key.of(t.operator(), t.receipt()));
        if (dispute.isPresent() && !from.equals(dispute.get().challenger())) {
            return refused(Reason.AUDITOR_NOT_DRAWN);
        }
        Optional<Reason> fault = fault(dispute, Move.CHOOSE);
        if (fault.isPresent()) {
            return refused(fault.get());
        }
        Optional<Slot> slot = d.audits.get(Key.of(t.operator(), t.receipt())).flatMap(audit -> audit.slot(from));
        if (slot.filter(s -> Contests.isBacked(d, t.operator(), t.receipt(), s)).isEmpty()) {
            return refused(Reason.BOND_TOO_SMALL); // lost in another dispute: nobody plays for nothing
        }
        Dispute x = dispute.orElseThrow();
        Ruling ruling = referee(d).choose(at(x), t.part());
        if (ruling instanceof Ruling.Next(At.Text text)) {
            OptionalInt missing = Texts.missing(d.texts, text.program());
            if (missing.isPresent() && missing.getAsInt() > 0) {
                return refused(Reason.DISPUTE_TEXT_MISSING);
            }
            ruling = missing.isEmpty() ? new Ruling.Undecided("a text that the ledger keeps") : ruling;
        }
        switch (ruling) {
            case Ruling.Next(At next) -> {
                if (next instanceof At.Text text) {
                    Texts.begin(d.texts, text.program());
                }
                leave(d, t.operator(), t.receipt(), x);
                move(d, t.operator(), t.receipt(), x.at(next, x.level()), 0, d.block.height());
            }
            case Ruling.Undecided undecided -> {
                leave(d, t.operator(), t.receipt(), x);
                decide(d, t.operator(), t.receipt(), x);
            }
            case Ruling.Settled settled -> throw new AssertionError("a choice settles nothing");
            case Ruling.Refused refused -> {
                return refused(Reason.DISPUTE_NO_PART);
            }
        }
        return d.applied();
    }

    private static Referee referee(Draft d) {
        return new Referee(program -> Texts.rules(d.texts, program));
    }

    /** What the referee is told: the model's program, the receipt, the node's root. */
    private static Terms terms(Draft d, Address operator, Hash receipt, Dispute x) {
        Hash model = d.knownReceipt(operator, receipt).model();
        Hash program = d.models
                .get(Key.of(model))
                .orElseThrow(() -> new AssertionError("no model " + model))
                .words()
                .programRoot();
        return new Terms(program, receipt, x.nodeRoot());
    }

    private static At at(Dispute x) {
        try {
            return At.parse(x.at().toArray());
        } catch (MalformedException e) {
            throw new AssertionError("the state holds what was written", e);
        }
    }

    /** A move was not made in time. */
    static void missed(Draft d, Address operator, Hash receipt) {
        Dispute x = d.disputes.get(Key.of(operator, receipt)).orElseThrow();
        d.disputes = d.disputes.remove(Key.of(operator, receipt));
        if (x.move() == Move.CHOOSE) {
            dropped(d, operator, receipt, x);
        } else {
            nodeLoses(d, operator, receipt, x);
        }
    }

    /** More who revealed found another root than the node's, or fewer, or as many: then nobody is believed. */
    private static void decide(Draft d, Address operator, Hash receipt, Dispute x) {
        Audit audit = audit(d, operator, receipt);
        int all = audit.slots(SlotStatus.REVEALED).size();
        int others = (int) audit.slots(SlotStatus.REVEALED).stream()
                .filter(slot -> !slot.root().equals(x.nodeRoot()))
                .count();
        if (2 * others > all) {
            nodeLoses(d, operator, receipt, x);
        } else if (2 * others < all) {
            dropped(d, operator, receipt, x);
        } else {
            setAside(d, operator, receipt, x, all == 0);
        }
    }

    /** What this challenger says cannot be decided: it is out, and loses nothing; who is left is heard. */
    private static void setAside(Draft d, Address operator, Hash receipt, Dispute x, boolean nobodyRevealed) {
        Audit audit = without(d, operator, receipt, x.challenger());
        if (opensNext(d, operator, receipt, audit, x.nodeRoot())) {
            return;
        }
        if (nobodyRevealed) {
            over(d, operator, receipt, audit);
        } else {
            Verdicts.unaudited(d, operator, receipt, audit);
        }
    }

    /** The fee is the drawn finders', the bounty theirs and the challenger's who was playing: to join late finds nothing. */
    private static void nodeLoses(Draft d, Address operator, Hash receipt, Dispute x) {
        Audit audit = audit(d, operator, receipt);
        List<Slot> finders = Contests.others(d, operator, receipt, audit, x.nodeRoot()).stream()
                .filter(s -> s.status() == SlotStatus.REVEALED || s.auditor().equals(x.challenger()))
                .toList();
        Verdicts.fault(d, operator, receipt, audit, finders);
        if (at(x) instanceof At.Text text) {
            Texts.repay(d, operator, receipt, x.challenger(), text.program());
        }
    }

    /** The auditor loses its bond and its slot; the next one that differs takes its place. */
    private static void dropped(Draft d, Address operator, Hash receipt, Dispute x) {
        Slot slot = audit(d, operator, receipt).slot(x.challenger()).orElseThrow();
        if (Contests.isBacked(d, operator, receipt, slot)) {
            // Half of its bond is burned, half makes up for the node's trouble.
            d.credit(operator, slash(d, operator, receipt, x.challenger(), Amount.MILLION / 2));
        }
        Audit audit = without(d, operator, receipt, x.challenger());
        if (!opensNext(d, operator, receipt, audit, x.nodeRoot())) {
            over(d, operator, receipt, audit);
        }
    }

    /** The next one that differs plays, if there is one; says whether there is. */
    private static boolean opensNext(Draft d, Address operator, Hash receipt, Audit audit, Hash root) {
        List<Slot> others = Contests.others(d, operator, receipt, audit, root);
        others.stream().findFirst().ifPresent(next -> open(d, operator, receipt, audit, root, next));
        return !others.isEmpty();
    }

    /** The audit without this challenger: its place is free if it joined, silent if it was drawn. */
    private static Audit without(Draft d, Address operator, Hash receipt, Address challenger) {
        Audit before = audit(d, operator, receipt);
        Slot slot = before.slot(challenger).orElseThrow();
        Audit audit;
        if (slot.status() == SlotStatus.JOINED) {
            Contests.free(d, operator, receipt, challenger);
            audit = before.among(
                    before.slots().stream().filter(s -> !s.equals(slot)).toList());
        } else {
            audit = before.with(new Slot(challenger, SlotStatus.SILENT, slot.commitment(), slot.root()));
        }
        d.audits = d.audits.put(Key.of(operator, receipt), audit);
        d.tell(new Event.AuditorSilent(operator, receipt, challenger));
        return audit;
    }

    /** Nobody differs, or nobody who does is left. */
    static void over(Draft d, Address operator, Hash receipt, Audit audit) {
        if (d.knownReceipt(operator, receipt).status() == Receipt.Status.DISPUTED) {
            Contests.resume(d, operator, receipt, audit);
        } else if (audit.slots(SlotStatus.REVEALED).isEmpty()) {
            Verdicts.unaudited(d, operator, receipt, audit);
        } else {
            Verdicts.confirmed(d, operator, receipt, audit);
        }
    }

    /**
     * Takes all that an auditor bonded for the model.
     *
     * @param burned share of it, in parts per million
     * @return the rest, which is to be given to somebody
     */
    private static Amount slash(Draft d, Address operator, Hash receipt, Address auditor, int burned) {
        Hash model = d.knownReceipt(operator, receipt).model();
        byte[] key = Key.auditor(model, auditor);
        Optional<AuditorBond> bond = d.auditors.get(key);
        if (bond.isEmpty()) {
            return Amount.ZERO;
        }
        Amount all = bond.get().stake().total();
        Amount rest = all.share(Amount.MILLION - burned);
        d.auditors = d.auditors.remove(key);
        d.totals = d.totals.plusBurned(all.minus(rest));
        d.tell(new Event.AuditorSlashed(operator, receipt, auditor, all, all.minus(rest)));
        return rest;
    }

    private static Optional<Reason> fault(Optional<Dispute> dispute, Move due) {
        if (dispute.isEmpty()) {
            return Optional.of(Reason.DISPUTE_UNKNOWN);
        }
        return dispute.get().move() == due ? Optional.empty() : Optional.of(Reason.DISPUTE_OTHER_MOVE);
    }

    private static void move(Draft d, Address operator, Hash receipt, Dispute x, int bytes, long from) {
        Params.Disputes clocks = d.params().disputes();
        // Who has to choose may have to post the model's text first: a block for each of its chunks.
        OptionalInt missing =
                at(x) instanceof At.Opened opened ? Texts.missing(d.texts, opened.program()) : OptionalInt.empty();
        long deadline = from + clocks.move() + missing.orElse(0);
        d.disputes = d.disputes.put(Key.of(operator, receipt), x.until(deadline));
        d.schedule(deadline, due(operator, receipt));
        d.tell(new Event.DisputeMoved(operator, receipt, x.challenger(), x.move(), deadline, bytes));
    }

    private static void leave(Draft d, Address operator, Hash receipt, Dispute x) {
        d.disputes = d.disputes.remove(Key.of(operator, receipt));
        d.unschedule(x.deadline(), due(operator, receipt));
    }

    /** Something else has shown a fault: nobody has to move any more. */
    static void stop(Draft d, Address operator, Hash receipt) {
        d.disputes.get(Key.of(operator, receipt)).ifPresent(x -> leave(d, operator, receipt, x));
    }

    private static Due due(Address operator, Hash receipt) {
        return new Due(Due.Kind.DISPUTE, receipt, operator);
    }

    private static Audit audit(Draft d, Address operator, Hash receipt) {
        return d.audits.get(Key.of(operator, receipt)).orElseThrow(() -> new AssertionError("no audit of " + receipt));
    }
}
