package assay.bench;

import assay.core.base.Hash;
import assay.core.kernel.Sampling;
import assay.engine.infer.BusyException;
import assay.engine.infer.Engine;
import assay.engine.infer.GenerationListener;
import assay.engine.infer.GenerationRequest;
import assay.engine.infer.GenerationResult;
import assay.engine.infer.PickedToken;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

/**
 * The exact engine, in this process, with everything that a served request has: sampler and trace.
 *
 * <p>Ids that would end an answer are biased away, so that every run has its full length.
 */
final class EngineContender implements Contender {
    private final Engine engine;

    /** An engine without a prefix cache. */
    EngineContender(Engine engine) {
        this.engine = engine;
    }

    @Override
    public String name() {
        return "assay";
    }

    @Override
    public double decode(int[] prompt, int count) throws IOException {
        return await(submit(prompt, count + 1)).times().decode() * 1e-9;
    }

    @Override
    public double prefill(int[] prompt) throws IOException {
        return await(submit(prompt, 1)).times().prefill() * 1e-9;
    }

    @Override
    public double many(List<int[]> prompts, int count) throws IOException {
        long start = System.nanoTime();
        List<CompletableFuture<GenerationResult>> all = new ArrayList<>();
        for (int[] prompt : prompts) {
            all.add(submit(prompt, count));
        }
        for (CompletableFuture<GenerationResult> one : all) {
            await(one);
        }
        return (System.nanoTime() - start) * 1e-9;
    }

    /** Generates exactly {@code count} tokens and gives all that is known about it. */
    GenerationResult generate(int[] prompt, int count) throws IOException {
        return await(submit(prompt, count));
    }

    /** Generates what is asked for. */
    GenerationResult generate(GenerationRequest request) throws IOException {
        return await(submit(request));
    }

    /** The request that {@link #generate} makes. */
    GenerationRequest request(int[] prompt, int count) {
        TreeMap<Integer, Double> bias = new TreeMap<>();
        for (int id : engine.model().stopIds()) {
            bias.put(id, -100.0);
        }
        Sampling sampling = new Sampling(0, 0, 1, 0, 0, 0, bias, count, List.of(), 1, false, 0);
        return new GenerationRequest(prompt, Hash.sha256(), sampling, 0);
    }

    private CompletableFuture<GenerationResult> submit(int[] prompt, int count) throws IOException {
        return submit(request(prompt, count));
    }

    private CompletableFuture<GenerationResult> submit(GenerationRequest request) throws IOException {
        CompletableFuture<GenerationResult> result = new CompletableFuture<>();
        try {
            engine.submit(request, new Waiting(result));
        } catch (BusyException e) {
            throw new IOException(e);
        }
        return result;
    }

    private static GenerationResult await(CompletableFuture<GenerationResult> result) throws IOException {
        try {
            return result.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        } catch (ExecutionException e) {
            throw new IOException("the engine failed", e);
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
