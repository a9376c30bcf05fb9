package assay.bench;

import assay.core.base.Hash;
import assay.core.kernel.Sampling;
import assay.engine.infer.Engine;
import assay.engine.infer.GenerationRequest;
import assay.engine.infer.GenerationResult;
import java.io.IOException;
import java.util.List;
import java.util.TreeMap;

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
        return generate(prompt, count + 1).times().decode() * 1e-9;
    }

    @Override
    public double prefill(int[] prompt) throws IOException {
        return generate(prompt, 1).times().prefill() * 1e-9;
    }

    @Override
    public double many(List<int[]> prompts, int count) throws IOException {
        long start = System.nanoTime();
        Generations.all(
                engine, prompts.stream().map(prompt -> request(prompt, count)).toList());
        return (System.nanoTime() - start) * 1e-9;
    }

    /** Generates exactly {@code count} tokens and gives all that is known about it. */
    GenerationResult generate(int[] prompt, int count) throws IOException {
        return Generations.one(engine, request(prompt, count));
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
}
