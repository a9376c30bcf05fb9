package assay.bench.verification;

import assay.bench.CpuTime;
import assay.bench.Generations;
import assay.bench.Question;
import assay.bench.Spread;
import assay.core.audit.AuditKey;
import assay.core.audit.Challenge;
import assay.core.audit.LightAudit;
import assay.core.audit.OpeningFormat;
import assay.core.base.Hash;
import assay.core.base.MalformedException;
import assay.core.program.Shape;
import assay.core.receipt.Transcript;
import assay.core.verify.ModelText;
import assay.core.verify.Verdict;
import assay.engine.infer.Engine;
import assay.engine.infer.EngineOptions;
import assay.engine.infer.GenerationResult;
import assay.engine.infer.Model;
import assay.engine.infer.ReplayRequest;
import assay.prover.audit.Regenerated;
import assay.prover.dispute.DisputeCost;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Queue;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentLinkedQueue;

/** One model in memory: what an answer of it costs, and every way of checking it. */
final class Measuring implements AutoCloseable {
    /** Clients of a batch. */
    static final int CLIENTS = 8;

    /** Replays at once: enough to fill every step of the engine. */
    static final int REPLAYS = 4;

    private static final int[] CELLS = {8, 16, 32, 64};
    private static final int CHECKS = 7;
    private static final int REFEREE_RUNS = 25;

    private final int layers;
    private final Model model;
    private final ModelText text;
    private final Question question;
    private final Engine engine;
    private final GenerationResult.Choice answer;

    /**
     * Loads a model and lets it answer once, which does not count.
     *
     * @param layers that the file has
     */
    Measuring(Path file, int layers, Workload workload) throws IOException, MalformedException {
        this.layers = layers;
        model = Model.load(file);
        text = ModelText.of(model.program());
        question = Question.of(model, text, workload.promptTokens(), workload.answerTokens());
        engine = new Engine(
                model,
                EngineOptions.standard()
                        .withThreads(Throughput.THREADS)
                        .withContext(2_048)
                        .withCache(0));
        answer = Generations.one(engine, question.request()).choices().getFirst();
        if (answer.ids().length != workload.answerTokens()) {
            throw new IOException("an answer of " + answer.ids().length + " tokens: this is a bug, please report it");
        }
    }

    @Override
    public void close() {
        engine.close();
    }

    int layers() {
        return layers;
    }

    int promptTokens() {
        return question.promptTokens();
    }

    /** A round of one client's answer and its replay. */
    Costs round() throws IOException, InterruptedException, MalformedException {
        long committed = engine.committingNanos();
        double alone = CpuTime.of(() -> same(Generations.many(engine, question.request(), 1)));
        double committing = (engine.committingNanos() - committed) * 1e-9;
        return new Costs(alone, committing, replayed());
    }

    /** A round of batches. */
    Costs.Batch batch() throws IOException, InterruptedException, MalformedException {
        double answered = CpuTime.of(() -> same(Generations.many(engine, question.request(), CLIENTS)));
        double replayed = CpuTime.of(this::replayMany);
        return new Costs.Batch(answered / CLIENTS, replayed / REPLAYS);
    }

    private void same(List<GenerationResult> results) throws IOException {
        for (GenerationResult result : results) {
            if (!Arrays.equals(result.choices().getFirst().ids(), answer.ids())) {
                throw new IOException("the same question had two answers: this is a bug, please report it");
            }
        }
    }

    private double replayed() throws IOException, InterruptedException, MalformedException {
        ReplayRequest replay = question.replay(answer.ids());
        Hash root = answer.roots().after(answer.ids().length);
        return CpuTime.of(() -> {
            if (!engine.replay(replay).choices().getFirst().traceRoot().equals(root)) {
                throw new IOException("a replay reached another trace root: this is a bug, please report it");
            }
        });
    }

    private void replayMany() throws IOException, InterruptedException, MalformedException {
        ReplayRequest replay = question.replay(answer.ids());
        Hash root = answer.roots().after(answer.ids().length);
        Queue<String> failed = new ConcurrentLinkedQueue<>();
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < REPLAYS; i++) {
            threads.add(Thread.ofVirtual().start(() -> {
                try {
                    if (!engine.replay(replay).choices().getFirst().traceRoot().equals(root)) {
                        failed.add("another trace root");
                    }
                } catch (InterruptedException | RuntimeException e) {
                    failed.add(e.toString());
                }
            }));
        }
        for (Thread thread : threads) {
            thread.join();
        }
        if (!failed.isEmpty()) {
            throw new IOException("a replay failed: " + failed);
        }
    }

    /** Light audits of several sizes, each checked often. */
    Light light() throws IOException, InterruptedException, MalformedException {
        SplittableRandom random = new SplittableRandom(1);
        AuditKey key = AuditKey.draw(
                model.program(),
                (matrix, row, out) -> System.arraycopy(model.row(matrix, row), 0, out, 0, out.length),
                random);
        LightAudit.Subject subject = question.answered(answer);
        Light.Samples samples = new Light.Samples();
        double openedOverReplay = 0;
        replayed();
        for (int cells : CELLS) {
            Challenge challenge = Challenge.fresh(subject.digest(), cells, random);
            byte[][] bytes = new byte[1][];
            double replay = cells == VerificationBench.CELLS ? replayed() : Double.NaN;
            double took = CpuTime.of(() ->
                    bytes[0] = OpeningFormat.encode(Regenerated.open(engine, subject, Question.TRACE_SALT, challenge)));
            openedOverReplay = cells == VerificationBench.CELLS ? took / replay : openedOverReplay;
            double[] checks = new double[CHECKS];
            LightAudit.Report report = LightAudit.check(key, text, subject, challenge, bytes[0], random);
            for (int i = 0; i < CHECKS; i++) {
                double start = CpuTime.own();
                report = LightAudit.check(key, text, subject, challenge, bytes[0], random);
                checks[i] = CpuTime.own() - start;
            }
            if (!(report.verdict() instanceof Verdict.Valid)) {
                throw new IOException("an honest opening is refused, this is a bug: " + report.verdict());
            }
            samples.add(
                    report.drawn() - report.heads(),
                    report.heads(),
                    Spread.of(checks).median(),
                    bytes[0].length);
        }
        return samples.fitted(openedOverReplay);
    }

    /** The receipt of the answer, as a file. */
    byte[] receipt() {
        return Question.file(question.answered(answer));
    }

    /** What an auditor who replays has to be sent. */
    Transcript transcript() {
        return question.answered(answer).transcript();
    }

    /** A dispute about an answer of this length to a model of this shape. */
    DisputeCost dispute(Shape shape) throws MalformedException {
        LightAudit.Subject subject = question.answered(answer);
        int steps = question.promptTokens() + answer.ids().length - 1;
        DisputeCost.measure(shape, steps, subject, REFEREE_RUNS); // until the compiler is done
        return DisputeCost.measure(shape, steps, subject, REFEREE_RUNS);
    }
}
