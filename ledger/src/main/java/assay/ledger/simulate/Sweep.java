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
    /** What an operator has at risk. */
    STAKE("operator's bond, units", Amount.MILLION, 1_000_000, 2_000_000, 4_000_000, 6_000_000, 12_000_000, 24_000_000),
    /** How much of the auditors' stake is the cheat's. */
    COLLUSION("share of the auditors' stake that colludes, %", 1, 0, 20, 33, 50, 70, 80, 90, 100),
    /** How many of the validators hold back links for it. */
    BEACON("validators of 4 that hold back links", 1, 0, 1, 2, 3, 4),
    /** What its own payer insures with each request, of the operator's bond. */
    INSURED("insured value, % of the bond", 1, 0, 1, 2, 3, 4, 5),
    /** The safety factor of the draw. */
    KAPPA("kappa", 1, 2, 3, 4, 6, 9);

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
        return switch (this) {
            case STAKE -> usual.with(new Setup.Bonds(Amount.ofMicro(value), b.auditor(), b.validator()));
            case KAPPA -> usual.with(kappa(usual.params(), (int) value));
            case COLLUSION, BEACON, INSURED -> usual;
        };
    }

    /** The strategy at this number. */
    public Strategy strategy(Setup usual, long value) {
        Setup setup = setup(usual, value);
        return switch (this) {
            case STAKE, KAPPA -> new Strategy("model swapper", Strategy.Family.NODE, label, swapper());
            case COLLUSION ->
                new Strategy(
                        "colluding auditors",
                        Strategy.Family.PARTY,
                        label,
                        PartyCheats.colludingAuditors(setup.people().auditors(), (int) value * 10_000));
            case BEACON ->
                new Strategy("held-back beacon", Strategy.Family.PARTY, label, PartyCheats.holdingBack((int) value));
            case INSURED ->
                new Strategy(
                        "self-insured",
                        Strategy.Family.PARTY,
                        label,
                        PartyCheats.selfInsured(
                                20, Amount.ofMicro(setup.bonds().operator().micro() / 100 * value)));
        };
    }

    private static Party swapper() {
        return Party.node(new NodeCheats.ModelSwapper());
    }

    private static Params kappa(Params p, int kappa) {
        return Setting.KAPPA.in(p, kappa);
    }
}
