package assay.engine.fast;

import assay.core.base.MalformedException;
import assay.core.kernel.WeightType;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Has the vector kernels compiled before they are needed.
 *
 * <p>Until the second compiler has seen it, a vector kernel runs a thousand times slower than after,
 * and a real matrix would keep it busy for seconds. So each is run on a few numbers until a run is
 * quick. No result depends on this. The launcher helps with
 *
 * <pre>
 * -XX:CompileCommand=CompileThresholdScaling,assay.engine.fast.KERNELS::*,0.002
 * -XX:CompileCommand=CompileThresholdScaling,jdk.incubator.vector.*::*,50.0
 * -XX:CompileCommand=CompileThresholdScaling,jdk.internal.vm.vector.*::*,50.0
 * </pre>
 *
 * so that kernels are compiled after some fifty calls (of 25,000) instead of thousands that are interpreted, and the Vector
 * API's methods, which are always inlined in the end, are not also compiled one by one: that costs four times as
 * much as the kernels.
 */
public final class Warmup {
    /** A run below this is compiled code: the tiny inputs take 50 to 200 ns then. */
    private static final long QUICK_NANOS = 700;

    private static final int COLS = 32;

    private static final int QUICK_RUNS = 3;

    /** About as many as queue a kernel for the second compiler, with the launcher's options. */
    private static final int CALLS = 60;

    private static final long WAIT_NANOS = 1_000_000;

    /** How long the first prompt may keep the compiler to itself. */
    private static final long PROMPT_MILLIS = 800;

    private static final MemorySegment CODES = Tiles.buffer();

    /** One of the kernels on inputs of a size: 0 counts as a call and costs nothing, 1 does everything once. */
    interface Run {
        void on(int size);
    }

    /**
     * @param reads whether a prompt needs it
     */
    record Kernel(String name, boolean reads, Run run) {}

    /**
     * What is compiled by when.
     *
     * @param reading completed when a prompt can be read at speed
     * @param read to be completed by whoever has read the first prompt: the compiler is left to it until then
     * @param everything completed, after that, with the names of the kernels that stayed slow
     */
    public record Warmth(
            CompletableFuture<@Nullable Void> reading,
            CompletableFuture<@Nullable Void> read,
            CompletableFuture<List<String>> everything) {}

    /**
     * When to give up: on a machine where no run is ever quick, or that others keep busy.
     *
     * @param millis of time
     * @param waits of a millisecond and a few runs; a busy machine stretches them
     */
    public record Limit(long millis, int waits) {
        /** Two seconds of an idle machine are enough. */
        public static final Limit STANDARD = new Limit(10_000, 6000);
    }

    private Warmup() {}

    /** Starts warming up in the background. */
    public static Warmth start(Limit limit) {
        Warmth warmth = new Warmth(new CompletableFuture<>(), new CompletableFuture<>(), new CompletableFuture<>());
        Thread.ofPlatform().daemon().name("assay-warmup").start(() -> {
            try {
                warmth.everything.complete(run(limit, () -> {
                    warmth.reading.complete(null);
                    warmth.read
                            .completeOnTimeout(null, PROMPT_MILLIS, TimeUnit.MILLISECONDS)
                            .join();
                }));
            } catch (Throwable t) {
                warmth.everything.completeExceptionally(t);
            } finally {
                warmth.reading.complete(null);
            }
        });
        return warmth;
    }

    /**
     * Runs every kernel until it is quick, prefill's first: all of these often enough to be compiled, so that
     * the compiler always has the next one; then waits for it. Then the others.
     *
     * @param limit when to give up
     * @return the names of those that were not quick by then
     */
    public static List<String> run(Limit limit) {
        return run(limit, () -> {});
    }

    private static List<String> run(Limit limit, Runnable canRead) {
        long end = System.nanoTime() + limit.millis * 1_000_000;
        List<Kernel> kernels = kernels();
        List<String> slow =
                new ArrayList<>(run(kernels.stream().filter(Kernel::reads).toList(), limit.waits, end));
        canRead.run();
        slow.addAll(run(kernels.stream().filter(k -> !k.reads()).toList(), limit.waits, end));
        return slow;
    }

    private static List<String> run(List<Kernel> kernels, int waitsMax, long end) {
        for (Kernel kernel : kernels) {
            for (int i = 0; i < CALLS && System.nanoTime() < end; i++) {
                kernel.run.on(i % 16 == 0 ? 1 : 0);
            }
        }
        List<String> slow = new ArrayList<>();
        int waits = 0;
        for (Kernel kernel : kernels) {
            int quick = 0;
            while (quick < QUICK_RUNS && waits < waitsMax && System.nanoTime() < end) {
                quick = isQuick(kernel) ? quick + 1 : 0;
                if (quick == 0) {
                    waits++;
                    LockSupport.parkNanos(WAIT_NANOS); // the compiler needs the processor more
                }
            }
            if (quick < QUICK_RUNS) {
                slow.add(kernel.name);
            }
        }
        return slow;
    }

    private static boolean isQuick(Kernel kernel) {
        long start = System.nanoTime();
        kernel.run.on(1);
        boolean quick = System.nanoTime() - start < QUICK_NANOS;
        for (int i = 0; i < 32 && !quick; i++) {
            kernel.run.on(0); // counts: the compiler takes first what is called most often
        }
        return quick;
    }

    static List<Kernel> kernels() {
        PackedMatrix nibbles = zeros(WeightType.Q4_1);
        PackedMatrix bytes = zeros(WeightType.Q8_0);
        float[] a = new float[COLS * Activations.TILE];
        long codes = CODES.address();
        float[] tile = new float[Activations.TILE * PackedMatrix.STRIP];
        float[] negatives = new float[2];
        float[] groupSums = new float[VectorDot.ROWS];
        double[] sums = new double[Activations.TILE];
        double[] out = new double[Activations.TILE * PackedMatrix.STRIP];
        int[] y = new int[PackedMatrix.STRIP];
        int[] shifts = new int[1];
        short[] kv = new short[16 * 16];
        double[] q = new double[16 * Attention.OCT];
        double[] shares = new double[16 * Attention.OCT];
        int second = nibbles.offset(1);
        return List.of(
                new Kernel("multiply", true, n -> Tiles.multiply(codes, 2 * n, a, 0, sums, 0, 0, tile, 0)),
                new Kernel(
                        "fold", true, n -> Tiles.foldHalves(tile, nibbles.words(), 0, second, sums, 0, 1, n, 1, out)),
                new Kernel("unpack nibbles", true, n -> Tiles.nibbles(nibbles.words(), 16, codes, 0)),
                new Kernel("finish", true, n -> Rounding.finish(out, 0, 16 * n, 1, 20, null, 0, y, 0)),
                new Kernel("finish all", true, n -> Rounding.finishAll(out, 16, n, 1, 20, shifts, 0, null, 0, y, 0, 0)),
                new Kernel("scores of eight", true, n -> Heads.scoresOfEight(kv, 0, 2 * n, q, out, 0, 16)),
                new Kernel("values of eight", true, n -> Heads.valuesOfEight(kv, 0, 2 * n, 16, shares, 0, 16, out)),
                new Kernel("largest score", true, n -> Heads.max(shares, 0, 1 + 15 * n)),
                new Kernel("unpack bytes", true, n -> Tiles.bytes(bytes.words(), 16, codes, 0)),
                new Kernel("scores", false, n -> Heads.scores(kv, 0, 2 * n, q, out, 0, 16)),
                new Kernel("values", false, n -> Heads.values(kv, 0, 2 * n, 16, shares, 0, 16, out)),
                new Kernel(
                        "nibbles",
                        false,
                        n -> VectorDot.nibbles(nibbles.words(), 0, 0, 0, 0, 80, n, a, 0, negatives, 0, groupSums)),
                new Kernel(
                        "bytes",
                        false,
                        n -> VectorDot.bytes(bytes.words(), 0, 0, 0, 0, 144, n, a, 0, negatives, 0, groupSums)),
                new Kernel(
                        "fold sums",
                        false,
                        n -> VectorFold.foldHalves(groupSums, nibbles.words(), 0, 0, 0, 0, 80, n, sums, 0, 1, out)));
    }

    private static PackedMatrix zeros(WeightType type) {
        byte[] rows = new byte[Math.toIntExact(PackedMatrix.STRIP * type.rowBytes(COLS))];
        try {
            return PackedMatrix.pack(type, PackedMatrix.STRIP, COLS, MemorySegment.ofArray(rows));
        } catch (MalformedException e) {
            throw new AssertionError(e);
        }
    }
}
