package assay.engine.infer;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import assay.core.base.Hash;
import assay.core.kernel.Sampling;
import assay.core.program.Forward;
import assay.core.program.Program;
import assay.engine.compile.Compiler;
import assay.engine.compile.FileWeights;
import assay.engine.gguf.GgmlType;
import assay.engine.gguf.GgufFile;
import assay.engine.gguf.RandomModel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What a request gets does not depend on its company, on threads, on chunks or on what was cached, and is what
 * the plain program of core gives: ids, logits and trace roots.
 */
final class BatchAgreementTest {
    private static final EngineOptions PLAIN = new EngineOptions(1, 256, 16, 64, 32, 32, 0);
    private static final int ANSWER = 12;

    @TempDir
    Path dir;

    /** Ids and trace root of every choice. */
    private record Got(List<List<Integer>> ids, List<Hash> roots) {
        static Got of(GenerationResult result) {
            List<List<Integer>> ids = new ArrayList<>();
            List<Hash> roots = new ArrayList<>();
            for (GenerationResult.Choice c : result.choices()) {
                ids.add(Arrays.stream(c.ids()).boxed().toList());
                roots.add(c.roots().after(c.ids().length));
            }
            return new Got(ids, roots);
        }
    }

    @Test
    void aLlamaOfEightBitsGivesTheSameInAllCompany() throws Exception {
        agree(RandomModel.tiny("llama", GgmlType.Q8_0, 1));
    }

    @Test
    void aLlamaOfFourBitsGivesTheSameInAllCompany() throws Exception {
        agree(RandomModel.tiny("llama", GgmlType.Q4_1, 2));
    }

    @Test
    void aQwenWithBiasesGivesTheSameInAllCompany() throws Exception {
        agree(RandomModel.tiny("qwen2", GgmlType.Q5_0, 3));
    }

    @Test
    void aQwenOfHalvesGivesTheSameInAllCompany() throws Exception {
        agree(RandomModel.tiny("qwen2", GgmlType.F16, 4));
    }

    private void agree(RandomModel random) throws Exception {
        Path file = random.write(dir.resolve("model.gguf"));
        Model model = Model.load(file);
        List<GenerationRequest> requests = requests(random.seed());
        List<Got> alone = new ArrayList<>();
        try (Engine engine = new Engine(model, PLAIN)) {
            for (GenerationRequest r : requests) {
                alone.add(Got.of(submit(engine, r).join()));
            }
            replaysAgree(engine, requests, alone);
            logitsAgree(engine, file, requests.getFirst().prompt());
        }
        greedyIsThePlainProgramsArgMax(file, requests.getFirst(), alone.getFirst());
        sameTogether(model, requests, alone, PLAIN);
        sameTogether(model, requests, alone, PLAIN.withThreads(2));
        sameTogether(model, requests, alone, PLAIN.withChunk(8, 8));
        sameTogether(model, requests, alone, PLAIN.withChunk(512, 96).withThreads(2));
        sameTogether(model, requests, alone, PLAIN.withCache(16L << 20));
    }

    /** Batches of 1, 3 and 16, each on the engine that the ones before have filled the cache of. */
    private static void sameTogether(
            Model model, List<GenerationRequest> requests, List<Got> alone, EngineOptions options) throws Exception {
        int cached = 0;
        try (Engine engine = new Engine(model, options)) {
            for (int batch : new int[] {1, 3, 16}) {
                List<CompletableFuture<GenerationResult>> running = new ArrayList<>();
                for (int i = 0; i < batch; i++) {
                    running.add(submit(engine, requests.get(i)));
                }
                for (int i = 0; i < batch; i++) {
                    GenerationResult result = running.get(i).join();
                    cached += result.cached();
                    assertEquals(alone.get(i), Got.of(result), "request " + i + " of " + batch + " under " + options);
                }
            }
        }
        assertEquals(options.cacheBytes() > 0, cached > 0, "positions reused: " + cached);
    }

    private static void replaysAgree(Engine engine, List<GenerationRequest> requests, List<Got> alone)
            throws InterruptedException {
        for (int i = 0; i < requests.size(); i++) {
            int[][] answers = alone.get(i).ids().stream()
                    .map(ids -> ids.stream().mapToInt(id -> id).toArray())
                    .toArray(int[][]::new);
            ReplayResult replayed = engine.replay(new ReplayRequest(requests.get(i), answers));
            for (int c = 0; c < answers.length; c++) {
                assertEquals(-1, replayed.choices().get(c).firstDifference(), "request " + i + ", choice " + c);
                assertEquals(
                        alone.get(i).roots().get(c), replayed.choices().get(c).traceRoot());
            }
        }
        choicesWithoutIdsCommitToNothing(engine, requests.getFirst());
    }

    private static void choicesWithoutIdsCommitToNothing(Engine engine, GenerationRequest request)
            throws InterruptedException {
        ReplayResult none = engine.replay(new ReplayRequest(request, new int[][] {{}, {}}));
        assertEquals(2, none.choices().size());
        assertEquals(Hash.sha256(), none.choices().getFirst().traceRoot());
    }

    private static void logitsAgree(Engine engine, Path file, int[] ids) throws Exception {
        int[][] plain = plainLogits(file, ids);
        int[][] read = new int[ids.length][];
        engine.read(ids, (position, logits, from) -> {
            read[position] = Arrays.copyOfRange(logits, from, from + plain[position].length);
        });
        for (int t = 0; t < ids.length; t++) {
            assertArrayEquals(plain[t], read[t], "logits at position " + t);
        }
    }

    private static void greedyIsThePlainProgramsArgMax(Path file, GenerationRequest request, Got got) throws Exception {
        assertEquals(0, request.sampling().temperature());
        int[] prompt = request.prompt();
        int[] answer = got.ids().getFirst().stream().mapToInt(id -> id).toArray();
        int[] all = Arrays.copyOf(prompt, prompt.length + answer.length - 1);
        System.arraycopy(answer, 0, all, prompt.length, answer.length - 1);
        int[][] logits = plainLogits(file, all);
        for (int i = 0; i < answer.length; i++) {
            int[] row = logits[prompt.length - 1 + i];
            assertTrue(Arrays.stream(row).max().orElseThrow() == row[answer[i]], "answer " + i + " is not the arg max");
        }
    }

    private static int[][] plainLogits(Path file, int[] ids) throws Exception {
        try (GgufFile gguf = GgufFile.open(file)) {
            Program program = Compiler.compile(gguf);
            Forward forward = new Forward(program, new FileWeights(gguf));
            int[][] x = forward.embed(ids);
            for (int l = 0; l < program.shape().layers(); l++) {
                x = forward.layer(l, x);
            }
            return forward.logits(x);
        }
    }

    /** Sixteen requests: awkward lengths, shared beginnings, one and several choices, many samplers. */
    private static List<GenerationRequest> requests(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        int[] shared = random.ints(40, 0, 256).toArray();
        List<GenerationRequest> requests = new ArrayList<>();
        for (int i = 0; i < 16; i++) {
            int own = new int[] {1, 7, 8, 9, 15, 17, 32, 33}[i % 8];
            int[] prompt = i % 2 == 0 ? random.ints(own, 0, 256).toArray() : Arrays.copyOf(shared, 40 + own);
            for (int t = 40; i % 2 == 1 && t < prompt.length; t++) {
                prompt[t] = random.nextInt(256);
            }
            Sampling sampling = i == 0
                    ? Sampling.greedy(ANSWER)
                    : new Sampling(
                            i % 3 * 0.7,
                            i % 4 * 10,
                            i % 5 == 0 ? 0.9 : 1,
                            0,
                            i % 3 - 1,
                            i % 2,
                            new TreeMap<>(),
                            1 + i % 4 * 3,
                            List.of(),
                            i % 6 == 5 ? 3 : 1,
                            false,
                            0);
            requests.add(
                    new GenerationRequest(prompt, Hash.sha256(new byte[] {(byte) i}), sampling, random.nextLong()));
        }
        return requests;
    }

    private static CompletableFuture<GenerationResult> submit(Engine engine, GenerationRequest request)
            throws BusyException {
        CompletableFuture<GenerationResult> done = new CompletableFuture<>();
        engine.submit(request, new GenerationListener() {
            @Override
            public void started(int cached) {}

            @Override
            public boolean token(int choice, PickedToken token) {
                return true;
            }

            @Override
            public void done(GenerationResult result) {
                done.complete(result);
            }

            @Override
            public void failed(Throwable why) {
                done.completeExceptionally(why);
            }
        });
        return done;
    }
}
