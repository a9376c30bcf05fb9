package assay.engine.infer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import assay.core.base.Hash;
import assay.core.kernel.Sampling;
import assay.engine.fast.KvCache;
import assay.engine.gguf.GgmlType;
import assay.engine.gguf.RandomModel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** How requests that go wrong, or are given up, leave the others alone. */
@Timeout(240)
final class EngineTest {
    private static final int ANSWER = 100;
    private static Model model;

    @BeforeAll
    static void load(@TempDir Path dir) throws Exception {
        model = Model.load(RandomModel.tiny("llama", GgmlType.Q8_0, 5).write(dir.resolve("model.gguf")));
    }

    @Test
    void aRequestThatIsCancelledWhileItWaitsGivesUpItsPlace() throws Exception {
        try (Engine engine = new Engine(model, new EngineOptions(1, 256, 1, 1, 32, 32, 0))) {
            CountDownLatch queued = new CountDownLatch(1);
            Heard second = new Heard();
            Heard first = new Heard() {
                @Override
                public boolean token(int choice, PickedToken token) {
                    await(queued);
                    super.token(choice, token);
                    return !second.end.isDone();
                }
            };
            engine.submit(request(prompt(20, 0), ANSWER), first);
            first.started.await();
            Generation waiting = engine.submit(request(prompt(20, 1), ANSWER), second);
            waiting.cancel();
            queued.countDown();
            assertEquals(0, second.end.join().choices().getFirst().ids().length);
            first.end.join();
            assertTrue(first.tokens < ANSWER, "the second was told while the first was at work");
        }
    }

    @Test
    void aListenerThatFailsEndsItsOwnRequestAlone() throws Exception {
        try (Engine engine = new Engine(model, new EngineOptions(1, 256, 4, 4, 32, 32, 0))) {
            Heard failing = new Heard() {
                @Override
                public boolean token(int choice, PickedToken token) {
                    if (tokens == 3) {
                        throw new IllegalStateException("for the test");
                    }
                    return super.token(choice, token);
                }
            };
            Heard other = new Heard();
            engine.submit(request(prompt(20, 0), ANSWER), failing);
            engine.submit(request(prompt(20, 1), 20), other);
            assertThrows(CompletionException.class, failing.end::join);
            other.end.join();
            assertTrue(other.tokens > 0);
        }
    }

    @Test
    void aListenerThatFailsAtItsStartOrEndLeavesTheEngineAlive() throws Exception {
        try (Engine engine = new Engine(model, new EngineOptions(1, 256, 4, 4, 32, 32, 0))) {
            engine.submit(request(prompt(20, 0), 2), new Heard() {
                @Override
                public void started(int cached) {
                    throw new IllegalStateException("for the test");
                }

                @Override
                public void failed(Throwable why) {
                    throw new IllegalStateException("for the test, too");
                }
            });
            Heard next = new Heard();
            engine.submit(request(prompt(20, 1), 2), next);
            next.end.get(120, TimeUnit.SECONDS);
        }
    }

    @Test
    void pagesThatCachedSequencesShareCountOnce() throws Exception {
        int[] one = prompt(230, 0);
        int[] other = one.clone();
        Arrays.fill(other, 200, 230, 3);
        try (Engine engine = new Engine(model, new EngineOptions(1, 256, 4, 4, 32, 32, sizeBytes(6, 256 + 400)))) {
            assertEquals(0, cached(engine, one));
            assertEquals(200, cached(engine, other));
            assertEquals(229, cached(engine, one), "both are kept");
        }
    }

    @Test
    void aSequenceThatIsLargerThanTheCacheDrivesNothingOut() throws Exception {
        int[] small = prompt(60, 0);
        try (Engine engine = new Engine(model, new EngineOptions(1, 256, 4, 4, 32, 32, sizeBytes(2, 128)))) {
            assertEquals(0, cached(engine, small));
            assertEquals(0, cached(engine, prompt(230, 1)));
            assertEquals(59, cached(engine, small));
        }
    }

    @Test
    void whatDoesNotFitTheMemoryBesideOthersWaitsAndEndsToo() throws Exception {
        GenerationRequest one = request(prompt(100, 0), ANSWER);
        long need = Need.bytes(model.program().shape(), 100, one.sampling());
        EngineOptions two = new EngineOptions(1, 256, 16, 16, 32, 32, 0).withWork(2 * need + need / 2);
        try (Engine engine = new Engine(model, two)) {
            List<Heard> all = new ArrayList<>();
            AtomicLong most = new AtomicLong();
            AtomicInteger together = new AtomicInteger();
            for (int i = 0; i < 6; i++) {
                Heard heard = new Heard() {
                    @Override
                    public boolean token(int choice, PickedToken token) {
                        most.accumulateAndGet(engine.reservedBytes(), Math::max);
                        together.accumulateAndGet(engine.running(), Math::max);
                        return super.token(choice, token);
                    }
                };
                all.add(heard);
                engine.submit(request(prompt(100, i), ANSWER), heard);
            }
            for (Heard heard : all) {
                heard.end.get(120, TimeUnit.SECONDS);
            }
            assertEquals(2, together.get());
            assertEquals(2 * need, most.get());
        }
    }

    @Test
    void aRequestThatNeverFitsTheMemoryIsRefused() throws Exception {
        GenerationRequest one = request(prompt(100, 0), ANSWER);
        long need = Need.bytes(model.program().shape(), 100, one.sampling());
        EngineOptions little = new EngineOptions(1, 256, 16, 16, 32, 32, 0).withWork(need - 1);
        try (Engine engine = new Engine(model, little)) {
            assertThrows(IllegalArgumentException.class, () -> engine.submit(one, new Heard()));
        }
    }

    /** What a request is said to need is what its K, V and trace take at their longest, or more. */
    @Test
    void theNeedOfARequestIsNoLessThanItsSequencesTake() {
        for (int prompt : new int[] {1, 63, 64, 65, 200}) {
            for (int tokens : new int[] {1, 64, 100}) {
                for (int n : new int[] {1, 3, 8}) {
                    Sequence first = new Sequence(model);
                    first.keysValues().reserve(0, prompt);
                    Set<Object> counted = Collections.newSetFromMap(new IdentityHashMap<>());
                    List<KvCache> all = new ArrayList<>(List.of(first.keysValues()));
                    for (int i = 1; i < n; i++) {
                        all.add(first.keysValues().fork(prompt));
                    }
                    all.forEach(cache -> cache.reserve(prompt, prompt + tokens));
                    long taken =
                            all.stream().mapToLong(c -> c.sizeBytes(counted)).sum();
                    long said = Need.bytes(model.program().shape(), prompt, n, tokens);
                    assertTrue(said >= taken, prompt + " + " + n + " x " + tokens + ": " + said + " < " + taken);
                }
            }
        }
    }

    /** Bytes of so many pages of K and V, and of a trace with room for so many positions. */
    private static long sizeBytes(int pages, int positions) {
        Sequence sequence = new Sequence(model);
        sequence.keysValues().reserve(0, pages * 64);
        return sequence.keysValues().sizeBytes(Collections.newSetFromMap(new IdentityHashMap<>()))
                + 32L * positions * (model.program().shape().layers() + 2);
    }

    /** Ids of this prompt that were reused. */
    private static int cached(Engine engine, int[] prompt) throws Exception {
        Heard heard = new Heard();
        engine.submit(request(prompt, 2), heard);
        return heard.end.join().cached();
    }

    private static int[] prompt(int length, int variant) {
        int[] ids = new int[length];
        for (int i = 0; i < length; i++) {
            ids[i] = 4 + (i * 7 + variant * 11) % 40;
        }
        return ids;
    }

    private static GenerationRequest request(int[] prompt, int answer) {
        return new GenerationRequest(prompt, Hash.sha256(), Sampling.greedy(answer), 1);
    }

    /** Hears of one request. */
    private static class Heard implements GenerationListener {
        final CountDownLatch started = new CountDownLatch(1);
        final CompletableFuture<GenerationResult> end = new CompletableFuture<>();
        volatile int tokens;

        static void await(CountDownLatch latch) {
            try {
                latch.await();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }

        @Override
        public void started(int cached) {
            started.countDown();
        }

        @Override
        public boolean token(int choice, PickedToken token) {
            tokens++;
            return true;
        }

        @Override
        public void done(GenerationResult result) {
            end.complete(result);
        }

        @Override
        public void failed(Throwable why) {
            end.completeExceptionally(why);
        }
    }
}
