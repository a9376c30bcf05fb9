package assay.bench.verification;

import assay.core.base.MalformedException;
import assay.core.codec.JsonText;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Does checking stay cheap as models grow? Costs of inference and of every tier of checking, on one machine in one
 * run, from a tiny model to the shape of an 8B one; as a table, CSV, and a picture on logarithmic axes.
 */
public final class VerificationBench {
    /** Cells of the light audit. */
    static final int CELLS = 32;

    private static final Workload WORKLOAD = new Workload(64, 64);

    /** Rounds that do not count, of the first models: until the compiler is done. */
    private static final int[] WARM_UP = {3, 1};

    /**
     * What to measure.
     *
     * @param rungs how many of the ladder's models
     * @param time about how long it may take
     * @param folder for the CSV and the picture
     * @param json whether to print JSON
     */
    public record Options(int rungs, Duration time, Path folder, boolean json) {}

    private VerificationBench() {}

    /** Measures and prints; writes {@code verification.csv}, {@code .svg} and {@code .txt} after each model. */
    public static void run(Options options, PrintStream out)
            throws IOException, MalformedException, InterruptedException {
        List<Rung> ladder = Rung.ladder();
        List<Rung> rungs = ladder.subList(0, Math.min(ladder.size(), options.rungs()));
        Files.createDirectories(options.folder());
        Path csv = options.folder().resolve("verification.csv");
        Path svg = options.folder().resolve("verification.svg");
        Pace pace = new Pace(System.err, options.time(), rungs);
        pace.say("the network is simulated");
        Economy economy = Economy.simulated();
        List<Measured> measured = new ArrayList<>();
        Report report = new Report(WORKLOAD, measured, economy);
        for (int i = 0; i < rungs.size(); i++) {
            pace.begin(rungs.get(i));
            measured.add(measure(rungs.get(i), i < WARM_UP.length ? WARM_UP[i] : 0, pace));
            report = new Report(WORKLOAD, measured, economy);
            Files.writeString(csv, report.csv());
            Files.writeString(svg, report.plot().document(900, 480));
            try (PrintStream table = new PrintStream(
                    Files.newOutputStream(options.folder().resolve("verification.txt")),
                    false,
                    StandardCharsets.UTF_8)) {
                report.print(table);
            }
            pace.say(report.brief());
        }
        if (options.json()) {
            out.println(JsonText.write(report.json()));
        } else {
            report.print(out);
            out.println();
            out.println("written: " + csv + ", " + svg + ", and this as verification.txt");
        }
    }

    private static Measured measure(Rung rung, int warmUp, Pace pace)
            throws IOException, MalformedException, InterruptedException {
        List<Measuring> models = new ArrayList<>();
        try {
            for (int layers : rung.measured()) {
                models.add(load(rung, layers));
            }
            for (int i = 0; i < warmUp; i++) {
                models.getLast().round();
                models.getLast().batch();
            }
            return measure(rung, models, pace);
        } finally {
            models.forEach(Measuring::close);
        }
    }

    private static Measuring load(Rung rung, int layers) throws IOException, MalformedException {
        Path folder = Files.createTempDirectory("assay-ladder");
        try {
            Path file = rung.write(folder, layers);
            try {
                return new Measuring(file, layers, WORKLOAD);
            } finally {
                Files.delete(file);
            }
        } finally {
            Files.delete(folder);
        }
    }

    private static Measured measure(Rung rung, List<Measuring> models, Pace pace)
            throws IOException, MalformedException, InterruptedException {
        Rounds rounds = new Rounds(rung, models);
        for (int done = 0; pace.hasRound(done); done++) {
            rounds.add(done % 2 == 0); // batches take four times as long as the rest
        }
        pace.say("light audits, receipts, disputes");
        Measuring deepest = models.getLast();
        byte[] receipt = deepest.receipt();
        return rounds.measured(
                new Workload(deepest.promptTokens(), WORKLOAD.answerTokens()),
                deepest.light(),
                Throughput.of(receipt),
                new Measured.Bytes(receipt.length, deepest.transcript().encode().length),
                deepest.dispute(rung.shape()));
    }
}
