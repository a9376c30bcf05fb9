package assay.bench.verification;

import assay.core.audit.AuditKey;
import assay.core.audit.Challenge;
import assay.core.audit.LightAudit;
import assay.core.audit.Opening;
import assay.core.audit.OpeningFormat;
import assay.core.base.Hash;
import assay.core.base.MalformedException;
import assay.core.verify.ModelText;
import assay.core.verify.Verdict;
import assay.engine.infer.BusyException;
import assay.engine.infer.Engine;
import assay.engine.infer.EngineOptions;
import assay.engine.infer.GenerationListener;
import assay.engine.infer.GenerationResult;
import assay.engine.infer.Model;
import assay.engine.infer.PickedToken;
import assay.prover.audit.Regenerated;
import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

/** What an answer of one model costs, and every way of checking it, in processor time of all threads. */
final class Measuring implements AutoCloseable {
    private static final int CLIENTS = 8;
    private static final List<Integer> CELLS = List.of(8, 16, 32, 64);
    private static final int CHECKS = 5;
    private static final double NANO = 1e-9;

    private final Model model;
    private final Engine engine;
    private final ModelText text;
    private final Asked asked;
    private final int answerTokens;
    private final int layers;

    /**
     * @param layers of the whole model, for which light audits are stated
     */
    Measuring(Path file, int layers, String prose, int promptTokens, int answerTokens)
            throws IOException, MalformedException {
        this.model = Model.load(file);
        this.text = ModelText.of(model.program());
        this.asked = Asked.of(model, text, prose, promptTokens, answerTokens);
        this.engine = new Engine(
                model,
                EngineOptions.standard().withThreads(2).withContext(2_048).withCache(0));
        this.answerTokens = answerTokens;
        this.layers = layers;
    }

    @Override
    public void close() {
        engine.close();
    }

    int promptTokens() {
        return asked.promptTokens();
    }

    /** Measures everything once, after a round that does not count. */
    Costs run() throws IOException, InterruptedException, MalformedException {
        generate(1);
        long committed = engine.committingNanos();
        double before = cpu();
        GenerationResult.Choice answer = generate(1).getFirst();
        double alone = cpu() - before;
        double committing = (engine.committingNanos() - committed) * NANO;

        before = cpu();
        generate(CLIENTS);
        double batched = (cpu() - before) / CLIENTS;

        Hash root = answer.roots().after(answer.ids().length);
        before = cpu();
        Hash replayedRoot =
                engine.replay(asked.replay(answer.ids())).choices().getFirst().traceRoot();
        double replayed = cpu() - before;
        if (!replayedRoot.equals(root)) {
            throw new IOException("a replay reached another trace root: this is a bug, please report it");
        }
        double replayedBatched = replayMany(answer.ids());
        LightAudit.Subject subject = asked.answered(answer.ids(), root);
        Light light = light(subject);
        Throughput.Found receipts = Throughput.of(Asked.file(subject));
        return new Costs(
                alone,
                batched,
                committing,
                receipts.cpuSeconds(),
                receipts.perSecond(),
                light.checked,
                light.opened,
                light.bytes,
                replayed,
                replayedBatched);
    }

    private double replayMany(int[] answer) throws InterruptedException {
        double before = cpu();
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < CLIENTS; i++) {
            threads.add(Thread.ofVirtual().start(() -> {
                try {
                    engine.replay(asked.replay(answer));
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            }));
        }
        for (Thread thread : threads) {
            thread.join();
        }
        return (cpu() - before) / CLIENTS;
    }

    /** A light audit of {@link VerificationBench#CELLS} cells of the whole model. */
    private record Light(double checked, double opened, double bytes) {}

    private Light light(LightAudit.Subject subject) throws InterruptedException, MalformedException {
        SplittableRandom random = new SplittableRandom(1);
        AuditKey key = AuditKey.draw(
                model.program(),
                (matrix, row, out) -> System.arraycopy(model.row(matrix, row), 0, out, 0, out.length),
                random);
        List<double[]> counts = new ArrayList<>();
        List<Double> checked = new ArrayList<>();
        List<Double> sent = new ArrayList<>();
        double opened = 0;
        for (int cells : CELLS) {
            Challenge challenge = Challenge.fresh(subject.digest(), cells, random);
            double before = cpu();
            Opening opening = Regenerated.open(engine, subject, Asked.TRACE_SALT, challenge);
            double took = cpu() - before;
            opened = cells == VerificationBench.CELLS ? took : opened;
            byte[] bytes = OpeningFormat.encode(opening);
            double least = Double.MAX_VALUE;
            LightAudit.Report report = LightAudit.check(key, text, subject, challenge, bytes, random);
            for (int i = 0; i < CHECKS; i++) {
                double start = own();
                report = LightAudit.check(key, text, subject, challenge, bytes, random);
                least = Math.min(least, own() - start);
            }
            if (!(report.verdict() instanceof Verdict.Valid)) {
                throw new IllegalStateException("the bench's own opening: " + report.verdict());
            }
            counts.add(new double[] {1, report.drawn() - report.heads(), report.heads()});
            checked.add(least);
            sent.add((double) bytes.length);
        }
        double heads = VerificationBench.CELLS / (layers + 1.0);
        double cells = VerificationBench.CELLS - heads;
        return new Light(at(counts, checked, cells, heads), opened, at(counts, sent, cells, heads));
    }

    private static double at(List<double[]> counts, List<Double> y, double cells, double heads) {
        double[] fit = Fit.solve(counts, y);
        return fit[0] + cells * fit[1] + heads * fit[2];
    }

    private List<GenerationResult.Choice> generate(int clients) throws IOException {
        List<CompletableFuture<GenerationResult>> all = new ArrayList<>();
        for (int i = 0; i < clients; i++) {
            CompletableFuture<GenerationResult> result = new CompletableFuture<>();
            all.add(result);
            try {
                engine.submit(asked.request(), new Waiting(result));
            } catch (BusyException e) {
                throw new IOException(e);
            }
        }
        List<GenerationResult.Choice> answers = new ArrayList<>();
        for (CompletableFuture<GenerationResult> one : all) {
            try {
                answers.add(one.get().choices().getFirst());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IOException("interrupted", e);
            } catch (ExecutionException e) {
                throw new IOException("the engine failed", e);
            }
        }
        for (GenerationResult.Choice answer : answers) {
            if (answer.ids().length != answerTokens
                    || !Arrays.equals(answer.ids(), answers.getFirst().ids())) {
                throw new IOException("the same question had two answers: this is a bug, please report it");
            }
        }
        return answers;
    }

    /** Seconds that all threads of this process have used. */
    static double cpu() {
        return ((OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean()).getProcessCpuTime() * NANO;
    }

    /** Seconds that this thread has used. */
    private static double own() {
        return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime() * NANO;
    }

    static String prose() throws IOException {
        try (var in = Measuring.class.getResourceAsStream("/assay/bench/texts/prose.txt")) {
            return new String(
                    java.util.Objects.requireNonNull(in, "texts/prose.txt").readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private record Waiting(CompletableFuture<GenerationResult> result) implements GenerationListener {
        @Override
        public void started(int cached) {}

        @Override
        public boolean token(int choice, PickedToken token) {
            return true;
        }

        @Override
        public void done(GenerationResult generated) {
            result.complete(generated);
        }

        @Override
        public void failed(Throwable why) {
            result.completeExceptionally(why);
        }
    }
}
