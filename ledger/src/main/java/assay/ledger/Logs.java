package assay.ledger;

import static assay.ledger.Draft.refused;

import assay.core.base.Amount;
import assay.core.log.Leaf;
import assay.core.merkle.Frontier;
import assay.ledger.crypto.Address;
import assay.ledger.state.Channel;
import assay.ledger.state.Key;
import assay.ledger.state.Log;
import assay.ledger.state.Receipt;
import assay.ledger.state.Unpaid;
import assay.ledger.tx.Ids;
import assay.ledger.tx.Transaction.PostCheckpoint;
import assay.ledger.tx.Transaction.Posting;
import java.util.Optional;

/**
 * Rules of the operators' receipt logs.
 *
 * <p>A checkpoint brings every leaf since the last one, so the ledger computes the root for itself and a
 * consistency proof has nothing to add.
 */
public final class Logs {
    private Logs() {}

    /** The audit weight of a receipt: what a cheat could gain with it, times the safety factor. */
    public static long auditWeight(Amount amount, int kappa) {
        return Math.multiplyExact(amount.micro(), kappa);
    }

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
        for (Posting posting : t.postings()) {
            if (d.receipt(from, posting.receipt()).isPresent()) {
                return refused(Reason.RECEIPT_POSTED);
            }
            long gain = auditWeight(posting.amount(), d.params().audits().kappa());
            if (weight > Long.MAX_VALUE - gain) {
                return refused(Reason.CHECKPOINT_WEIGHT);
            }
            weight += gain;
            add(d, from, frontier.size(), posting);
            frontier.append(new Leaf(posting.receipt(), weight).hash());
        }
        if (!frontier.root().equals(t.root())) {
            return refused(Reason.CHECKPOINT_ROOT);
        }

        d.logs = d.logs.put(
                Key.of(from), new Log(frontier.size(), t.root(), frontier.peaks(), weight, d.block.height()));
        d.tell(new Event.CheckpointPosted(from, t.treeSize(), t.root()));
        return d.applied();
    }

    /**
     * Records one receipt. One that no channel can pay is recorded all the same, since the log cannot go
     * on without it.
     */
    private static void add(Draft d, Address operator, long index, Posting p) {
        Optional<Reason> unpayable = unpayable(d, operator, p);
        boolean waits = unpayable.isEmpty() && !p.amount().isZero();
        Address payer = waits ? d.channel(p.channel()).orElseThrow().payer() : Address.NONE;
        d.put(
                operator,
                p.receipt(),
                new Receipt(
                        p.channel(),
                        payer,
                        p.model(),
                        p.amount(),
                        p.blindedRoot(),
                        index,
                        d.block.height(),
                        waits ? Receipt.Status.POSTED : Receipt.Status.DUE,
                        Amount.ZERO,
                        Amount.ZERO,
                        d.block.height()));
        d.tell(new Event.ReceiptPosted(operator, p.receipt(), index, unpayable));
        if (waits) {
            d.put(p.channel(), d.channel(p.channel()).orElseThrow().posted(p.amount()));
            d.unpaid = d.unpaid.put(Key.unpaid(p.channel(), index), new Unpaid(p.receipt()));
            if (d.channel(p.channel()).orElseThrow().form() == Channel.Form.ESCROW) {
                Escrows.posted(d, p.channel());
            }
        } else {
            Audits.scheduleDraw(d, operator, p.receipt());
        }
    }

    private static Optional<Reason> unpayable(Draft d, Address operator, Posting p) {
        if (!d.offers.has(Key.of(operator, p.model()))) {
            return Optional.of(Reason.MODEL_UNKNOWN);
        }
        if (p.channel().equals(Ids.NONE) && p.amount().isZero()) {
            return Optional.empty();
        }
        Optional<Channel> channel = d.channel(p.channel());
        if (channel.isEmpty()) {
            return Optional.of(Reason.CHANNEL_UNKNOWN);
        }
        if (!operator.equals(channel.get().operator())) {
            return Optional.of(Reason.NOT_THE_PAYEE);
        }
        boolean taken = channel.get().form() == Channel.Form.ESCROW
                && !channel.get().posted().isZero();
        Amount room = channel.get().deposit().minus(channel.get().posted());
        if (room.isBelow(p.amount())) {
            return Optional.of(Reason.BALANCE_TOO_SMALL);
        }
        return taken ? Optional.of(Reason.ESCROW_TAKEN) : Optional.empty();
    }
}
