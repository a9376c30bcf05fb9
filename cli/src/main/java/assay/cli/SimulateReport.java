package assay.cli;

import assay.cli.plot.BarPlot;
import assay.core.base.Amount;
import assay.core.base.Counted;
import assay.core.codec.Json;
import assay.ledger.simulate.Comparison;
import assay.ledger.simulate.Overhead;
import assay.ledger.simulate.Purpose;
import assay.ledger.simulate.Setup;
import assay.ledger.simulate.Standings;
import assay.ledger.simulate.Tournament;
import java.io.PrintStream;
import java.util.List;
import java.util.Locale;

/** The table of a simulation, for people, programs and pictures. */
record SimulateReport(Setup setup, Tournament tournament, Standings standings) {
    private static final String ROW = "%-21s %11s %11s %12s ± %-10s %12s %8s %8s %7s  %s";
    private static final String COST = "  %-34s %10s %%";

    void print(PrintStream out) {
        Setup.People p = setup.people();
        out.printf(
                Locale.ROOT,
                "%s x %,d requests; %s, %s, %,d payers, %s; units a run%n%n",
                Counted.of(standings.seeds(), "seed"),
                setup.demand().requests(),
                Counted.of(p.operators(), "operator"),
                Counted.of(p.auditors(), "auditor"),
                p.payers(),
                Counted.of(p.validators(), "validator"));
        out.println(
                row("strategy", "profit", "honest twin", "gained", "95 %", "at most", "caught", "blocks", "draws", ""));
        for (Comparison c : standings.table()) {
            Comparison.Fraud f = c.fraud();
            out.println(row(
                    c.strategy().name(),
                    units(c.cheat().mean()),
                    units(c.twin().mean()),
                    units(c.gained().mean()),
                    units(c.gained().half()),
                    c.atMost() == Long.MAX_VALUE ? "" : units(c.atMost()),
                    caught(c),
                    f.blocksToCatch() < 0 ? "" : Long.toString(f.blocksToCatch()),
                    f.seenPpm() == 0 ? "" : String.format(Locale.ROOT, "%d/%.0f", f.seen(), f.seenPpm() / 1e6),
                    c.holds() ? c.isKeptOut() ? "never served" : "" : "← may out-earn its twin"));
        }
        out.println();
        out.println(
                "gained: more than the honest twin, without the luck of the draws. at most: bound of the mean at 97.5 %");
        out.println(
                "without any assumption but the most that a run can bring. draws: of false receipts before an auditor");
        out.println(
                "of another owner, seen / expected by the rule. blocks: median from the first cheat to the first loss.");
        overhead(out);
        out.println();
        out.println(
                standings.hold()
                        ? "No strategy out-earns its honest twin, at 95 % confidence."
                        : "Not every strategy is shown to earn less than its honest twin.");
    }

    private static String row(String... cells) {
        return String.format(Locale.ROOT, ROW, (Object[]) cells).stripTrailing();
    }

    private void overhead(PrintStream out) {
        Overhead o = standings.overhead();
        out.printf(
                Locale.ROOT,
                "%nA request costs its payer %.6f, its inference %.6f; %s %% of the receipts were audited, %s %% could not be.%n",
                o.priceMicro() / 1e6,
                o.costNano() / 1e9,
                percent(o.drawnPpm()),
                percent(o.unauditedPpm()));
        out.println("Of the cost of inference:");
        out.println(String.format(Locale.ROOT, COST, "checks: p x replays", percent(o.checksPpm())));
        for (Purpose purpose : Purpose.values()) {
            String name = "transactions: " + purpose.name().toLowerCase(Locale.ROOT);
            out.println(String.format(Locale.ROOT, COST, name, percent(o.feesPpm(purpose))));
        }
        out.println(String.format(Locale.ROOT, COST, "capital", percent(o.capitalPpm())));
        out.println(String.format(Locale.ROOT, COST, "together", percent(o.totalPpm())));
    }

    /** Runs in which it was caught of those in which it cheated. */
    private static String caught(Comparison c) {
        Comparison.Fraud f = c.fraud();
        return f.runs() == 0 && f.runsCaught() == 0
                ? "-"
                : String.format(Locale.ROOT, "%d %%", 100L * f.runsCaught() / Math.max(f.runs(), f.runsCaught()));
    }

    /** Nano-units as units with six digits. */
    static String units(long nano) {
        long micro = Math.floorDiv(nano + 500, 1_000L);
        return (micro < 0 ? "-" : "") + Amount.ofMicro(Math.abs(micro));
    }

    private static String percent(long ppm) {
        return String.format(Locale.ROOT, "%.3f", ppm / 1e4);
    }

    String csv() {
        StringBuilder csv = new StringBuilder(
                "strategy,family,profit,twin,gained,half_width_95,at_most,runs,runs_with_fraud,runs_caught,"
                        + "blocks_to_catch,draws_seen,draws_expected,requests\n");
        for (Comparison c : standings.table()) {
            csv.append(String.join(
                            ",",
                            List.of(
                                    c.strategy().name().replace(",", ""),
                                    c.strategy().family().name().toLowerCase(Locale.ROOT),
                                    units(c.cheat().mean()),
                                    units(c.twin().mean()),
                                    units(c.gained().mean()),
                                    units(c.gained().half()),
                                    units(c.atMost()),
                                    Integer.toString(standings.seeds()),
                                    Integer.toString(c.fraud().runs()),
                                    Integer.toString(c.fraud().runsCaught()),
                                    Long.toString(c.fraud().blocksToCatch()),
                                    Long.toString(c.fraud().seen()),
                                    String.format(Locale.ROOT, "%.3f", c.fraud().seenPpm() / 1e6),
                                    Long.toString(c.requests()))))
                    .append('\n');
        }
        return csv.toString();
    }

    /** Each strategy's gain over what its honest twin earns: bars to the left are losses. */
    String svg() {
        List<BarPlot.Bar> bars = standings.table().stream()
                .map(c -> new BarPlot.Bar(
                        c.strategy().name(),
                        c.gained().mean() / 1e9,
                        c.gained().half() / 1e9,
                        units(c.gained().mean()) + ", caught " + caught(c)))
                .toList();
        return new BarPlot(
                        "What a cheat earns more than its honest twin (" + Counted.of(standings.seeds(), "seed") + " x "
                                + setup.demand().requests() + " requests)",
                        "units a run, logarithmic beyond 0.001, with 95 % confidence intervals; left of 0 is a loss",
                        0.001,
                        bars)
                .document(860);
    }

    Json json() {
        Overhead o = standings.overhead();
        return Json.object()
                .put("seeds", Json.of(standings.seeds()))
                .put("first_seed", Json.of(tournament.firstSeed()))
                .put("requests", Json.of(setup.demand().requests()))
                .put("holds", Json.of(standings.hold()))
                .put(
                        "strategies",
                        Json.of(standings.table().stream()
                                .map(SimulateReport::json)
                                .toList()))
                .put(
                        "overhead_ppm",
                        Json.object()
                                .put("checks", Json.of(o.checksPpm()))
                                .put("transactions", Json.of(o.transactionsPpm()))
                                .put("posting", Json.of(o.feesPpm(Purpose.POSTING)))
                                .put("redeeming", Json.of(o.feesPpm(Purpose.REDEEMING)))
                                .put("channels", Json.of(o.feesPpm(Purpose.CHANNELS)))
                                .put("capital", Json.of(o.capitalPpm()))
                                .put("audited", Json.of(o.drawnPpm()))
                                .put("unaudited", Json.of(o.unauditedPpm()))
                                .build())
                .build();
    }

    static Json json(Comparison c) {
        return Json.object()
                .put("name", Json.of(c.strategy().name()))
                .put("says", Json.of(c.strategy().says()))
                .put("profit", Json.of(units(c.cheat().mean())))
                .put("twin", Json.of(units(c.twin().mean())))
                .put("gained", Json.of(units(c.gained().mean())))
                .put("half_width_95", Json.of(units(c.gained().half())))
                .put("at_most", Json.of(units(c.atMost())))
                .put("holds", Json.of(c.holds()))
                .put("runs_with_fraud", Json.of(c.fraud().runs()))
                .put("runs_caught", Json.of(c.fraud().runsCaught()))
                .put("blocks_to_catch", Json.of(c.fraud().blocksToCatch()))
                .build();
    }
}
