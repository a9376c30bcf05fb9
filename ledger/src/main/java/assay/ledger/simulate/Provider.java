package assay.ledger.simulate;

import assay.core.base.Amount;
import assay.core.base.Hash;
import assay.core.codec.Writer;
import assay.core.log.Leaf;
import assay.core.merkle.Frontier;
import assay.ledger.Rates;
import assay.ledger.crypto.Address;
import assay.ledger.crypto.Signature;
import assay.ledger.state.AuditorBond;
import assay.ledger.state.Channel;
import assay.ledger.state.Key;
import assay.ledger.state.Log;
import assay.ledger.state.StateMap;
import assay.ledger.tx.Bytes;
import assay.ledger.tx.Transaction;
import assay.ledger.tx.Transaction.Posting;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A node: what every node does, with the conduct of this one where conduct matters. */
final class Provider {
    /** What stands for every answer on the ledger; nobody opens one that an honest node gave. */
    static final String GARBAGE = "garbage";

    private static final Signature VOUCHER = Signature.ofBytes(new byte[Signature.SIZE_BYTES]);

    /** A voucher is redeemed when it brings in so many times what the transaction costs, or at the end. */
    private static final long FEES_WORTH = 2_000;

    private final Chain chain;
    private final Books books;
    private final WorkCosts costs;
    private final Address account;
    private final NodeConduct conduct;

    /** Whether receipts are written out, because somebody may dispute them. */
    private final boolean papers;

    private final List<Answer> unposted = new ArrayList<>();
    private final Map<Hash, Long> owed = new LinkedHashMap<>();
    private long atRisk;
    private boolean caught;
    private boolean payable;
    private @Nullable StateMap<AuditorBond> seenAuditors;

    Provider(Chain chain, Books books, WorkCosts costs, Address account, NodeConduct conduct, boolean papers) {
        this.papers = papers;
        this.chain = chain;
        this.books = books;
        this.costs = costs;
        this.account = account;
        this.conduct = conduct;
    }

    Address account() {
        return account;
    }

    NodeConduct conduct() {
        return conduct;
    }

    /** From a first loss of stake on even a cheat behaves: another fault would cost all that is left. */
    void caught() {
        caught = true;
    }

    /** Answers a request, if its stake and the payer's channel allow it. */
    Optional<Answer> serve(Request r, Hash channel, Hash model) {
        if (!hasRoom(r) || !isCovered(r, channel) || !isPayable(model)) {
            return Optional.empty();
        }
        boolean cheats = !caught && conduct.cheats(r);
        books.answered(account, cheats ? conduct.costOfCheating(r, costs) : costs.answering(r));
        byte[] name = new Writer()
                .bytes(account.bytes())
                .i32(r.payer())
                .i32(r.number())
                .toBytes();
        Hash right = Hash.tagged("assay/simulate/right", name);
        Hash values = cheats ? Hash.tagged("assay/simulate/wrong", name) : right;
        Hash root = Papers.root(right, r.tokens());
        Answer unnamed = new Answer(
                r,
                account,
                Hash.tagged("assay/simulate/receipt", name),
                channel,
                model,
                values,
                root,
                cheats ? Papers.root(values, r.tokens()) : root,
                Hash.tagged("assay/simulate/blind", name));
        Answer a = papers ? unnamed.named(Papers.digest(chain, unnamed)) : unnamed;
        if (conduct.posts(a)) {
            unposted.add(a);
            atRisk += r.gain();
        }
        owed.merge(channel, conduct.posts(a) ? r.amount().micro() : 0, Long::sum);
        return Optional.of(a);
    }

    /** Posts what was answered, and redeems what is worth the fee. */
    List<Answer> post() {
        if (unposted.isEmpty()) {
            return List.of();
        }
        List<Answer> batch = List.copyOf(unposted);
        unposted.clear();
        atRisk = 0;
        List<Posting> postings = batch.stream().map(Answer::posting).toList();
        if (!chain.send(account, checkpoint(postings))) {
            return List.of();
        }
        long worth = FEES_WORTH * chain.state().params().costs().transaction().micro();
        batch.stream().map(Answer::channel).distinct().forEach(channel -> redeem(channel, worth));
        return batch;
    }

    /** Redeems what is left, however little. */
    void collect() {
        owed.keySet().forEach(channel -> redeem(channel, 1));
    }

    private void redeem(Hash channel, long worth) {
        Amount cumulative = Amount.ofMicro(owed.getOrDefault(channel, 0L));
        chain.state()
                .channel(channel)
                .filter(c -> c.posted().micro() - c.redeemed().micro() >= worth)
                .ifPresent(c -> chain.send(account, new Transaction.Redeem(channel, cumulative, VOUCHER)));
    }

    /** Opens its root after the auditors. */
    void reveal(Answer a) {
        if (conduct.reveals(a)) {
            chain.send(account, new Transaction.RevealTrace(a.receipt(), a.shown(), a.salt()));
        }
    }

    /** Answers a complaint on the ledger; says what with. */
    NodeConduct.Delivery answer(Hash demand, Answer a) {
        NodeConduct.Delivery delivery = conduct.answersComplaint(a);
        if (delivery != NodeConduct.Delivery.NONE) {
            chain.send(account, new Transaction.AnswerDemand(demand, GARBAGE));
        }
        return delivery;
    }

    /** Opens its side of a dispute; it has regenerated the answer for it. Who lied goes no further after that. */
    void move(Answer a) {
        if (!conduct.disputes(a)) {
            return;
        }
        if (chain.state()
                .disputes()
                .get(Key.of(account, a.receipt()))
                .filter(d -> d.level() == 0)
                .isPresent()) {
            books.checked(account, costs.replaying(a.request()));
            chain.send(account, new Transaction.ShowDispute(a.receipt(), Bytes.of(Papers.opening(chain, a))));
        }
    }

    /** Whether receipts of the model are paid; looked at again when an auditor came or went. */
    private boolean isPayable(Hash model) {
        StateMap<AuditorBond> now = chain.state().auditors();
        if (seenAuditors != now) {
            seenAuditors = now;
            payable = Rates.isAuditable(chain.state(), account, model);
        }
        return payable;
    }

    private boolean hasRoom(Request r) {
        return Rates.room(chain.state(), account).micro() - atRisk >= r.gain();
    }

    private boolean isCovered(Request r, Hash channel) {
        Optional<Channel> c = chain.state().channel(channel);
        return c.isPresent()
                && c.get().deposit().micro() - owed.getOrDefault(channel, 0L)
                        >= r.amount().micro();
    }

    private Transaction.PostCheckpoint checkpoint(List<Posting> postings) {
        Log log = chain.state().log(account);
        Frontier frontier = log.frontier();
        long weight = log.weight();
        for (Posting p : postings) {
            weight += Rates.weight(p.amount(), p.insured());
            frontier.append(new Leaf(p.receipt(), weight).hash());
        }
        return new Transaction.PostCheckpoint(frontier.size(), frontier.root(), postings);
    }
}
