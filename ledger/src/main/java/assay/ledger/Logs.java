package assay.ledger;

import static assay.ledger.Draft.refused;

import assay.core.base.Amount;
import assay.core.base.Hash;
import assay.core.log.Leaf;
import assay.core.merkle.Frontier;
import assay.ledger.crypto.Address;
import assay.ledger.state.Batch;
import assay.ledger.state.Channel;
import assay.ledger.state.Key;
import assay.ledger.state.Log;
import assay.ledger.state.Operator;
import assay.ledger.state.Receipt;
import assay.ledger.state.Unpaid;
import assay.ledger.tx.Ids;
import assay.ledger.tx.Transaction.PostCheckpoint;
import assay.ledger.tx.Transaction.Posting;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Rules of the operators' receipt logs.
 *
 * <p>A checkpoint brings every leaf since the last one, so the ledger computes the root for itself and a
 * consistency proof has nothing to add.
 */
final class Logs {
    private Logs() {}

    static Outcome post(Draft d, Address from, PostCheckpoint t) {
        if (d.operator(from).isEmpty()) {
            return refused(Reason.NOT_AN_OPERATOR);
        }
        Log log = d.logs.get(Key.of(from)).orElse(Log.EMPTY);
        if (t.treeSize() < log.size()) {
            return refused(Reason.CHECKPOINT_BEHIND);
        }
        if (t.treeSize() == log.size() && !t.root().equals(log.root())) {
            return refused(Reason.CHECKPOINT_CONFLICT);
        }
        if (t.treeSize() == log.size()) {
            return refused(Reason.CHECKPOINT_POSTED);
        }
        if (t.treeSize() - log.size() != t.postings().size()) {
            return refused(Reason.CHECKPOINT_GAP);
        }
        Frontier frontier = log.frontier();
        long weight = log.weight();
        List<Batch.Weighed> leaves = new ArrayList<>();
        Map<Hash, Boolean> auditable = new TreeMap<>();
        for (Posting posting : t.postings()) {
            long gain = Rates.weight(posting.amount(), posting.insured());
            Operator operator = d.knownOperator(from);
            if (Rates.room(operator, d.params().audits()).micro() < gain) {
                return refused(Reason.EXPOSURE_TOO_HIGH);
            }
            if (d.receipt(from, posting.receipt()).isPresent()) {
                return refused(Reason.RECEIPT_POSTED);
            }
            if (weight > Long.MAX_VALUE - gain) {
                return refused(Reason.CHECKPOINT_WEIGHT);
            }
            weight += gain;
            leaves.add(new Batch.Weighed(posting.receipt(), weight));
            d.put(from, operator.risked(Amount.ofMicro(gain)));
            add(d, from, frontier.size(), posting, auditable);
            frontier.append(new Leaf(posting.receipt(), weight).hash());
        }
        if (!frontier.root().equals(t.root())) {
            return refused(Reason.CHECKPOINT_ROOT);
        }

        Batches.add(d, from, t.root(), new Batch(log.weight(), leaves));
        d.logs = d.logs.put(
                Key.of(from), new Log(frontier.size(), t.root(), frontier.peaks(), weight, d.block.height()));
        d.tell(new Event.CheckpointPosted(from, t.treeSize(), t.root()));
        return d.applied();
    }

    /**
     * Records one receipt. One that no channel can pay is recorded all the same, since the log cannot go
     * on without it.
     */
    private static void add(Draft d, Address operator, long index, Posting p, Map<Hash, Boolean> auditable) {
        Optional<Reason> unpayable = unpayable(d, operator, p, auditable);
        boolean waits = unpayable.isEmpty() && !p.amount().isZero();
        Address payer = waits ? d.channel(p.channel()).orElseThrow().payer() : Address.NONE;
        Receipt receipt = new Receipt(
                p.channel(),
                payer,
                p.model(),
                p.amount(),
                p.insured(),
                p.tokens(),
                p.blindedRoot(),
                index,
                d.block.height(),
                Receipt.Status.POSTED,
                Amount.ZERO,
                d.block.height(),
                0);
        d.put(operator, p.receipt(), receipt);
        d.tell(new Event.ReceiptPosted(operator, p.receipt(), index, unpayable));
        if (waits) {
            d.put(p.channel(), d.channel(p.channel()).orElseThrow().posted(p.amount()));
            d.unpaid = d.unpaid.put(Key.unpaid(p.channel(), index), new Unpaid(p.receipt()));
            if (d.channel(p.channel()).orElseThrow().form() == Channel.Form.ESCROW) {
                Escrows.pay(d, p.channel());
            }
        }
    }

    /** @param auditable what was found out so far of the models in this checkpoint */
    private static Optional<Reason> unpayable(Draft d, Address operator, Posting p, Map<Hash, Boolean> auditable) {
        if (!d.offers.has(Key.of(operator, p.model()))) {
            return Optional.of(Reason.MODEL_UNKNOWN);
        }
        if (d.models.get(Key.of(p.model())).orElseThrow().refuted()) {
            return Optional.of(Reason.MODEL_REFUTED);
        }
        if (p.channel().equals(Ids.NONE) && p.amount().isZero()) {
            return Optional.empty();
        }
        if (!auditable.computeIfAbsent(p.model(), model -> Rates.isAuditable(d, operator, model))) {
            return Optional.of(Reason.AUDITORS_TOO_FEW);
        }
        Optional<Channel> channel = d.channel(p.channel());
        if (channel.isEmpty()) {
            return Optional.of(Reason.CHANNEL_UNKNOWN);
        }
        if (!operator.equals(channel.get().operator())) {
            return Optional.of(Reason.NOT_THE_PAYEE);
        }
        Amount room = channel.get().deposit().minus(channel.get().posted());
        return room.isBelow(p.amount()) ? Optional.of(Reason.BALANCE_TOO_SMALL) : Optional.empty();
    }
}
