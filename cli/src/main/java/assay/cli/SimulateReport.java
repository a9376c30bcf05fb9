package assay.cli;

import assay.cli.plot.BarPlot;
import assay.core.codec.Json;
import assay.ledger.simulate.Comparison;
import assay.ledger.simulate.Overhead;
import assay.ledger.simulate.Setup;
import assay.ledger.simulate.Standings;
import assay.ledger.simulate.Tournament;
import java.io.PrintStream;
import java.util.List;
import java.util.Locale;

/** The table of a simulation, for people, programs and pictures. */
record SimulateReport(Setup setup, Tournament tournament, Standings standings) {
    private static final String ROW = "%-21s %11s %11s %12s ± %-10s %9s %10s  %s";

    void print(PrintStream out) {
        Setup.People p = setup.people();
        out.printf(
                Locale.ROOT,
                "%d seeds x %,d requests; %d operators, %d auditors, %,d payers, %d validators; units a run%n%n",
                tournament.seeds(),
                setup.demand().requests(),
                p.operators(),
                p.auditors(),
                p.payers(),
                p.validators());
        out.println(String.format(
                Locale.ROOT, ROW, "strategy", "profit", "honest twin", "gained", "95 %", "caught", "blocks", ""));
        for (Comparison c : standings.table()) {
            out.println(String.format(
                    Locale.ROOT,
                    ROW,
                    c.strategy().name(),
                    Simulate.units(c.cheat().mean()),
                    Simulate.units(c.twin().mean()),
                    Simulate.units(c.gained().mean()),
                    Simulate.units(c.gained().half()),
                    caught(c),
                    c.blocksToCatch() < 0 ? "" : Long.toString(c.blocksToCatch()),
                    c.holds() ? "" : "← may out-earn its twin"));
        }
        Overhead o = standings.overhead();
        out.printf(
                Locale.ROOT,
                "%nA request costs %.6f, its inference %.6f. Of the cost of inference: checks %s, transactions %s,"
                        + " capital %s: %s together; %s of the receipts were audited, %s could not be.%n",
                o.priceMicro() / 1e6,
                o.costNano() / 1e9,
                percent(o.checksPpm()),
                percent(o.transactionsPpm()),
                percent(o.capitalPpm()),
                percent(o.totalPpm()),
                percent(o.drawnPpm()),
                percent(o.unauditedPpm()));
        out.println(
                standings.hold()
                        ? "No strategy out-earns its honest twin, at 95 % confidence."
                        : "Not every strategy is shown to earn less than its honest twin.");
    }

    /** Runs in which it was caught of those in which it cheated. */
    private static String caught(Comparison c) {
        return c.runsWithFraud() == 0 && c.runsCaught() == 0
                ? "-"
                : String.format(
                        Locale.ROOT, "%d %%", 100L * c.runsCaught() / Math.max(c.runsWithFraud(), c.runsCaught()));
    }

    private static String percent(long ppm) {
        return String.format(Locale.ROOT, "%.2f %%", ppm / 1e4);
    }

    String csv() {
        StringBuilder csv = new StringBuilder(
                "strategy,family,profit,twin,gained,half_width_95,runs,runs_with_fraud,runs_caught,blocks_to_catch,requests\n");
        for (Comparison c : standings.table()) {
            csv.append(String.join(
                            ",",
                            List.of(
                                    c.strategy().name().replace(",", ""),
                                    c.strategy().family().name().toLowerCase(Locale.ROOT),
                                    Simulate.units(c.cheat().mean()),
                                    Simulate.units(c.twin().mean()),
                                    Simulate.units(c.gained().mean()),
                                    Simulate.units(c.gained().half()),
                                    Integer.toString(tournament.seeds()),
                                    Integer.toString(c.runsWithFraud()),
                                    Integer.toString(c.runsCaught()),
                                    Long.toString(c.blocksToCatch()),
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
                        Simulate.units(c.gained().mean()) + ", caught " + caught(c)))
                .toList();
        return new BarPlot(
                        "What a cheat earns more than its honest twin (" + tournament.seeds() + " seeds x "
                                + setup.demand().requests() + " requests)",
                        "units a run, with 95 % confidence intervals; left of 0 is a loss",
                        bars)
                .document(860);
    }

    Json json() {
        Overhead o = standings.overhead();
        return Json.object()
                .put("seeds", Json.of(tournament.seeds()))
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
                .put("profit", Json.of(Simulate.units(c.cheat().mean())))
                .put("twin", Json.of(Simulate.units(c.twin().mean())))
                .put("gained", Json.of(Simulate.units(c.gained().mean())))
                .put("half_width_95", Json.of(Simulate.units(c.gained().half())))
                .put("holds", Json.of(c.holds()))
                .put("runs_with_fraud", Json.of(c.runsWithFraud()))
                .put("runs_caught", Json.of(c.runsCaught()))
                .put("blocks_to_catch", Json.of(c.blocksToCatch()))
                .build();
    }
}
