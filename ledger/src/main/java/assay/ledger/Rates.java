package assay.ledger;

import assay.core.base.Amount;
import assay.core.base.Hash;
import assay.ledger.crypto.Address;
import assay.ledger.state.AuditorBond;
import assay.ledger.state.Key;
import assay.ledger.state.Link;
import assay.ledger.state.Operator;
import assay.ledger.state.Params;
import assay.ledger.state.Receipt;
import assay.ledger.state.Stake;
import assay.ledger.state.State;
import assay.ledger.state.StateMap;
import java.math.BigInteger;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * How often a receipt is checked, what that costs, and how much may be at risk at once: pure functions of the
 * state.
 *
 * <p>With s what a cheat can gain, S_b what is burned for a fault and d the chance that k auditors are not all
 * one party's, a receipt is drawn with p = min(1, κ·s / (d·S_b)). A leaf weighs s; the points of the draw lie
 * d·S_b / κ apart ({@link #step}). So p·d·S_b ≥ κ·s: a cheat loses at least κ ≥ 2 times what it can gain.
 * docs/protocol/economics.md.
 */
public final class Rates {
    private static final BigInteger MILLION = BigInteger.valueOf(Amount.MILLION);

    /** The most hops from an account to the one that stands for it. */
    private static final int HOPS_MAX = 8;

    private Rates() {}

    /**
     * The auditors of a model as far as they are not linked to an operator.
     *
     * @param groups parties among them
     * @param linkedPpm the largest party's share of their stake, rounded up; a million when there are none
     */
    public record Auditors(int groups, int linkedPpm) {}

    /** The weight of a receipt's leaf: what a cheat could gain with it, in micro-units. */
    public static long weight(Amount amount, Amount insured) {
        return Math.max(amount.micro(), insured.micro());
    }

    /** S_b: what is burned of this bond for a first fault, at least. */
    public static Amount burned(Amount bonded, Params.Audits audits) {
        return Amount.ofMicro(bonded.share(audits.slash()).micro() / 2);
    }

    /** The most that may be gained in all with receipts that are not final: half of {@link #burned}. */
    public static Amount riskMax(Amount bonded, Params.Audits audits) {
        return Amount.ofMicro(burned(bonded, audits).micro() / 2);
    }

    /** How much more an operator may post now. */
    public static Amount room(State s, Address operator) {
        return s.operator(operator).map(o -> room(o, s.params().audits())).orElse(Amount.ZERO);
    }

    static Amount room(Operator o, Params.Audits audits) {
        return Amount.ofMicro(Math.max(
                0, riskMax(o.stake().bonded(), audits).micro() - o.pending().micro()));
    }

    /** d = 1 − r^k in parts per million, rounded down, when one party has {@code linkedPpm} of the stake. */
    public static int detection(int linkedPpm, int auditors) {
        long all = linkedPpm;
        for (int i = 1; i < auditors; i++) {
            all = (all * linkedPpm + Amount.MILLION - 1) / Amount.MILLION;
        }
        return (int) (Amount.MILLION - all);
    }

    /** The distance of the draw's points in weight space, ⌊d·S_b / κ⌋; at least 1. */
    public static long step(Amount burned, int detectionPpm, int kappa) {
        return Math.max(1, burned.share(detectionPpm).micro() / kappa);
    }

    /** The distance of the points for an operator with this bond, where one party has so much of the auditors' stake. */
    public static long step(Amount bonded, int linkedPpm, Params.Audits audits) {
        int d = detection(Math.max(audits.linkedFloor(), linkedPpm), audits.perReceipt());
        return step(burned(bonded, audits), d, audits.kappa());
    }

    /** p in parts per million, rounded down: how often a receipt with which s can be gained is drawn. */
    public static int chance(Amount s, long step) {
        return s.micro() >= step ? Amount.MILLION : (int) (mulDiv(s.micro(), Amount.MILLION, step));
    }

    /** What k auditors cost for a receipt of so many tokens of a model with so many multiplications a token. */
    public static Amount cost(long tokens, long macs, Params params) {
        BigInteger unit = MILLION.multiply(BigInteger.valueOf(Params.Costs.REFERENCE_MACS));
        BigInteger replay = BigInteger.valueOf(tokens)
                .multiply(BigInteger.valueOf(macs))
                .multiply(BigInteger.valueOf(params.costs().replayPerMillion().micro()))
                .add(unit.subtract(BigInteger.ONE))
                .divide(unit);
        BigInteger one = replay.add(BigInteger.valueOf(params.costs().perAudit().micro()));
        return amount(one.multiply(BigInteger.valueOf(params.audits().perReceipt())));
    }

    /**
     * The fee of a drawn receipt: its cost, but never more than what the audit share of its price brings for each
     * time that such a receipt is drawn. So nobody earns by being drawn, whoever the auditors are.
     */
    public static Amount fee(Receipt r, long macs, long step, Params params) {
        Amount share = r.amount().share(params.shares().audit());
        if (params.audits().everyReceipt()) {
            return share;
        }
        long gain = Math.max(1, r.gain().micro());
        Amount perDraw = gain >= step
                ? share
                : amount(BigInteger.valueOf(share.micro())
                        .multiply(BigInteger.valueOf(step))
                        .divide(BigInteger.valueOf(gain)));
        return Amount.min(cost(r.tokens(), macs, params), perDraw);
    }

    /**
     * Whether the audit share of a request at this price pays for its audits: p × cost ≤ share, for a request of
     * {@code requestTokens} tokens that cost {@code perMillion} each.
     *
     * @param macs the model's multiplications a token
     */
    public static boolean pricePaysAudits(Amount perMillion, long macs, Amount bonded, Params params) {
        if (params.audits().everyReceipt()) {
            return true;
        }
        long tokens = params.costs().requestTokens();
        Amount price = amount(BigInteger.valueOf(perMillion.micro())
                .multiply(BigInteger.valueOf(tokens))
                .divide(MILLION));
        long step = step(bonded, params.audits().linkedFloor(), params.audits());
        BigInteger drawn = BigInteger.valueOf(Math.min(step, price.micro()))
                .multiply(BigInteger.valueOf(cost(tokens, macs, params).micro()));
        BigInteger paid =
                BigInteger.valueOf(price.share(params.shares().audit()).micro()).multiply(BigInteger.valueOf(step));
        return drawn.compareTo(paid) <= 0 && !price.isZero();
    }

    /** Multiplications a token of a model; of one that nobody published, the reference's. */
    static long macs(Draft d, Hash model) {
        return d.models.get(Key.of(model)).map(m -> m.words().macsPerToken()).orElse(Params.Costs.REFERENCE_MACS);
    }

    /** The auditors of a model that are not linked to the operator. */
    static Auditors auditors(Draft d, Address operator, Hash model) {
        return auditors(d.auditors, d.links, operator, model);
    }

    /** The auditors of a model that are not linked to the operator. */
    public static Auditors auditors(State s, Address operator, Hash model) {
        return auditors(s.auditors(), s.links(), operator, model);
    }

    /**
     * Whether enough unlinked auditors of the model are there for this operator's receipts to be audited: where they
     * are sampled, no channel pays a receipt that nobody could check.
     */
    public static boolean isAuditable(State s, Address operator, Hash model) {
        return isAuditable(s.params().audits(), auditors(s, operator, model));
    }

    static boolean isAuditable(Draft d, Address operator, Hash model) {
        return isAuditable(d.params().audits(), auditors(d, operator, model));
    }

    private static boolean isAuditable(Params.Audits limits, Auditors auditors) {
        return limits.everyReceipt() || auditors.groups() >= limits.groupsMin();
    }

    private static Auditors auditors(StateMap<AuditorBond> bonds, StateMap<Link> links, Address operator, Hash model) {
        Map<Address, Long> groups = new TreeMap<>();
        Address own = head(links, operator);
        bonds.forEach(Key.of(model), (key, bond) -> {
            Address group = head(links, Key.auditorOf(key));
            Stake stake = bond.stake();
            if (!group.equals(own) && !stake.bonded().isZero()) {
                groups.merge(group, stake.bonded().micro(), Long::sum);
            }
        });
        if (groups.isEmpty()) {
            return new Auditors(0, Amount.MILLION);
        }
        long all = groups.values().stream().mapToLong(Long::longValue).sum();
        long most = groups.values().stream().mapToLong(Long::longValue).max().orElseThrow();
        BigInteger ppm = BigInteger.valueOf(most)
                .multiply(MILLION)
                .add(BigInteger.valueOf(all - 1))
                .divide(BigInteger.valueOf(all));
        return new Auditors(groups.size(), ppm.intValueExact());
    }

    /** The account that stands for this one and all that are linked to it. */
    public static Address head(StateMap<Link> links, Address account) {
        Address at = account;
        for (int hop = 0; hop < HOPS_MAX; hop++) {
            Optional<Link> next = links.get(Key.of(at));
            if (next.isEmpty() || !next.get().accepted()) {
                return at;
            }
            at = next.get().head();
        }
        return at;
    }

    private static long mulDiv(long a, long b, long c) {
        return BigInteger.valueOf(a)
                .multiply(BigInteger.valueOf(b))
                .divide(BigInteger.valueOf(c))
                .longValueExact();
    }

    private static Amount amount(BigInteger micro) {
        return Amount.ofMicro(micro.min(BigInteger.valueOf(Amount.MAX_MICRO)).longValueExact());
    }
}
