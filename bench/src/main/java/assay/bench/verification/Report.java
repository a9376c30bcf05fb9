package assay.bench.verification;

import assay.bench.Spread;
import assay.cli.plot.LinePlot;
import assay.core.codec.Json;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;

/** What the ladder came to: for people, spreadsheets, programs and as a picture. */
record Report(Workload workload, List<Measured> ladder, Economy economy) {
    /** Copies the list. */
    Report {
        ladder = List.copyOf(ladder);
    }

    /** A way of checking, and its share of the answer for one client. */
    record Line(String name, String key, Function<Measured, Spread> share) {
        static Line of(String name, String key, ToDoubleFunction<Costs> cost) {
            return new Line(name, key, m -> m.share(cost));
        }
    }

    /** All of them. */
    static final List<Line> LINES = List.of(
            Line.of("committing", "committing", Costs::committing),
            new Line(
                    "tier 0: signature", "tier0", m -> m.share(c -> m.receipts().cpuSeconds())),
            new Line("tier 2: the checker, no weights", "tier2_checker", m -> m.share(c -> m.checked())),
            new Line("tier 2: the node opens", "tier2_node", m -> m.share(m::opened)),
            Line.of("tier 3: replay", "tier3", Costs::replayed),
            new Line("tier 3: replay, four at once", "tier3_of_four", Measured::batchedReplayShare),
            new Line("tier 5: the referee of a dispute", "tier5_referee", m -> m.share(c -> Report.referee(m))));

    private static double referee(Measured m) {
        return 1e-9 * m.dispute().refereeNanos();
    }

    /** The last model on one line. */
    String brief() {
        Measured m = ladder.getLast();
        return text(
                "answer %s s; replay %s %% of it, light audit's checker %s %%",
                spread("%.3f", m.alone()),
                spread("%.1f", m.share(Costs::replayed).times(100)),
                spread("%.3f", m.share(c -> m.checked()).times(100)));
    }

    void print(PrintStream out) {
        out.println(workload + ", processor time of all threads; random weights; medians, and half of what the rounds"
                + " differ by");
        row(out, "", m -> m.rung().name());
        row(
                out,
                "layers run / of",
                m -> m.rung().measured().toString().replaceAll("[\\[\\] ]", "") + "/"
                        + m.rung().layers());
        row(out, "rounds", m -> Integer.toString(m.rounds().size()));
        row(out, "answer, one client, s", m -> spread("%.3f", m.alone()));
        row(out, "  of which not in the layers, s", m -> m.fixed()
                .map(s -> spread("%.3f", s))
                .orElse("-"));
        row(out, "answer, one of eight, s", m -> spread("%.3f", m.batched()));
        out.println("share of the answer for one client, %");
        for (Line line : LINES) {
            row(out, "  " + line.name, m -> spread("%.4f", line.share.apply(m).times(100)));
        }
        row(out, "  tier 6: a proof", m -> "not built");
        out.println("share of the answer as one of eight, %");
        row(
                out,
                "  tier 3: replay, four at once",
                m -> spread("%.2f", m.replayOverBatched().times(100)));
        out.println("in itself");
        row(out, "  tier 0, ms", m -> text("%.3f", 1e3 * m.receipts().cpuSeconds()));
        row(
                out,
                "  tier 0, receipts/s, goal 2000",
                m -> text("%.0f", m.receipts().perSecond()));
        row(out, "  tier 2, checker, ms", m -> text("%.1f", 1e3 * m.checked()));
        row(
                out,
                "    each cell, ms",
                m -> text("%.3f", 1e3 * m.light().seconds().cell()));
        row(
                out,
                "    each head, ms",
                m -> text("%.3f", 1e3 * m.light().seconds().head()));
        row(out, "  tier 5, referee, ms", m -> text("%.2f", 1e3 * referee(m)));
        row(
                out,
                "  tier 5, moves of the node",
                m -> Integer.toString(m.dispute().moves()));
        out.println("bytes that a checker gets");
        row(out, "  tier 0, receipt, kB", m -> text("%.1f", 1e-3 * m.bytes().receipt()));
        row(out, "  tier 2, opening, MB", m -> text("%.2f", 1e-6 * m.openingBytes()));
        row(out, "  tier 2, key (once), MB", m -> text("%.2f", 1e-6 * m.rung().keyBytes()));
        row(out, "  tier 3, transcript, kB", m -> text("%.1f", 1e-3 * m.bytes().transcript()));
        row(out, "  tier 5, all moves, kB", m -> text("%.1f", 1e-3 * m.dispute().bytes()));
        row(out, "    the longest, kB", m -> text("%.1f", 1e-3 * m.dispute().longestBytes()));
        out.println();
        overhead(out);
        trend(out);
        plausible(out);
    }

    /** p × (check ÷ inference), and what else a network costs. */
    private void overhead(PrintStream out) {
        Economy e = economy;
        out.println(text(
                "A network of the shared rules, simulated with honest agents: an average request pays %s, of which S_b is"
                        + " %,.0f times; kappa %d, %d auditors a draw.",
                e.request().toString(), e.burnedOverRequest(), e.kappa(), e.auditors()));
        out.println(text(
                "p is %.4f %% for that request, %.4f %% weighted by what requests cost.",
                100 * e.chance(1), 100 * e.chanceByCost()));
        out.println("network's overhead over inference, %, stakes in proportion to prices");
        row(
                out,
                "  p x replays, one client",
                m -> spread("%.4f", m.share(Costs::replayed).times(100 * e.auditors() * e.chanceByCost())));
        row(
                out,
                "  p x replays, of eight",
                m -> spread("%.4f", m.replayOverBatched().times(100 * e.auditors() * e.chanceByCost())));
        row(out, "  transactions", m -> text("%.4f", 100 * e.transactions()));
        row(out, "  cost of capital", m -> text("%.4f", 100 * e.capital()));
        row(out, "  all of it, one client; goal 1", m -> text("%.4f", 100 * whole(m, 1, 1)));
        out.println("the same, prices in proportion to costs, stakes and fees as they are");
        row(out, "  price over the first model's", m -> priced(m, "%.1f", dearer(m)));
        row(out, "  p x replays, one client", m -> priced(m, "%.4f", 100 * replays(m) * risen(m)));
        row(out, "  transactions", m -> priced(m, "%.4f", 100 * e.transactions() / dearer(m)));
        row(out, "  cost of capital", m -> priced(m, "%.4f", 100 * e.capital() / dearer(m)));
        row(out, "  all of it, one client", m -> priced(m, "%.4f", 100 * whole(m, risen(m), dearer(m))));
    }

    /** Not of the tiny model: nobody would price what costs a fortieth. */
    private String priced(Measured m, String format, double value) {
        return real().contains(m) ? text(format, value) : "-";
    }

    private double whole(Measured m, double risen, double dearer) {
        return replays(m) * risen + (economy.transactions() + economy.capital()) / dearer;
    }

    private double replays(Measured m) {
        return economy.auditors()
                * economy.chanceByCost()
                * m.share(Costs::replayed).median();
    }

    /** How many times as much an answer costs as that of the first real model. */
    private double dearer(Measured m) {
        return m.alone().median() / real().getFirst().alone().median();
    }

    /** How many times as often its receipts are drawn then, the stake being the same. */
    private double risen(Measured m) {
        return economy.chance(dearer(m)) / economy.chance(1);
    }

    /** Without the tiny model, in which all that does not grow weighs most. */
    private List<Measured> real() {
        return ladder.size() > 1 ? ladder.subList(1, ladder.size()) : ladder;
    }

    /** How each share goes with the model's size. */
    private void trend(PrintStream out) {
        List<Measured> real = real();
        if (real.size() < 2) {
            return;
        }
        out.println();
        out.println("trend from " + real.getFirst().rung().name() + " to "
                + real.getLast().rung().name()
                + ": share of the answer ~ parameters^b by least squares of logarithms, 95 % interval");
        double[] parameters = of(real, m -> m.rung().parameters());
        for (Line line : LINES) {
            slope(out, line.name, parameters, of(real, m -> line.share.apply(m).median()));
        }
        slope(out, "answer, seconds", parameters, of(real, m -> m.alone().median()));
        double[] widths = of(real, m -> m.rung().width());
        out.println("and ~ width^b");
        slope(
                out,
                "tier 2: the checker, no weights",
                widths,
                of(real, m -> m.checked() / m.alone().median()));
        slope(out, "a checked cell over a computed one", widths, of(real, this::cellOverCell));
    }

    /** What checking one cell costs over computing one: of the answer, the part of a layer at a token. */
    private double cellOverCell(Measured m) {
        double cells = (double) m.rung().layers() * workload.steps();
        double inLayers = m.alone().median() - m.fixed().map(Spread::median).orElse(0.0);
        return m.light().seconds().cell() / (inLayers / cells);
    }

    private static double[] of(List<Measured> ladder, ToDoubleFunction<Measured> figure) {
        return ladder.stream().mapToDouble(figure).toArray();
    }

    private static void slope(PrintStream out, String name, double[] x, double[] y) {
        Fit.Slope slope = Fit.slope(x, y);
        out.println(text(
                "  %-38s b = %+.2f  [%+.2f, %+.2f]",
                name, slope.b(), slope.b() - slope.half(), slope.b() + slope.half()));
    }

    private void plausible(PrintStream out) {
        out.println();
        out.println("are these figures plausible?");
        for (Plausible p : Plausible.of(ladder)) {
            out.println((p.holds() ? "  yes  " : "  NO   ") + p.law() + ":" + p.found());
        }
    }

    LinePlot plot() {
        double[] x = of(ladder, m -> 1e-6 * m.rung().parameters());
        List<LinePlot.Series> series = new ArrayList<>();
        for (Line line : LINES) {
            series.add(new LinePlot.Series(
                    line.name, x, of(ladder, m -> 100 * line.share.apply(m).median()), of(ladder, m -> 0)));
        }
        return new LinePlot(
                "What checking costs as models grow",
                "parameters, millions",
                "% of the answer's own cost, one client, " + workload,
                series,
                true,
                true);
    }

    String csv() {
        StringBuilder out = new StringBuilder("model,parameters,width,layers,layers_run,rounds,answer_seconds,"
                + "answer_low,answer_high,answer_of_eight_seconds,committing_seconds,tier0_seconds,tier0_per_second,"
                + "tier2_checker_seconds,tier2_cell_seconds,tier2_head_seconds,tier2_opened_over_replay,"
                + "tier3_seconds,tier3_over_answer_low,tier3_over_answer_high,tier3_of_four_seconds,"
                + "tier5_referee_seconds,tier5_moves,tier6_seconds,receipt_bytes,tier2_opening_bytes,tier2_key_bytes,"
                + "transcript_bytes,tier5_bytes\n");
        for (Measured m : ladder) {
            List<Object> cells = new ArrayList<>(List.of(
                    m.rung().name(),
                    m.rung().parameters(),
                    m.rung().width(),
                    m.rung().layers(),
                    m.rung().measured().toString().replace(", ", "+").replaceAll("[\\[\\]]", ""),
                    m.rounds().size(),
                    m.alone().median(),
                    m.alone().low(),
                    m.alone().high(),
                    m.batched().median(),
                    Spread.of(m.rounds(), Costs::committing).median(),
                    m.receipts().cpuSeconds(),
                    m.receipts().perSecond(),
                    m.checked(),
                    m.light().seconds().cell(),
                    m.light().seconds().head(),
                    m.light().openedOverReplay(),
                    Spread.of(m.rounds(), Costs::replayed).median(),
                    m.share(Costs::replayed).low(),
                    m.share(Costs::replayed).high(),
                    Spread.of(m.batches(), Costs.Batch::replayed).median()));
            cells.add(referee(m));
            cells.add(m.dispute().moves());
            cells.add("");
            cells.addAll(List.of(
                    m.bytes().receipt(),
                    Math.round(m.openingBytes()),
                    m.rung().keyBytes(),
                    m.bytes().transcript()));
            cells.add(m.dispute().bytes());
            out.append(String.join(",", cells.stream().map(Report::cell).toList()))
                    .append('\n');
        }
        return out.toString();
    }

    private static String cell(Object value) {
        return value instanceof Double d ? text("%.7g", d) : value.toString();
    }

    Json json() {
        List<Json> models = new ArrayList<>();
        for (Measured m : ladder) {
            Json.Members one = Json.object()
                    .put("model", m.rung().name())
                    .put("parameters", m.rung().parameters())
                    .put("rounds", m.rounds().size())
                    .put("answer_seconds", json(m.alone()))
                    .put("answer_of_eight_seconds", json(m.batched()));
            for (Line line : LINES) {
                one.put(line.key + "_over_answer", json(line.share.apply(m)));
            }
            models.add(one.put("tier0_per_second", number(m.receipts().perSecond()))
                    .put("tier2_checker_seconds", number(m.checked()))
                    .put("tier2_opening_bytes", Math.round(m.openingBytes()))
                    .put("tier2_key_bytes", m.rung().keyBytes())
                    .build());
        }
        List<Json> laws = new ArrayList<>();
        for (Plausible p : Plausible.of(ladder)) {
            laws.add(Json.object()
                    .put("law", p.law())
                    .put("holds", p.holds())
                    .put("found", p.found().strip())
                    .build());
        }
        return Json.object()
                .put("workload", workload.toString())
                .put("models", Json.of(models))
                .put("p_by_cost", number(economy.chanceByCost()))
                .put("burned_over_request", number(economy.burnedOverRequest()))
                .put("transactions_over_inference", number(economy.transactions()))
                .put("capital_over_inference", number(economy.capital()))
                .put("plausible", Json.of(laws))
                .build();
    }

    private static Json json(Spread s) {
        return Json.object()
                .put("median", number(s.median()))
                .put("low", number(s.low()))
                .put("high", number(s.high()))
                .build();
    }

    private static Json.Num number(double value) {
        return new Json.Num(text("%.7f", value));
    }

    private void row(PrintStream out, String name, Function<Measured, String> cell) {
        StringBuilder line = new StringBuilder(text("%-34s", name));
        ladder.forEach(m -> line.append(text("%16s", cell.apply(m))));
        out.println(line);
    }

    private static String spread(String format, Spread s) {
        return text(format, s.median()) + text(" ±%.0f%%", 100 * s.relative());
    }

    private static String text(String format, Object... values) {
        return String.format(Locale.ROOT, format, values);
    }
}
