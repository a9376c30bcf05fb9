package assay.bench.verification;

import assay.bench.Told;
import assay.cli.plot.LinePlot;
import assay.core.base.Amount;
import assay.core.base.MalformedException;
import assay.core.codec.Json;
import assay.core.codec.JsonText;
import assay.ledger.Rates;
import assay.ledger.simulate.Setup;
import assay.ledger.state.Params;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;

/**
 * Does checking stay cheap as models grow? Costs of inference and of every tier of checking, on one machine in one
 * run, from a tiny model to the shape of an 8B one; as a table, CSV, and a picture on logarithmic axes.
 */
public final class VerificationBench {
    /** Cells of the light audit. */
    static final int CELLS = 32;

    private static final int PROMPT_TOKENS = 128;
    private static final int ANSWER_TOKENS = 128;

    /**
     * What to measure.
     *
     * @param rungs how many of the ladder's models
     * @param folder for the CSV and the picture
     * @param json whether to print JSON
     */
    public record Options(int rungs, Path folder, boolean json) {}

    /** A model with its costs. */
    record Point(Rung rung, Costs costs) {}

    private VerificationBench() {}

    /** Measures, prints, writes {@code verification.csv} and {@code verification.svg}. */
    public static void run(Options options, PrintStream out)
            throws IOException, MalformedException, InterruptedException {
        List<Rung> ladder = Rung.ladder(options.rungs());
        Told told = new Told("verification", ladder.size());
        Files.createDirectories(options.folder());
        Path csv = options.folder().resolve("verification.csv");
        Path svg = options.folder().resolve("verification.svg");
        List<Point> points = new ArrayList<>();
        for (Rung rung : ladder) {
            points.add(new Point(rung, measure(rung)));
            Files.writeString(csv, csv(points)); // after each, so that a run that is cut short leaves what it has
            Files.writeString(svg, plot(points).document(760, 480));
            told.step();
        }
        if (options.json()) {
            out.println(JsonText.write(json(points)));
        } else {
            print(points, out);
            out.println();
            out.println("written: " + csv + ", " + svg);
        }
    }

    private static Costs measure(Rung rung) throws IOException, MalformedException, InterruptedException {
        List<Costs> costs = new ArrayList<>();
        for (int layers : rung.measured()) {
            Path folder = Files.createTempDirectory("assay-ladder");
            Path file = rung.write(folder, layers);
            try (Measuring measuring =
                    new Measuring(file, rung.layers(), Measuring.prose(), PROMPT_TOKENS, ANSWER_TOKENS)) {
                costs.add(measuring.run());
            } finally {
                Files.deleteIfExists(file);
                Files.deleteIfExists(folder);
            }
        }
        if (costs.size() == 1) {
            return costs.getFirst();
        }
        return Costs.extrapolated(
                costs.get(0),
                rung.measured().get(0),
                costs.get(1),
                rung.measured().get(1),
                rung.layers());
    }

    /** A way of checking, and its share of the inference for one client. */
    record Line(String name, ToDoubleFunction<Costs> seconds) {
        double share(Costs c) {
            return seconds.applyAsDouble(c) / c.alone();
        }
    }

    static final List<Line> LINES = List.of(
            new Line("committing", Costs::committing),
            new Line("tier 0: signature", Costs::signed),
            new Line("tier 2: the checker, no weights", Costs::checked),
            new Line("tier 2: the node opens", Costs::opened),
            new Line("tier 3: replay", Costs::replayed),
            new Line("tier 3: replay, eight at once", Costs::replayedBatched));

    private static void print(List<Point> points, PrintStream out) {
        out.println(PROMPT_TOKENS + " + " + ANSWER_TOKENS + " tokens, processor time of all threads; random weights");
        out.println(text("%-34s", "") + cells(points, p -> text("%10s", p.rung.name())));
        out.println(text("%-34s", "layers measured, of")
                + cells(
                        points,
                        p -> text("%10s", p.rung.measured().toString().replace(" ", "") + "/" + p.rung.layers())));
        out.println(text("%-34s", "answer, one client, s") + cells(points, p -> text("%10.2f", p.costs.alone())));
        out.println(text("%-34s", "answer, one of eight, s") + cells(points, p -> text("%10.2f", p.costs.batched())));
        out.println("share of the answer for one client, %");
        for (Line line : LINES) {
            out.println(text("  %-32s", line.name) + cells(points, p -> text("%10.4f", 100 * line.share(p.costs))));
        }
        out.println("share of the answer as one of eight, %");
        out.println(text("  %-32s", "tier 3: replay, eight at once")
                + cells(points, p -> text("%10.2f", 100 * p.costs.replayedBatched() / p.costs.batched())));
        out.println(text("%-34s", "tier 0, ms") + cells(points, p -> text("%10.3f", 1e3 * p.costs.signed())));
        out.println(text("%-34s", "tier 0, receipts/s, goal 2000")
                + cells(points, p -> text("%10.0f", p.costs.receiptsPerSecond())));
        out.println(text("%-34s", "tier 2, checker, ms") + cells(points, p -> text("%10.1f", 1e3 * p.costs.checked())));
        out.println(text("%-34s", "tier 2, opening, MB")
                + cells(points, p -> text("%10.2f", 1e-6 * p.costs.openingBytes())));
        out.println(text("%-34s", "tier 2, key, MB") + cells(points, p -> text("%10.2f", 1e-6 * p.rung.keyBytes())));
        out.println();
        overhead(points, out);
        trend(points, out);
    }

    /** p × (check ÷ inference) for the reference operator of the simulation's shared network. */
    private static void overhead(List<Point> points, PrintStream out) {
        Chance chance = Chance.reference();
        out.println(text(
                "A receipt of %d tokens for %s is drawn with p = %.4f %%: S_b is %,.0f times its price, kappa %d, %d auditor(s).",
                PROMPT_TOKENS + ANSWER_TOKENS,
                chance.price.toString(),
                100 * chance.p,
                chance.burnedOverPrice,
                chance.kappa,
                chance.auditors));
        out.println(text("%-34s", "p x replays / answer, one client, %")
                + cells(
                        points,
                        p -> text("%10.4f", 100 * chance.p * chance.auditors * p.costs.replayed() / p.costs.alone())));
        out.println(text("%-34s", "p x replays / answer, of eight, %")
                + cells(
                        points,
                        p -> text(
                                "%10.4f",
                                100 * chance.p * chance.auditors * p.costs.replayedBatched() / p.costs.batched())));
        out.println("Transactions and the cost of capital do not depend on the model: assay simulate states them.");
    }

    private record Chance(Amount price, double p, double burnedOverPrice, int kappa, int auditors) {
        static Chance reference() {
            Setup setup = Setup.shared(1);
            Params.Audits audits = setup.params().audits();
            long tokens = PROMPT_TOKENS + ANSWER_TOKENS;
            Amount price =
                    Amount.ofMicro(tokens * setup.demand().pricePerMillion().micro() / Amount.MILLION);
            Amount burned = Rates.burned(setup.bonds().operator(), audits);
            int d = Rates.detection(audits.linkedFloor(), audits.perReceipt());
            double p = Rates.chance(price, Rates.step(burned, d, audits.kappa())) / (double) Amount.MILLION;
            return new Chance(price, p, burned.micro() / (double) price.micro(), audits.kappa(), audits.perReceipt());
        }
    }

    /** How each share goes with the number of parameters. */
    private static void trend(List<Point> points, PrintStream out) {
        List<Point> real =
                points.stream().filter(p -> !p.rung.name().equals("tiny")).toList();
        if (real.size() < 2) {
            return;
        }
        double[] x = real.stream().mapToDouble(p -> p.rung.parameters()).toArray();
        out.println();
        out.println("trend from " + real.getFirst().rung.name() + " to "
                + real.getLast().rung.name() + ": share of the answer ~ parameters^b");
        for (Line line : LINES) {
            double[] y = real.stream().mapToDouble(p -> line.share(p.costs)).toArray();
            out.println(text("  %-32s b = %+.2f", line.name, Fit.exponent(x, y)));
        }
    }

    private static LinePlot plot(List<Point> points) {
        double[] x =
                points.stream().mapToDouble(p -> 1e-6 * p.rung.parameters()).toArray();
        List<LinePlot.Series> series = new ArrayList<>();
        for (Line line : LINES) {
            double[] y =
                    points.stream().mapToDouble(p -> 100 * line.share(p.costs)).toArray();
            series.add(new LinePlot.Series(line.name, x, y, new double[x.length]));
        }
        return new LinePlot(
                "What checking costs as models grow",
                "parameters, millions",
                "% of the answer's own cost, one client, " + PROMPT_TOKENS + " + " + ANSWER_TOKENS + " tokens",
                series,
                true,
                true);
    }

    private static String csv(List<Point> points) {
        StringBuilder out = new StringBuilder("model,parameters,layers,layers_measured,answer_seconds,"
                + "answer_of_eight_seconds,committing_seconds,tier0_seconds,tier2_checker_seconds,tier2_node_seconds,"
                + "tier2_opening_bytes,tier2_key_bytes,tier3_seconds,tier3_of_eight_seconds\n");
        for (Point p : points) {
            Costs c = p.costs;
            out.append(text(
                    "%s,%d,%d,%s,%.4f,%.4f,%.5f,%.7f,%.5f,%.4f,%.0f,%d,%.4f,%.4f%n",
                    p.rung.name(),
                    p.rung.parameters(),
                    p.rung.layers(),
                    p.rung.measured().toString().replace(", ", "+").replaceAll("[\\[\\]]", ""),
                    c.alone(),
                    c.batched(),
                    c.committing(),
                    c.signed(),
                    c.checked(),
                    c.opened(),
                    c.openingBytes(),
                    p.rung.keyBytes(),
                    c.replayed(),
                    c.replayedBatched()));
        }
        return out.toString();
    }

    private static Json json(List<Point> points) {
        List<Json> all = new ArrayList<>();
        for (Point p : points) {
            Json.Members one = Json.object()
                    .put("model", p.rung.name())
                    .put("parameters", p.rung.parameters())
                    .put("answer_seconds", text("%.4f", p.costs.alone()))
                    .put("answer_of_eight_seconds", text("%.4f", p.costs.batched()));
            for (Line line : LINES) {
                one.put(line.name, text("%.6f", line.share(p.costs)));
            }
            all.add(one.put("tier2_opening_bytes", Math.round(p.costs.openingBytes()))
                    .put("tier2_key_bytes", p.rung.keyBytes())
                    .build());
        }
        return Json.of(all);
    }

    private static String cells(List<Point> points, java.util.function.Function<Point, String> cell) {
        StringBuilder line = new StringBuilder();
        points.forEach(p -> line.append(cell.apply(p)));
        return line.toString();
    }

    private static String text(String format, Object... values) {
        return String.format(Locale.ROOT, format, values);
    }
}
