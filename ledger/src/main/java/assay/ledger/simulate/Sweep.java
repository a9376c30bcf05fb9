package assay.ledger.simulate;

import assay.core.base.Amount;
import assay.ledger.state.Params;
import assay.ledger.state.Setting;
import java.util.List;
import java.util.stream.LongStream;

/**
 * One strategy while one number changes: where the guarantee ends. The number is written as the setup's user would,
 * scaled by {@link #scale}.
 */
public enum Sweep {
    /** What a wrong answer is worth to somebody outside; the same as drawing so many times less often than the rule. */
    BRIBE("bribe for a wrong answer, times its price", 10, 0, 10, 20, 30, 35, 40, 45, 50, 60),
    /** How much of the auditors' stake is the cheat's. */
    COLLUSION("share of the auditors' stake that colludes, %", 1, 0, 20, 33, 50, 70, 80, 90, 97, 100),
    /** The same, for a cheat with so much to gain as the rules assume, that sends garbage to the others. */
    GARBAGE("share that colludes, bribed, garbage for the others, %", 1, 0, 20, 33, 40, 50, 60, 70, 80),
    /** The safety factor of the draw, and so p, for a cheat that is paid four times what it puts at risk. */
    KAPPA("kappa, for a bribe of 4 times the price", 1, 2, 3, 4, 6, 9),
    /** Auditors a receipt, when more of them collude than the rules assume. */
    PER_RECEIPT("auditors a receipt, 80 % collude, bribed", 1, 1, 2, 3, 4, 6, 8),
    /** Auditors of the model. */
    AUDITORS("auditors of the model, a third collude, bribed", 1, 3, 4, 5, 6, 9, 15, 30),
    /** What an operator has at risk. */
    STAKE("operator's bond, units", Amount.MILLION, 3_000_000, 6_000_000, 12_000_000, 24_000_000, 48_000_000),
    /** How many of the validators hold back links for it. */
    BEACON("validators of 4 that hold back links", 1, 0, 1, 2, 3, 4),
    /** What its own payer insures with each request, of the operator's bond. */
    INSURED("own insured value, % of the bond", 1, 0, 1, 2, 3, 4, 5);

    private static final int FULL = 10;
    private static final int THIRD_PPM = 333_333;

    private final String label;
    private final long scale;
    private final List<Long> values;

    Sweep(String label, long scale, long... values) {
        this.label = label;
        this.scale = scale;
        this.values = LongStream.of(values).boxed().toList();
    }

    /** What the number is. */
    public String label() {
        return label;
    }

    /** By what to divide it for a reader. */
    public long scale() {
        return scale;
    }

    /** The numbers. */
    public List<Long> numbers() {
        return values;
    }

    /** The network at this number. */
    public Setup setup(Setup usual, long value) {
        Setup.Bonds b = usual.bonds();
        Setup.People p = usual.people();
        Params rules = usual.params();
        return switch (this) {
            case STAKE -> usual.with(new Setup.Bonds(Amount.ofMicro(value), b.auditor(), b.validator()));
            case KAPPA -> usual.with(Setting.KAPPA.in(rules, value));
            case PER_RECEIPT -> usual.with(Setting.AUDITORS.in(rules, value));
            case AUDITORS -> usual.with(new Setup.People(p.operators(), (int) value, p.payers(), p.validators()));
            case BRIBE, COLLUSION, GARBAGE, BEACON, INSURED -> usual;
        };
    }

    /** The strategy at this number. */
    public Strategy strategy(Setup usual, long value) {
        Setup setup = setup(usual, value);
        int auditors = setup.people().auditors();
        NodeConduct swapper = new NodeCheats.ModelSwapper();
        NodeConduct bribed = new NodeCheats.Bribed(swapper, FULL);
        return switch (this) {
            case BRIBE -> named("bribed node", Party.node(new NodeCheats.Bribed(swapper, (int) value)));
            case STAKE -> named("model swapper", Party.node(swapper));
            case KAPPA -> named("bribed node", Party.node(new NodeCheats.Bribed(swapper, 4 * FULL)));
            case COLLUSION ->
                named("colluding auditors", PartyCheats.colludingAuditors(swapper, auditors, percent(value)));
            case GARBAGE -> {
                NodeConduct garbage = new NodeCheats.Bribed(new NodeCheats.GarbageSender(), FULL);
                yield named("colluding, garbage", PartyCheats.colludingAuditors(garbage, auditors, percent(value)));
            }
            case PER_RECEIPT ->
                named("colluding auditors", PartyCheats.colludingAuditors(bribed, auditors, percent(80)));
            case AUDITORS -> named("colluding third", PartyCheats.colludingAuditors(bribed, auditors, THIRD_PPM));
            case BEACON -> named("held-back beacon", PartyCheats.holdingBack((int) value));
            case INSURED -> {
                long share = setup.bonds().operator().micro() / 100 * value;
                yield named("self-insured", PartyCheats.selfInsured(20, Amount.ofMicro(share)));
            }
        };
    }

    private static int percent(long value) {
        return (int) value * 10_000;
    }

    private Strategy named(String name, Party cheat) {
        return new Strategy(name, Strategy.Family.PARTY, label, cheat);
    }
}
