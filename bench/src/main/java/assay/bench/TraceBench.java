package assay.bench;

import assay.core.base.Hash;
import assay.core.base.MalformedException;
import assay.core.codec.Json;
import assay.core.codec.JsonText;
import assay.engine.infer.Engine;
import assay.engine.infer.EngineOptions;
import assay.engine.infer.GenerationResult;
import assay.engine.infer.Model;
import assay.engine.infer.ReplayRequest;
import assay.engine.infer.ReplayResult;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * {@code assay bench trace}: what committing costs, and what a replay costs beside the work that it checks.
 *
 * <p>Shares are of the time of all threads: nanoseconds spent on hashing over threads times elapsed. The
 * replay's peer is the prefill of the same tokens, measured in the same rounds. Medians.
 */
public final class TraceBench {
    private static final int HALF = 256;

    /** What to do; as {@link InferenceBench.Options}. */
    private record Round(
            double decodeShare,
            double prefillShare,
            double rootMillis,
            double replayOverPrefill,
            double replayOverAll) {}

    private TraceBench() {}

    /** Measures and prints; {@code model} is a GGUF file. */
    public static void run(Path model, InferenceBench.Options options, PrintStream out)
            throws IOException, MalformedException, InterruptedException {
        EngineOptions engineOptions = EngineOptions.standard()
                .withThreads(options.threads())
                .withContext(1024)
                .withCache(0);
        try (Engine engine = new Engine(Model.load(model), engineOptions)) {
            int[] ids = InferenceBench.prompt(engine.model());
            EngineContender contender = new EngineContender(engine);
            Told told = new Told("trace", options.rounds() + 1);
            round(engine, contender, ids, options.threads());
            told.step();
            List<Round> rounds = new ArrayList<>();
            for (int i = 0; i < options.rounds(); i++) {
                rounds.add(round(engine, contender, ids, options.threads()));
                told.step();
            }
            print(rounds, options, out);
        }
    }

    private static Round round(Engine engine, EngineContender contender, int[] ids, int threads)
            throws IOException, InterruptedException {
        int[] prompt = Arrays.copyOf(ids, HALF);
        long before = engine.committingNanos();
        GenerationResult first = contender.generate(prompt, 1);
        double prefillNanos = first.times().prefill();
        double prefillShare = (engine.committingNanos() - before) / (prefillNanos * threads);

        before = engine.committingNanos();
        GenerationResult whole = contender.generate(prompt, HALF);
        double committed =
                engine.committingNanos() - before - prefillShare * whole.times().prefill() * threads;
        long start = System.nanoTime();
        int[] answer = whole.choices().getFirst().ids();
        Hash root = whole.choices().getFirst().roots().after(answer.length);
        double rootNanos = System.nanoTime() - start;
        double decodeShare = (committed + rootNanos) / (whole.times().decode() * (double) threads);

        int[] all = Arrays.copyOf(prompt, HALF + answer.length - 1);
        System.arraycopy(answer, 0, all, HALF, answer.length - 1);
        double prefillAll = contender.generate(all, 1).times().prefill();
        ReplayResult replay = engine.replay(new ReplayRequest(contender.request(prompt, HALF), new int[][] {answer}));
        if (!replay.choices().getFirst().traceRoot().equals(root)) {
            throw new IOException("a replay reached another trace root: this is a bug, please report it");
        }
        return new Round(
                decodeShare,
                prefillShare,
                rootNanos * 1e-6,
                replay.nanos() / prefillAll,
                replay.nanos()
                        / (double) (whole.times().prefill() + whole.times().decode()));
    }

    private static void print(List<Round> rounds, InferenceBench.Options options, PrintStream out) {
        double decode = Spread.of(rounds, Round::decodeShare).median();
        double prefill = Spread.of(rounds, Round::prefillShare).median();
        double root = Spread.of(rounds, Round::rootMillis).median();
        double overPrefill = Spread.of(rounds, Round::replayOverPrefill).median();
        double overAll = Spread.of(rounds, Round::replayOverAll).median();
        if (options.json()) {
            out.println(JsonText.write(Json.object()
                    .put("committing_share_of_decode", Json.of(number(decode)))
                    .put("committing_share_of_prefill", Json.of(number(prefill)))
                    .put("root_millis", Json.of(number(root)))
                    .put("replay_over_prefill", Json.of(number(overPrefill)))
                    .put("replay_over_generation", Json.of(number(overAll)))
                    .build()));
            return;
        }
        line(out, "committing, share of decoding", 100 * decode, "%", "at most 1 %");
        line(out, "committing, share of prefill", 100 * prefill, "%", "at most 4 %");
        line(out, "  of which the root of 256 + 256 tokens", root, "ms", "");
        line(out, "replay / prefill of the same tokens", overPrefill, "", "at most 1.15");
        line(out, "replay / generation of 256 + 256 tokens", overAll, "", "at most 0.40");
    }

    private static void line(PrintStream out, String what, double value, String unit, String goal) {
        out.printf(Locale.ROOT, "%-42s %8.3f %-3s %s%n", what, value, unit, goal);
    }

    private static String number(double value) {
        return String.format(Locale.ROOT, "%.5f", value);
    }
}
