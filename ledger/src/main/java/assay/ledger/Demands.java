package assay.ledger;

import static assay.ledger.Draft.refused;

import assay.core.base.Amount;
import assay.core.base.Hash;
import assay.core.log.Checkpoint;
import assay.core.merkle.Merkle;
import assay.ledger.crypto.Address;
import assay.ledger.state.Audit;
import assay.ledger.state.Demand;
import assay.ledger.state.Due;
import assay.ledger.state.Key;
import assay.ledger.state.Log;
import assay.ledger.state.Receipt;
import assay.ledger.tx.Ids;
import assay.ledger.tx.Transaction.AnswerCheckpoint;
import assay.ledger.tx.Transaction.AnswerDemand;
import assay.ledger.tx.Transaction.ChallengeCheckpoint;
import assay.ledger.tx.Transaction.DemandOpening;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;

/**
 * Rules of what an operator must answer in time: a delivery ({@link Complaints}), an opening, the consistency of a checkpoint. Silence
 * is punished as a proven fault, because withholding must never be cheaper than being caught.
 */
final class Demands {
    private Demands() {}

    static Outcome demandOpening(Draft d, Address from, DemandOpening t) {
        Amount fee = d.params().disputes().fee();
        if (!d.canPay(from, fee)) {
            return refused(Reason.BALANCE_TOO_SMALL);
        }
        Optional<Receipt> receipt = d.receipt(t.operator(), t.receipt());
        if (receipt.isPresent() && !from.equals(receipt.get().payer())) {
            return refused(Reason.NOT_THE_PAYER);
        }
        if (receipt.isEmpty()) {
            return refused(Reason.RECEIPT_UNKNOWN);
        }
        boolean isEarly = d.block.height()
                <= d.params().windows().boughtUntil(receipt.get().postedAt());
        if (receipt.get().status() != Receipt.Status.PASSED || isEarly) {
            return refused(Reason.DEMAND_CLOSED);
        }

        Hash id = Ids.demand(Demand.Kind.OPENING.ordinal(), t.operator(), t.receipt(), from, t.cells());
        d.debit(from, fee);
        d.put(t.operator(), t.receipt(), receipt.get().with(Receipt.Status.DEMANDED, d.block.height()));
        open(d, id, Demand.Kind.OPENING, t.operator(), t.receipt(), from, fee, t.cells(), 0);
        return d.applied();
    }

    static Outcome challenge(Draft d, Address from, ChallengeCheckpoint t) {
        Amount fee = d.params().disputes().fee();
        if (!d.canPay(from, fee)) {
            return refused(Reason.BALANCE_TOO_SMALL);
        }
        Reports.Signed<Checkpoint> signed = Reports.checkpoint(d, t.nodeKey(), t.note());
        if (signed.fault().isPresent()) {
            return refused(signed.fault().get());
        }
        Checkpoint c = signed.content();
        Address operator = signed.operator();
        Hash subject = Hash.sha256(c.text().getBytes(StandardCharsets.UTF_8));
        Hash id = Ids.demand(Demand.Kind.CHECKPOINT.ordinal(), operator, Ids.NONE, Address.NONE, subject);
        if (d.demands.has(Key.of(id))) {
            return refused(Reason.DEMAND_EXISTS);
        }
        if (d.evidence.has(Key.of(operator, id))) {
            return refused(Reason.EVIDENCE_USED);
        }

        d.debit(from, fee);
        open(d, id, Demand.Kind.CHECKPOINT, operator, Ids.NONE, from, fee, c.root(), c.size());
        return d.applied();
    }

    static Outcome answer(Draft d, Address from, AnswerDemand t) {
        Optional<Demand> demand =
                d.demands.get(Key.of(t.demand())).filter(x -> x.operator().equals(from));
        if (demand.isEmpty()) {
            return refused(Reason.DEMAND_UNKNOWN);
        }
        if (demand.get().isAnswered()) {
            return refused(Reason.DEMAND_CLOSED);
        }
        if (demand.get().kind() == Demand.Kind.CHECKPOINT || t.answer().isEmpty()) {
            return refused(Reason.ANSWER_WRONG);
        }

        Hash digest = Complaints.digest(t.answer());
        close(d, t.demand(), demand.get());
        if (demand.get().kind() == Demand.Kind.DELIVERY) {
            Complaints.answered(d, t.demand(), demand.get(), digest);
        }
        d.tell(new Event.DemandAnswered(t.demand(), from, demand.get().receipt(), digest, t.answer()));
        if (demand.get().kind() == Demand.Kind.OPENING) {
            Batches.resume(d, from, demand.get().receipt(), demand.get().deadline());
        }
        return d.applied();
    }

    static Outcome answerCheckpoint(Draft d, Address from, AnswerCheckpoint t) {
        Optional<Demand> demand =
                d.demands.get(Key.of(t.demand())).filter(x -> x.operator().equals(from));
        if (demand.isEmpty()) {
            return refused(Reason.DEMAND_UNKNOWN);
        }
        Demand x = demand.get();
        Log log = d.logs.get(Key.of(from)).orElse(Log.EMPTY);
        boolean consistent = x.size() <= log.size()
                ? Merkle.checkConsistency(t.path(), x.size(), x.subject(), log.size(), log.root())
                : Merkle.checkConsistency(t.path(), log.size(), log.root(), x.size(), x.subject());
        if (x.kind() != Demand.Kind.CHECKPOINT || !consistent) {
            return refused(Reason.ANSWER_WRONG);
        }

        close(d, t.demand(), x);
        d.tell(new Event.DemandAnswered(t.demand(), from, Ids.NONE, x.subject(), ""));
        return d.applied();
    }

    /** Nobody answered in time. */
    static void missed(Draft d, Hash id) {
        Demand x = d.demands.get(Key.of(id)).orElseThrow(() -> new AssertionError("no demand " + id));
        if (x.isAnswered() && Complaints.waitsLonger(d, id, x)) {
            return;
        }
        d.demands = d.demands.remove(Key.of(id));
        if (x.isAnswered()) {
            return; // and nobody showed that the answer is wrong
        }
        d.credit(x.by(), x.fee());
        d.tell(new Event.DemandMissed(id, x.operator(), x.receipt()));
        switch (x.kind()) {
            case DELIVERY ->
                d.audits
                        .get(Key.of(x.operator(), x.receipt()))
                        .filter(audit -> audit.phase() == Audit.Phase.COMMIT || audit.phase() == Audit.Phase.REVEAL)
                        .ifPresent(audit -> Verdicts.undelivered(d, x.operator(), x.receipt(), audit, x.by()));
            case OPENING -> {
                if (d.knownReceipt(x.operator(), x.receipt()).status() == Receipt.Status.DEMANDED) {
                    Verdicts.punish(d, x.operator(), x.receipt(), List.of(x.by()), Receipt.Status.WITHHELD);
                }
            }
            case CHECKPOINT -> Reports.punish(d, x.operator(), id, x.by());
        }
    }

    static void open(
            Draft d,
            Hash id,
            Demand.Kind kind,
            Address operator,
            Hash receipt,
            Address by,
            Amount fee,
            Hash subject,
            long size) {
        long from = kind == Demand.Kind.OPENING ? Regenerations.begin(d, operator) : d.block.height();
        long deadline = from + d.params().disputes().answer();
        d.demands = d.demands.put(
                Key.of(id), new Demand(kind, operator, receipt, by, fee, subject, size, deadline, Ids.NONE));
        d.schedule(deadline, due(id));
        d.tell(new Event.Demanded(id, kind, operator, receipt, by, deadline));
    }

    /** The fee is the operator's. */
    private static void close(Draft d, Hash id, Demand x) {
        d.demands = d.demands.remove(Key.of(id));
        d.unschedule(x.deadline(), due(id));
        d.credit(x.operator(), x.fee());
    }

    static Due due(Hash id) {
        return new Due(Due.Kind.DEMAND, id, Address.NONE);
    }
}
