package assay.ledger;

import static assay.ledger.Draft.refused;

import assay.core.base.Amount;
import assay.core.base.Hash;
import assay.core.receipt.Digests;
import assay.ledger.crypto.Address;
import assay.ledger.state.Audit;
import assay.ledger.state.Audit.Phase;
import assay.ledger.state.Audit.Slot;
import assay.ledger.state.Audit.SlotStatus;
import assay.ledger.state.Due;
import assay.ledger.state.Key;
import assay.ledger.state.Params;
import assay.ledger.state.Receipt;
import assay.ledger.tx.Ids;
import assay.ledger.tx.Transaction.BuyAudit;
import assay.ledger.tx.Transaction.CommitAudit;
import assay.ledger.tx.Transaction.RevealAudit;
import assay.ledger.tx.Transaction.RevealTrace;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * Rules of audits: drawn auditors commit, then reveal; the node reveals last; equal roots are paid.
 *
 * <p>A root that differs opens a dispute ({@link Disputes}); in an embedded network it is the verdict.
 */
final class Audits {
    private Audits() {}

    /** Begins the audit of a receipt that was drawn; the fee comes from those who pay for it. */
    static void begin(Draft d, Address operator, Hash receipt, Amount fee) {
        begin(d, operator, receipt, fee, Address.NONE);
    }

    static Outcome buy(Draft d, Address from, BuyAudit t) {
        Optional<Receipt> receipt = d.receipt(t.operator(), t.receipt());
        if (receipt.isEmpty()) {
            return refused(Reason.RECEIPT_UNKNOWN);
        }
        Amount cost =
                Rates.cost(receipt.get().tokens(), Rates.macs(d, receipt.get().model()), d.params());
        if (!d.canPay(from, cost)) {
            return refused(Reason.BALANCE_TOO_SMALL);
        }
        boolean isOpen = d.block.height()
                <= d.params().windows().boughtUntil(receipt.get().postedAt());
        if (receipt.get().status() != Receipt.Status.PASSED
                || !isOpen
                || receipt.get().isRootKnown()) {
            return refused(Reason.RECEIPT_NOT_PASSED);
        }

        long drawnAt = d.block.height() + d.params().windows().draw();
        d.debit(from, cost);
        d.put(t.operator(), t.receipt(), receipt.get().with(Receipt.Status.DRAWN, d.block.height()));
        enter(d, t.operator(), t.receipt(), new Audit(Phase.COMMIT, 0, cost, drawnAt, 0, from, List.of()));
        return d.applied();
    }

    /** Draws for a bought audit, from a beacon that its buyer did not know. */
    private static void beginBought(Draft d, Address operator, Hash receipt, Audit audit) {
        d.audits = d.audits.remove(Key.of(operator, receipt));
        d.credit(audit.buyer(), audit.fee());
        begin(d, operator, receipt, audit.fee(), audit.buyer());
    }

    private static void begin(Draft d, Address operator, Hash receipt, Amount fee, Address buyer) {
        Receipt r = d.knownReceipt(operator, receipt);
        Params.Audits limits = d.params().audits();
        boolean enough = Rates.auditors(d, operator, r.model()).groups() >= limits.groupsMin();
        List<Address> drawn =
                enough ? Draw.auditors(d, operator, receipt, r.model(), 0, limits.perReceipt(), Set.of()) : List.of();
        if (drawn.isEmpty()) {
            Verdicts.end(d, operator, receipt, Receipt.Status.UNAUDITED);
            return;
        }
        Amount taken = Verdicts.takeFee(d, operator, r, fee, buyer);
        long deadline = d.block.height() + d.params().windows().commit();
        List<Slot> slots = drawn.stream().map(Slot::of).toList();
        d.put(operator, receipt, r.with(Receipt.Status.DRAWN, d.block.height()));
        enter(d, operator, receipt, new Audit(Phase.COMMIT, 0, taken, deadline, deadline, buyer, slots));
        d.tell(new Event.AuditDrawn(operator, receipt, drawn, deadline));
    }

    static Outcome commit(Draft d, Address from, CommitAudit t) {
        Optional<Reason> fault = notDrawn(d, t.operator(), t.receipt(), from);
        if (fault.isPresent()) {
            return refused(fault.get());
        }
        Audit audit = audit(d, t.operator(), t.receipt());
        Slot slot = audit.slot(from).orElseThrow();
        if (audit.phase() != Phase.COMMIT || slot.status() == SlotStatus.SILENT) {
            return refused(Reason.COMMIT_CLOSED);
        }
        if (slot.status() != SlotStatus.DRAWN) {
            return refused(Reason.COMMIT_EXISTS);
        }

        Audit next = audit.with(new Slot(from, SlotStatus.COMMITTED, t.commitment(), Ids.NONE));
        store(d, t.operator(), t.receipt(), next);
        d.tell(new Event.AuditCommitted(t.operator(), t.receipt(), from));
        if (next.slots(SlotStatus.DRAWN).isEmpty()) {
            openReveal(d, t.operator(), t.receipt(), next);
        }
        return d.applied();
    }

    static Outcome reveal(Draft d, Address from, RevealAudit t) {
        Optional<Reason> fault = notDrawn(d, t.operator(), t.receipt(), from);
        if (fault.isPresent()) {
            return refused(fault.get());
        }
        Audit audit = audit(d, t.operator(), t.receipt());
        Slot slot = audit.slot(from).orElseThrow();
        if (slot.commitment().equals(Ids.NONE)) {
            return refused(Reason.COMMIT_MISSING);
        }
        if (audit.phase() == Phase.COMMIT) {
            return refused(Reason.REVEAL_EARLY);
        }
        if (slot.status() == SlotStatus.REVEALED) {
            return refused(Reason.REVEAL_EXISTS);
        }
        if (slot.status() == SlotStatus.SILENT) {
            return refused(Reason.REVEAL_CLOSED);
        }
        Hash opened = Ids.commitment(d.chainId(), t.receipt(), from, t.root(), t.salt());
        if (!opened.equals(slot.commitment())) {
            return refused(Reason.REVEAL_MISMATCH);
        }

        Audit next = audit.with(new Slot(from, SlotStatus.REVEALED, slot.commitment(), t.root()));
        store(d, t.operator(), t.receipt(), next);
        d.tell(new Event.AuditRevealed(t.operator(), t.receipt(), from, t.root()));
        if (next.slots(SlotStatus.COMMITTED).isEmpty()) {
            openNode(d, t.operator(), t.receipt(), next);
        }
        return d.applied();
    }

    static Outcome revealTrace(Draft d, Address from, RevealTrace t) {
        Optional<Receipt> receipt = d.receipt(from, t.receipt());
        if (receipt.isEmpty()) {
            return refused(Reason.RECEIPT_UNKNOWN);
        }
        Optional<Audit> audit = d.audits.get(Key.of(from, t.receipt()));
        if (audit.isEmpty()) {
            return refused(Reason.RECEIPT_NOT_DRAWN);
        }
        if (audit.get().phase() == Phase.DISPUTE) {
            return refused(Reason.RECEIPT_NOT_DRAWN);
        }
        if (audit.get().phase() != Phase.NODE) {
            return refused(Reason.NODE_EARLY);
        }
        if (!Digests.blind(t.root(), t.salt()).equals(receipt.get().blindedRoot())) {
            return refused(Reason.NODE_MISMATCH);
        }

        d.tell(new Event.NodeRevealed(from, t.receipt(), t.root()));
        judge(d, from, t.receipt(), audit.get(), t.root());
        return d.applied();
    }

    /** A phase's deadline passed: whoever did not move is silent, and the audit goes on without it. */
    static void endPhase(Draft d, Address operator, Hash receipt) {
        Audit audit = audit(d, operator, receipt);
        if (audit.slots().isEmpty()) {
            beginBought(d, operator, receipt, audit);
            return;
        }
        switch (audit.phase()) {
            case COMMIT -> {
                Audit next = silence(d, operator, receipt, audit, SlotStatus.DRAWN);
                if (!redraw(d, operator, receipt, next)) {
                    proceed(d, operator, receipt, next, SlotStatus.COMMITTED);
                }
            }
            case REVEAL -> {
                Audit next = silence(d, operator, receipt, audit, SlotStatus.COMMITTED);
                boolean none = next.slots(SlotStatus.REVEALED).isEmpty();
                if (!none || !redraw(d, operator, receipt, next)) {
                    proceed(d, operator, receipt, next, SlotStatus.REVEALED);
                }
            }
            case NODE -> Verdicts.withheld(d, operator, receipt, audit);
            case DISPUTE -> throw new AssertionError("a dispute has its own clock: " + receipt);
        }
    }

    /** Compares the roots: one that differs is a fault. */
    private static void judge(Draft d, Address operator, Hash receipt, Audit audit, Hash root) {
        List<Slot> others = Contests.others(d, operator, receipt, audit, root);
        if (others.isEmpty()) {
            Disputes.over(d, operator, receipt, audit);
        } else if (d.params().disputes().levels() > 0) {
            leave(d, operator, receipt, audit);
            Disputes.open(d, operator, receipt, audit, root, others.getFirst());
        } else {
            Verdicts.fault(d, operator, receipt, audit, others);
        }
    }

    /** Goes on with those who moved, or gives up when nobody did. */
    private static void proceed(Draft d, Address operator, Hash receipt, Audit audit, SlotStatus moved) {
        if (audit.slots(moved).isEmpty()) {
            Verdicts.unaudited(d, operator, receipt, audit);
        } else if (moved == SlotStatus.COMMITTED) {
            openReveal(d, operator, receipt, audit);
        } else {
            openNode(d, operator, receipt, audit);
        }
    }

    /** Draws others for the silent ones, if a round is left and there are any. */
    private static boolean redraw(Draft d, Address operator, Hash receipt, Audit audit) {
        Params.Audits limits = d.params().audits();
        if (audit.round() + 1 >= limits.roundsMax()) {
            return false;
        }
        Set<Address> known = new TreeSet<>();
        audit.slots().forEach(slot -> known.add(slot.auditor()));
        int live = audit.slots().size() - audit.slots(SlotStatus.SILENT).size();
        Hash model = d.knownReceipt(operator, receipt).model();
        List<Address> drawn =
                Draw.auditors(d, operator, receipt, model, audit.round() + 1, limits.perReceipt() - live, known);
        if (drawn.isEmpty()) {
            return false;
        }
        List<Slot> slots = new ArrayList<>(audit.slots());
        drawn.forEach(auditor -> slots.add(Slot.of(auditor)));
        long deadline = d.block.height() + d.params().windows().commit();
        leave(d, operator, receipt, audit);
        enter(d, operator, receipt, audit.redrawn(slots, deadline));
        d.tell(new Event.AuditDrawn(operator, receipt, drawn, deadline));
        return true;
    }

    private static Audit silence(Draft d, Address operator, Hash receipt, Audit audit, SlotStatus late) {
        Audit next = audit;
        for (Slot slot : audit.slots(late)) {
            next = next.with(new Slot(slot.auditor(), SlotStatus.SILENT, slot.commitment(), slot.root()));
            d.tell(new Event.AuditorSilent(operator, receipt, slot.auditor()));
        }
        return next;
    }

    private static void openReveal(Draft d, Address operator, Hash receipt, Audit audit) {
        long deadline = d.block.height() + d.params().windows().reveal();
        leave(d, operator, receipt, audit);
        enter(d, operator, receipt, audit.in(Phase.REVEAL, deadline));
        d.tell(new Event.RevealOpened(operator, receipt, deadline));
    }

    private static void openNode(Draft d, Address operator, Hash receipt, Audit audit) {
        long deadline = d.block.height() + d.params().windows().node();
        leave(d, operator, receipt, audit);
        enter(d, operator, receipt, audit.in(Phase.NODE, deadline));
        d.tell(new Event.NodeRevealOpened(operator, receipt, deadline));
    }

    /** Starts a phase: it ends by itself at its deadline. */
    static void enter(Draft d, Address operator, Hash receipt, Audit audit) {
        store(d, operator, receipt, audit);
        d.schedule(audit.deadline(), phaseEnd(operator, receipt));
    }

    /** Forgets the deadline of a phase. */
    static void leave(Draft d, Address operator, Hash receipt, Audit audit) {
        d.unschedule(audit.deadline(), phaseEnd(operator, receipt));
    }

    private static void store(Draft d, Address operator, Hash receipt, Audit audit) {
        d.audits = d.audits.put(Key.of(operator, receipt), audit);
    }

    private static Due phaseEnd(Address operator, Hash receipt) {
        return new Due(Due.Kind.AUDIT_PHASE, receipt, operator);
    }

    private static Audit audit(Draft d, Address operator, Hash receipt) {
        return d.audits.get(Key.of(operator, receipt)).orElseThrow(() -> new AssertionError("no audit of " + receipt));
    }

    /** The node had not delivered: this round's commitments get the time of its answer and as much as they had. */
    static void extend(Draft d, Address operator, Hash receipt, Audit audit) {
        long until = d.block.height()
                + d.params().disputes().answer()
                + d.params().windows().commit();
        leave(d, operator, receipt, audit);
        enter(d, operator, receipt, audit.extended(until));
    }

    static Optional<Reason> notDrawn(Draft d, Address operator, Hash receipt, Address sender) {
        if (d.receipt(operator, receipt).isEmpty()) {
            return Optional.of(Reason.RECEIPT_UNKNOWN);
        }
        Optional<Audit> audit = d.audits.get(Key.of(operator, receipt));
        if (audit.isEmpty()) {
            return Optional.of(Reason.RECEIPT_NOT_DRAWN);
        }
        return audit.get().slot(sender).isEmpty() ? Optional.of(Reason.AUDITOR_NOT_DRAWN) : Optional.empty();
    }
}
