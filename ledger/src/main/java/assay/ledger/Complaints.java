package assay.ledger;

import static assay.ledger.Draft.refused;

import assay.core.base.Amount;
import assay.core.base.Hash;
import assay.ledger.crypto.Address;
import assay.ledger.delivery.DeliveryKey;
import assay.ledger.delivery.SealedDelivery;
import assay.ledger.state.Audit;
import assay.ledger.state.Demand;
import assay.ledger.state.Key;
import assay.ledger.tx.Ids;
import assay.ledger.tx.Transaction.ComplainDelivery;
import assay.ledger.tx.Transaction.ProveDelivery;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * Rules of deliveries that a drawn auditor did not get: the node seals what it should have sent for a key that the
 * complaint names. What does not open, or is not what the receipt is about, is shown by revealing that key, and
 * counts as no delivery. docs/protocol/audit-game.md, "Demands".
 */
final class Complaints {
    private Complaints() {}

    static Outcome complain(Draft d, Address from, ComplainDelivery t) {
        Optional<Reason> fault = Audits.notDrawn(d, t.operator(), t.receipt(), from);
        if (fault.isPresent()) {
            return refused(fault.get());
        }
        Audit audit = d.audits.get(Key.of(t.operator(), t.receipt())).orElseThrow();
        Hash id = id(t.operator(), t.receipt(), from, audit.round());
        if (d.demands.has(Key.of(id))) {
            return refused(Reason.DEMAND_EXISTS);
        }
        if (!waits(audit, from) || d.block.height() > audit.complainBy()) {
            return refused(Reason.DEMAND_CLOSED);
        }
        if (!DeliveryKey.isUsable(t.key())) {
            return refused(Reason.DELIVERY_KEY_WRONG);
        }

        Demands.open(d, id, Demand.Kind.DELIVERY, t.operator(), t.receipt(), from, Amount.ZERO, t.key(), 0);
        Audits.extend(d, t.operator(), t.receipt(), audit);
        return d.applied();
    }

    /**
     * Judges an answer. It is judged once, right or wrong, so that the work is not asked for again and again; who said
     * of a right one that it is wrong pays the node the fee of a demand.
     */
    static Outcome prove(Draft d, Address from, ProveDelivery t) {
        Amount fee = d.params().disputes().fee();
        if (!d.canPay(from, fee)) {
            return refused(Reason.BALANCE_TOO_SMALL);
        }
        Optional<Demand> demand =
                d.demands.get(Key.of(t.demand())).filter(x -> x.kind() == Demand.Kind.DELIVERY && x.by().equals(from));
        if (demand.isEmpty()) {
            return refused(Reason.DEMAND_UNKNOWN);
        }
        Demand x = demand.get();
        Optional<Audit> audit = d.audits.get(Key.of(x.operator(), x.receipt())).filter(a -> waits(a, from));
        if (!x.isAnswered() || audit.isEmpty()) {
            return refused(Reason.DEMAND_CLOSED);
        }
        if (!digest(t.answer()).equals(x.answer())) {
            return refused(Reason.ANSWER_WRONG);
        }
        Optional<DeliveryKey> key =
                DeliveryKey.of(t.secret()).filter(k -> k.publicKey().equals(x.subject()));
        if (key.isEmpty()) {
            return refused(Reason.DELIVERY_KEY_WRONG);
        }

        boolean holds = SealedDelivery.holds(key.get(), t.answer(), x.receipt());
        d.demands = d.demands.remove(Key.of(t.demand()));
        d.unschedule(x.deadline(), Demands.due(t.demand()));
        d.tell(new Event.DeliveryJudged(t.demand(), x.operator(), x.receipt(), from, holds));
        if (holds) {
            d.debit(from, fee);
            d.credit(x.operator(), fee);
        } else {
            Verdicts.undelivered(d, x.operator(), x.receipt(), audit.get(), from);
        }
        return d.applied();
    }

    /** An answer waits until the round's end for its auditor to say that it is wrong. */
    static void answered(Draft d, Hash id, Demand x, Hash digest) {
        d.audits
                .get(Key.of(x.operator(), x.receipt()))
                .filter(audit -> waits(audit, x.by()))
                .ifPresent(audit -> {
                    d.demands = d.demands.put(Key.of(id), x.answered(digest, audit.deadline()));
                    d.schedule(audit.deadline(), Demands.due(id));
                });
    }

    /** Whether the round got more time since the answer, and its auditor with it. */
    static boolean waitsLonger(Draft d, Hash id, Demand x) {
        Optional<Audit> audit = d.audits
                .get(Key.of(x.operator(), x.receipt()))
                .filter(a -> waits(a, x.by()) && a.deadline() > d.block.height());
        audit.ifPresent(a -> {
            d.demands = d.demands.put(Key.of(id), x.until(a.deadline()));
            d.schedule(a.deadline(), Demands.due(id));
        });
        return audit.isPresent();
    }

    /** The id of an auditor's complaint in this round. */
    static Hash id(Address operator, Hash receipt, Address auditor, int round) {
        Hash subject = Hash.sha256(new byte[] {(byte) round});
        return Ids.demand(Demand.Kind.DELIVERY.ordinal(), operator, receipt, auditor, subject);
    }

    /** The digest of an answer. */
    static Hash digest(String answer) {
        return Hash.sha256(answer.getBytes(StandardCharsets.UTF_8));
    }

    /** Whether this auditor has still to commit. */
    private static boolean waits(Audit audit, Address auditor) {
        return audit.phase() == Audit.Phase.COMMIT
                && audit.slot(auditor)
                        .filter(slot -> slot.status() == Audit.SlotStatus.DRAWN)
                        .isPresent();
    }
}
