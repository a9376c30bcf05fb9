package assay.ledger.simulate;

import assay.core.base.Amount;
import java.util.List;

/**
 * A way to be dishonest.
 *
 * @param name short, for tables
 * @param family who can try it
 * @param says what it does, in one line
 * @param cheat who acts, and how
 */
public record Strategy(String name, Family family, String says, Party cheat) {
    /** Who can try it. */
    public enum Family {
        /** A node alone. */
        NODE,
        /** An auditor alone. */
        AUDITOR,
        /** A host alone. */
        HOST,
        /** Several who belong together. */
        PARTY
    }

    /** The same owner with the same money, honest. */
    public Party twin() {
        return cheat.honest();
    }

    /** All of them, for this network. */
    public static List<Strategy> all(Setup setup) {
        int auditors = setup.people().auditors();
        int third = setup.params().audits().linkedFloor();
        Amount insured = Amount.ofMicro(setup.bonds().operator().micro() / 50);
        int demand = setup.demand().requests() / setup.people().operators();
        return List.of(
                node("model swapper", "serves a model a quarter the size", new NodeCheats.ModelSwapper()),
                node("layer skipper", "skips one layer of thirty", new NodeCheats.LayerSkipper()),
                node("truncator", "computes half of each answer, bills all", new NodeCheats.Truncator()),
                node("large requests only", "swaps the model where an audit costs most", new NodeCheats.LargeOnly()),
                node("withholding node", "swaps the model, delivers and opens nothing", new NodeCheats.Withholder()),
                node("garbage sender", "swaps the model, delivers garbage", new NodeCheats.GarbageSender()),
                node("never poster", "does not post what it swapped", new NodeCheats.NeverPoster()),
                node(
                        "bribed node",
                        "swaps the model, paid from outside as much as is at risk",
                        new NodeCheats.Bribed(new NodeCheats.ModelSwapper(), 10)),
                auditor("lazy auditor", "commits to a root it made up", new AuditorCheats.Guesser()),
                auditor("absent auditor", "never answers", new AuditorCheats.Absent()),
                auditor("copying auditor", "opens with the root another revealed", new AuditorCheats.RootCopier()),
                auditor("commitment copier", "copies another's commitment", new AuditorCheats.CommitmentCopier()),
                auditor(
                        "griefing challenger",
                        "demands what it has, disputes honest receipts",
                        new AuditorCheats.Griefer()),
                party(
                        "colluding third",
                        "swaps the model; a third of the auditors agree",
                        PartyCheats.colludingAuditors(new NodeCheats.ModelSwapper(), auditors, third)),
                party(
                        "colluding, garbage",
                        "the same, garbage for all other auditors",
                        PartyCheats.colludingAuditors(new NodeCheats.GarbageSender(), auditors, third)),
                party(
                        "bribed, garbage",
                        "the same, paid from outside as much as is at risk",
                        PartyCheats.colludingAuditors(
                                new NodeCheats.Bribed(new NodeCheats.GarbageSender(), 10), auditors, third)),
                new Strategy(
                        "vanishing host",
                        Family.HOST,
                        "offers a model and keeps no file",
                        Party.host(new HostCheats.Vanisher())),
                party("Sybil operators", "one bond in six, each swaps the model", PartyCheats.sybilOperators()),
                party("wash trader", "pays itself for as much as others do", PartyCheats.washTrader(demand)),
                party(
                        "self-insured",
                        "cheats its own insured payer and has it found",
                        PartyCheats.selfInsured(20, insured)),
                party("held-back beacon", "one of four validators serves its draws", PartyCheats.holdingBack(1)),
                party("thin auditors", "swaps a model that only three audit", PartyCheats.thinModel()));
    }

    private static Strategy node(String name, String says, NodeConduct conduct) {
        return new Strategy(name, Family.NODE, says, Party.node(conduct));
    }

    private static Strategy auditor(String name, String says, AuditorConduct conduct) {
        return new Strategy(name, Family.AUDITOR, says, Party.auditor(conduct));
    }

    private static Strategy party(String name, String says, Party cheat) {
        return new Strategy(name, Family.PARTY, says, cheat);
    }
}
