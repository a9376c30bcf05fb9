package assay.ledger.simulate;

import assay.core.base.Amount;
import assay.core.base.Hash;
import assay.ledger.Event;
import assay.ledger.Rates;
import assay.ledger.crypto.Address;
import assay.ledger.state.Key;
import assay.ledger.state.Operator;
import assay.ledger.state.Params;
import assay.ledger.state.Receipt;
import assay.ledger.state.State;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * How lucky a party was with the draws, as a control variate.
 *
 * <p>A cheat's result is mostly whether one of its few false receipts was drawn before an auditor of another owner: seldom,
 * and then dearly. How probable that was is known before the beacon is, from the rule: p·(1 − q), with p = min(1, s / step) and
 * q the probability that all auditors drawn are of the party. So L·(1 − p·(1 − q)) where it happened, and −L·p·(1 − q) where it
 * did not, summed over all false receipts, has mean 0 whatever the party does, with any L that is known before the draw; here
 * what a fault costs its operator. Profit plus this sum has the profit's mean, and nearly none of its variance.
 *
 * <p>Source: A. B. Owen, Monte Carlo Theory, Methods and Examples (2013), section 8.9; S. G. Henderson and P. W. Glynn,
 * Approximating Martingales for Variance Reduction in Markov Process Simulation, Mathematics of Operations Research 27 (2002).
 */
final class Luck {
    private static final double MILLION = Amount.MILLION;

    private final Chain chain;
    private final Collection<Address> party;
    private final Map<Hash, Long> stakes = new HashMap<>();
    private double nano;
    private double expected;
    private int seen;

    Luck(Chain chain, Collection<Address> party) {
        this.chain = chain;
        this.party = party;
    }

    /** These receipts of one operator of the party are drawn from at the end of this block, if the beacon comes. */
    void expect(List<Answer> batch) {
        List<Answer> open = batch.stream().filter(a -> !a.honest() && waits(a)).toList();
        if (open.isEmpty()) {
            return;
        }
        Answer one = open.getFirst();
        long loss = loss(one.operator());
        long step = step(one);
        double seenIfDrawn = 1 - onlyFriends(one.model());
        for (Answer a : open) {
            double chance = Math.min(1, a.request().gain() / (double) step) * seenIfDrawn;
            stakes.put(a.receipt(), loss);
            expected += chance;
            nano -= 1_000.0 * loss * chance;
        }
    }

    /** Auditors were drawn. */
    void hear(Event.AuditDrawn e) {
        Long loss = stakes.remove(e.receipt());
        if (loss != null && !party.containsAll(e.auditors())) {
            seen++;
            nano += 1_000.0 * loss;
        }
    }

    /** The block is over: what was not drawn will not be, unless somebody pays for it. */
    void forget() {
        stakes.clear();
    }

    /** What the party has too little by the draws; negative: too much. */
    long nano() {
        return Math.round(nano);
    }

    int seen() {
        return seen;
    }

    long expectedPpm() {
        return Math.round(expected * MILLION);
    }

    private boolean waits(Answer a) {
        return chain.state()
                .receipt(a.operator(), a.receipt())
                .filter(r -> r.status() == Receipt.Status.POSTED)
                .isPresent();
    }

    private long step(Answer a) {
        State s = chain.state();
        Amount bonded = s.operator(a.operator()).orElseThrow().stake().bonded();
        int linked = Rates.auditors(s, a.operator(), a.model()).linkedPpm();
        return Rates.step(bonded, linked, s.params().audits());
    }

    /** Auditors are drawn one after another by stake, and all have the same here. */
    private double onlyFriends(Hash model) {
        int[] count = new int[2];
        chain.state().auditors().forEach(Key.of(model), (key, bond) -> {
            if (!bond.stake().bonded().isZero()) {
                count[0]++;
                count[1] += party.contains(Key.auditorOf(key)) ? 1 : 0;
            }
        });
        double only = 1;
        for (int i = 0; i < chain.state().params().audits().perReceipt(); i++) {
            only *= Math.max(0, count[1] - i) / (double) Math.max(1, count[0] - i);
        }
        return only;
    }

    /** What a fault costs this operator now. */
    private long loss(Address operator) {
        Operator o = chain.state().operator(operator).orElseThrow();
        Params.Audits audits = chain.state().params().audits();
        Amount share = o.stake().total().share(audits.slash());
        return (o.faults() > 0 ? o.stake().total() : share).micro();
    }
}
