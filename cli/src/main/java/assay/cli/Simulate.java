package assay.cli;

import assay.ledger.simulate.Comparison;
import assay.ledger.simulate.Setup;
import assay.ledger.simulate.Standings;
import assay.ledger.simulate.Strategy;
import assay.ledger.simulate.Sweep;
import assay.ledger.simulate.Tournament;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code assay simulate}: what cheats earn on the real ledger, beside honest twins. */
@Command(
        name = "simulate",
        sortOptions = false,
        header = "Let honest and dishonest agents play on the real ledger, and see who earns.",
        description = {
            "%nEvery strategy runs beside its honest twin: the same seeds, the same requests, the same money. The exit",
            "code is 1 if one out-earns its twin at 95 %% confidence, or could within the interval.%n",
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  assay simulate --seeds 20 --requests 2000         # some minutes",
            "  assay simulate --out docs                         # the whole table: 100 seeds x 10000 requests",
            "  assay simulate --sweeps --seeds 20 --out docs     # where the guarantee ends",
            "  assay simulate --strategy wash --json"
        })
final class Simulate implements Callable<Integer> {
    private final Assay assay;

    @Option(
            names = "--seeds",
            paramLabel = "N",
            defaultValue = "100",
            description = "Runs of each strategy, at least 5 (default: ${DEFAULT-VALUE}).")
    private int seeds = 100;

    @Option(
            names = "--requests",
            paramLabel = "N",
            defaultValue = "10000",
            description = "Requests in a run (default: ${DEFAULT-VALUE}).")
    private int requests = 10_000;

    @Option(
            names = "--seed",
            paramLabel = "N",
            defaultValue = "1",
            description = "The first seed (default: ${DEFAULT-VALUE}).")
    private long seed = 1;

    @Option(
            names = "--strategy",
            paramLabel = "WORD",
            defaultValue = "",
            description = "Only strategies with this word in their name.")
    private String word = "";

    @Option(
            names = "--sweeps",
            description =
                    "Instead change one number at a time: bribe, collusion, kappa, auditors, stake, beacon, insured.")
    private boolean sweeps;

    @Option(names = "--threads", paramLabel = "N", description = "Runs at once (default: processors).")
    private int threads = Runtime.getRuntime().availableProcessors();

    @Option(
            names = "--out",
            paramLabel = "FOLDER",
            description = "Write table, CSV and SVG there, again after every tenth seed.")
    private @Nullable Path out;

    Simulate(Assay assay) {
        this.assay = assay;
    }

    @Override
    public Integer call() throws InterruptedException, Mistake {
        if (seeds < 5 || requests < 100 || requests > 1_000_000 || threads < 1) {
            throw new Mistake("at least 5 seeds, 100 to 1000000 requests, a thread", "", Exit.USAGE);
        }
        return sweeps ? sweep() : table();
    }

    private int table() throws InterruptedException, Mistake {
        Setup setup = Setup.shared(requests);
        List<Strategy> strategies = Strategy.all(setup).stream()
                .filter(s -> s.name().toLowerCase(Locale.ROOT).contains(word.toLowerCase(Locale.ROOT)))
                .toList();
        if (strategies.isEmpty()) {
            throw new Mistake("no strategy is called like " + word, "leave out --strategy to see all", Exit.USAGE);
        }
        Tournament tournament = new Tournament(seeds, seed, threads);
        Standings standings = tournament.play(
                setup,
                strategies,
                progress(tournament.runs(strategies)),
                soFar -> write(new SimulateReport(setup, tournament, soFar)));
        SimulateReport report = new SimulateReport(setup, tournament, standings);
        if (assay.json()) {
            assay.screen().json(report.json());
        } else {
            report.print(assay.screen().out());
        }
        write(report);
        return standings.hold() ? Exit.OK : Exit.FAILED;
    }

    private int sweep() throws InterruptedException {
        Setup usual = Setup.shared(requests);
        Tournament tournament = new Tournament(seeds, seed, threads);
        int runs = 0;
        for (Sweep sweep : Sweep.values()) {
            runs += sweep.numbers().size() * 2 * seeds;
        }
        IntConsumer progress = progress(runs);
        int[] before = {0};
        List<SweepReport.Point> points = new ArrayList<>();
        for (Sweep sweep : Sweep.values()) {
            for (long value : sweep.numbers()) {
                List<Strategy> one = List.of(sweep.strategy(usual, value));
                Standings s = tournament.play(sweep.setup(usual, value), one, n -> progress.accept(before[0] + n));
                before[0] += 2 * seeds;
                Comparison c = s.table().getFirst();
                points.add(new SweepReport.Point(sweep, value, c));
            }
        }
        SweepReport report = new SweepReport(points);
        if (assay.json()) {
            assay.screen().json(report.json());
        } else {
            report.print(assay.screen().out());
        }
        write("simulate-sweeps.csv", report.csv());
        write("simulate-sweeps.svg", report.svg());
        return Exit.OK;
    }

    /** On a terminal a line that moves; elsewhere one at each tenth. */
    private IntConsumer progress(int all) {
        long began = System.nanoTime();
        int[] tenth = {0};
        return done -> {
            long left = (System.nanoTime() - began) / 1_000_000_000 * (all - done) / Math.max(1, done);
            String line = "run " + done + " of " + all + ", " + Bar.duration(left) + " left";
            assay.screen().passing(line);
            if (!assay.screen().errIsTerminal() && done * 10 / all > tenth[0]) {
                tenth[0] = done * 10 / all;
                assay.screen().err().println(line);
            }
        };
    }

    private void write(SimulateReport report) {
        ByteArrayOutputStream text = new ByteArrayOutputStream();
        report.print(new PrintStream(text, true, StandardCharsets.UTF_8));
        write("simulate.txt", text.toString(StandardCharsets.UTF_8));
        write("simulate.csv", report.csv());
        write("simulate.svg", report.svg());
    }

    private void write(String name, String text) {
        if (out != null) {
            try {
                Files.createDirectories(out);
                Files.writeString(out.resolve(name), text, StandardCharsets.UTF_8);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            assay.screen().err().println("wrote " + out.resolve(name));
        }
    }
}
