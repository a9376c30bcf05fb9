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
import assay.engine.infer.GenerationResult;
import assay.engine.infer.Model;
import assay.engine.infer.ReplayRequest;
import assay.prover.audit.Regenerated;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * {@code assay bench light}: what a light audit costs the node and its checker, beside generating 256 + 256 tokens.
 *
 * <p>All times are CPU time of the threads that work, so that company on the machine does not show; the compiler's
 * threads are left out. Medians over rounds, each with its own challenge.
 */
public final class LightBench {
    private static final int HALF = 256;

    private LightBench() {}

    /** CPU seconds of a replay, of opening and of checking, one after another, and the opening's size. */
    private record Round(double replay, double open, double check, double premises, double bytes) {
        double openOverReplay() {
            return open / replay;
        }
    }

    /** Measures and prints; {@code model} is a GGUF file. */
    public static void run(Path model, InferenceBench.Options options, PrintStream out)
            throws IOException, MalformedException, InterruptedException {
        AuditKey[] key = new AuditKey[1];
        double drawing = CpuTime.of(() -> {
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
            Question question = Question.of(engine.model(), text, HALF, HALF);
            GenerationResult.Choice answer =
                    Generations.one(engine, question.request()).choices().getFirst();
            new Measuring(engine, text, key[0], question, answer, question.answered(answer), options, drawing).run(out);
        }
    }

    private record Measuring(
            Engine engine,
            ModelText text,
            AuditKey key,
            Question question,
            GenerationResult.Choice answer,
            LightAudit.Subject subject,
            InferenceBench.Options options,
            double drawing) {

        void run(PrintStream out) throws IOException, InterruptedException, MalformedException {
            double[] generating = new double[options.rounds()];
            for (int i = 0; i < options.rounds(); i++) {
                generating[i] = CpuTime.of(() -> Generations.one(engine, question.request()));
            }
            for (int i = 0; i < 20; i++) {
                round(32, true); // until the compiler is done
            }
            List<Round> many = rounds(32, true);
            List<Round> few = rounds(16, false);
            List<Round> most = rounds(Challenge.CELLS_MAX, true);
            print(out, Spread.of(generating).median(), many, few, most);
        }

        private List<Round> rounds(int cells, boolean heads)
                throws IOException, InterruptedException, MalformedException {
            List<Round> rounds = new ArrayList<>();
            for (int i = 0; i < 3 * options.rounds(); i++) {
                rounds.add(round(cells, heads));
            }
            return rounds;
        }

        /** One challenge: with at least one head, or with none. */
        private Round round(int cells, boolean heads) throws IOException, InterruptedException, MalformedException {
            Grid grid = Grid.of(key.program().shape().layers(), subject.transcript());
            Challenge challenge;
            OpeningPlan plan;
            do {
                challenge = Challenge.fresh(subject.digest(), cells, new SecureRandom());
                plan = OpeningPlan.of(key.program(), grid, challenge);
            } while ((plan.heads() > 0) != heads);
            Challenge drawn = challenge;
            byte[][] bytes = new byte[1][];
            ReplayRequest again = question.replay(answer.ids());
            double replay = CpuTime.of(() -> engine.replay(again));
            double open = CpuTime.of(() ->
                    bytes[0] = OpeningFormat.encode(Regenerated.open(engine, subject, Question.TRACE_SALT, drawn)));
            LightAudit.Report[] report = new LightAudit.Report[1];
            double check = CpuTime.of(
                    () -> report[0] = LightAudit.check(key, text, subject, drawn, bytes[0], new SecureRandom()));
            if (!(report[0].verdict() instanceof Verdict.Valid)) {
                throw new IOException("an honest opening is refused, this is a bug: " + report[0].verdict());
            }
            double premises = CpuTime.of(() -> LightAudit.premises(key, text, subject, drawn));
            return new Round(replay, open, check, premises, bytes[0].length);
        }

        private void print(PrintStream out, double generating, List<Round> many, List<Round> few, List<Round> most) {
            double check = Spread.of(many, Round::check).median();
            double replaying = Spread.of(many, Round::replay).median();
            double over = Spread.of(many, Round::openOverReplay).median();
            double overMost = Spread.of(most, Round::openOverReplay).median();
            if (options.json()) {
                out.println(JsonText.write(Json.object()
                        .put("generation_cpu_millis", Json.of(number(generating * 1e3)))
                        .put("replay_cpu_millis", Json.of(number(replaying * 1e3)))
                        .put("check_cpu_millis", Json.of(number(check * 1e3)))
                        .put("check_over_generation", Json.of(number(check / generating)))
                        .put(
                                "opening_32_bytes",
                                Json.of(number(Spread.of(many, Round::bytes).median())))
                        .put(
                                "opening_16_bytes",
                                Json.of(number(Spread.of(few, Round::bytes).median())))
                        .put("open_over_replay", Json.of(number(over)))
                        .put("open_256_over_replay", Json.of(number(overMost)))
                        .put("key_bytes", key.encode().length)
                        .build()));
                return;
            }
            line(out, "generating 256 + 256 tokens, CPU", generating * 1e3, "ms", "");
            line(out, "one replay, CPU", replaying * 1e3, "ms", "");
            line(out, "drawing a key, CPU (with compiling)", drawing * 1e3, "ms", "");
            line(out, "the key", key.encode().length / 1e6, "MB", "a few MB");
            line(out, "checking 32 cells, CPU", check * 1e3, "ms", "at most 100 ms");
            line(
                    out,
                    "  of which receipt and transcript",
                    Spread.of(many, Round::premises).median() * 1e3,
                    "ms",
                    "");
            line(out, "  share of generating", 100 * check / generating, "%", "at most 1 %");
            line(
                    out,
                    "opening, 32 cells with heads",
                    Spread.of(many, Round::bytes).median() / 1e6,
                    "MB",
                    "at most 8 MB");
            line(out, "  the longest", Spread.of(many, Round::bytes).high() / 1e6, "MB", "");
            line(out, "opening, 16 cells without", Spread.of(few, Round::bytes).median() / 1e6, "MB", "at most 3 MB");
            line(out, "  the longest", Spread.of(few, Round::bytes).high() / 1e6, "MB", "");
            line(out, "opening / the replay before it, 32 cells", over, "", "at most 1.2");
            line(out, "opening / the replay before it, 256 cells", overMost, "", "at most 1.2");
            line(out, "checking 256 cells, CPU", Spread.of(most, Round::check).median() * 1e3, "ms", "");
            line(out, "opening, 256 cells", Spread.of(most, Round::bytes).median() / 1e6, "MB", "");
        }
    }

    private static void line(PrintStream out, String what, double value, String unit, String goal) {
        out.printf(Locale.ROOT, "%-42s %9.3f %-3s %s%n", what, value, unit, goal);
    }

    private static String number(double value) {
        return String.format(Locale.ROOT, "%.5f", value);
    }
}
