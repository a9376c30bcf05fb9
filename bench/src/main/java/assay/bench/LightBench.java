package assay.bench;

import assay.core.audit.AuditKey;
import assay.core.audit.Challenge;
import assay.core.audit.Grid;
import assay.core.audit.LightAudit;
import assay.core.audit.OpeningFormat;
import assay.core.audit.OpeningPlan;
import assay.core.base.MalformedException;
import assay.core.codec.Json;
import assay.core.codec.JsonText;
import assay.core.verify.ModelText;
import assay.core.verify.Verdict;
import assay.engine.compile.Compiler;
import assay.engine.compile.FileWeights;
import assay.engine.gguf.GgufFile;
import assay.engine.infer.Engine;
import assay.engine.infer.EngineOptions;
import assay.engine.infer.Model;
import assay.engine.infer.ReplayRequest;
import assay.prover.audit.Regenerated;
import java.io.IOException;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Locale;

/**
 * {@code assay bench light}: what a light audit costs the node and its checker, beside generating 256 + 256 tokens.
 *
 * <p>All times are CPU time of the threads that work, so that company on the machine does not show; the compiler's
 * threads are left out. Medians over rounds, each with its own challenge.
 */
public final class LightBench {
    private static final int HALF = 256;
    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

    private LightBench() {}

    /** CPU nanoseconds of opening and checking, and the opening's size. */
    private record Round(double open, double check, double premises, double bytes, int heads) {}

    private interface Work {
        void run() throws IOException, InterruptedException, MalformedException;
    }

    /** Measures and prints; {@code model} is a GGUF file. */
    public static void run(Path model, InferenceBench.Options options, PrintStream out)
            throws IOException, MalformedException, InterruptedException {
        AuditKey[] key = new AuditKey[1];
        double drawing = cpu(() -> {
            try (GgufFile file = GgufFile.open(model)) {
                key[0] = AuditKey.draw(Compiler.compile(file), new FileWeights(file), new SecureRandom());
            }
        });
        EngineOptions engineOptions = EngineOptions.standard()
                .withThreads(options.threads())
                .withContext(1024)
                .withCache(0);
        try (Engine engine = new Engine(Model.load(model), engineOptions)) {
            ModelText text = ModelText.of(engine.model().program());
            LightCase answer = LightCase.of(engine, text, HALF, HALF);
            new Measuring(engine, text, key[0], answer, options, drawing).run(out);
        }
    }

    /** CPU time that all living threads of Java spend on some work. */
    private static double cpu(Work work) throws IOException, InterruptedException, MalformedException {
        long before = total();
        work.run();
        return total() - before;
    }

    private static long total() {
        long sum = 0;
        for (long id : THREADS.getAllThreadIds()) {
            sum += Math.max(0, THREADS.getThreadCpuTime(id));
        }
        return sum;
    }

    private record Measuring(
            Engine engine,
            ModelText text,
            AuditKey key,
            LightCase answer,
            InferenceBench.Options options,
            double drawing) {

        void run(PrintStream out) throws IOException, InterruptedException, MalformedException {
            ReplayRequest replay = new ReplayRequest(answer.request(), new int[][] {answer.answer()});
            double[] generating = new double[options.rounds()];
            double[] replaying = new double[options.rounds()];
            for (int i = 0; i < options.rounds(); i++) {
                generating[i] = cpu(() -> new EngineContender(engine).generate(answer.request()));
                replaying[i] = cpu(() -> engine.replay(replay));
            }
            for (int i = 0; i < 20; i++) {
                round(32, true); // until the compiler is done
            }
            Round[] many = rounds(32, true);
            Round[] few = rounds(16, false);
            Round[] most = rounds(Challenge.CELLS_MAX, true);
            print(out, median(generating), median(replaying), many, few, most);
        }

        private Round[] rounds(int cells, boolean heads) throws IOException, InterruptedException, MalformedException {
            Round[] rounds = new Round[3 * options.rounds()];
            for (int i = 0; i < rounds.length; i++) {
                rounds[i] = round(cells, heads);
            }
            return rounds;
        }

        /** One challenge: with at least one head, or with none. */
        private Round round(int cells, boolean heads) throws IOException, InterruptedException, MalformedException {
            LightAudit.Subject subject = answer.subject();
            Grid grid = Grid.of(key.program().shape().layers(), subject.transcript());
            Challenge challenge;
            OpeningPlan plan;
            do {
                challenge = Challenge.fresh(subject.digest(), cells, new SecureRandom());
                plan = OpeningPlan.of(key.program(), grid, challenge);
            } while ((plan.heads() > 0) != heads);
            Challenge drawn = challenge;
            byte[][] bytes = new byte[1][];
            double open =
                    cpu(() -> bytes[0] = OpeningFormat.encode(Regenerated.open(engine, subject, answer.salt(), drawn)));
            LightAudit.Report[] report = new LightAudit.Report[1];
            double check =
                    cpu(() -> report[0] = LightAudit.check(key, text, subject, drawn, bytes[0], new SecureRandom()));
            if (!(report[0].verdict() instanceof Verdict.Valid)) {
                throw new IOException("an honest opening is refused, this is a bug: " + report[0].verdict());
            }
            double premises = cpu(() -> LightAudit.premises(key, text, subject, drawn));
            return new Round(open, check, premises, bytes[0].length, plan.heads());
        }

        private void print(
                PrintStream out, double generating, double replaying, Round[] many, Round[] few, Round[] most) {
            double check = of(many, Round::check);
            double over = of(many, Round::open) / replaying;
            double overMost = of(most, Round::open) / replaying;
            if (options.json()) {
                out.println(JsonText.write(Json.object()
                        .put("generation_cpu_millis", Json.of(number(generating / 1e6)))
                        .put("replay_cpu_millis", Json.of(number(replaying / 1e6)))
                        .put("check_cpu_millis", Json.of(number(check / 1e6)))
                        .put("check_over_generation", Json.of(number(check / generating)))
                        .put("opening_32_bytes", Json.of(number(of(many, Round::bytes))))
                        .put("opening_16_bytes", Json.of(number(of(few, Round::bytes))))
                        .put("open_over_replay", Json.of(number(over)))
                        .put("open_256_over_replay", Json.of(number(overMost)))
                        .put("key_bytes", key.encode().length)
                        .build()));
                return;
            }
            line(out, "generating 256 + 256 tokens, CPU", generating / 1e6, "ms", "");
            line(out, "one replay, CPU", replaying / 1e6, "ms", "");
            line(out, "drawing a key, CPU (with compiling)", drawing / 1e6, "ms", "");
            line(out, "the key", key.encode().length / 1e6, "MB", "a few MB");
            line(out, "checking 32 cells, CPU", check / 1e6, "ms", "at most 100 ms");
            line(out, "  of which receipt and transcript", of(many, Round::premises) / 1e6, "ms", "");
            line(out, "  share of generating", 100 * check / generating, "%", "at most 1 %");
            line(out, "opening, 32 cells with heads", of(many, Round::bytes) / 1e6, "MB", "at most 8 MB");
            line(out, "  the longest", largest(many) / 1e6, "MB", "");
            line(out, "opening, 16 cells without", of(few, Round::bytes) / 1e6, "MB", "at most 3 MB");
            line(out, "  the longest", largest(few) / 1e6, "MB", "");
            line(out, "opening / replay, 32 cells", over, "", "at most 1.2");
            line(out, "opening / replay, 256 cells", overMost, "", "at most 1.2");
            line(out, "checking 256 cells, CPU", of(most, Round::check) / 1e6, "ms", "");
            line(out, "opening, 256 cells", of(most, Round::bytes) / 1e6, "MB", "");
        }
    }

    private interface Figure {
        double of(Round round);
    }

    private static double of(Round[] rounds, Figure figure) {
        return median(Arrays.stream(rounds).mapToDouble(figure::of).toArray());
    }

    private static double largest(Round[] rounds) {
        return Arrays.stream(rounds).mapToDouble(Round::bytes).max().orElseThrow();
    }

    private static void line(PrintStream out, String what, double value, String unit, String goal) {
        out.printf(Locale.ROOT, "%-42s %9.3f %-3s %s%n", what, value, unit, goal);
    }

    private static String number(double value) {
        return String.format(Locale.ROOT, "%.5f", value);
    }

    private static double median(double[] values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        return sorted[sorted.length / 2];
    }
}
