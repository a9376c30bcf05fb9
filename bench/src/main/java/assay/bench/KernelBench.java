package assay.bench;

import assay.core.base.MalformedException;
import assay.core.codec.Json;
import assay.core.codec.JsonText;
import assay.core.kernel.WeightType;
import assay.core.program.Matrix;
import assay.core.program.Program;
import assay.engine.fast.Activations;
import assay.engine.fast.Linear;
import assay.engine.fast.PackedMatrix;
import assay.engine.fast.Roofline;
import assay.engine.infer.Model;
import java.io.IOException;
import java.io.PrintStream;
import java.lang.foreign.MemorySegment;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.TreeMap;

/**
 * {@code assay bench kernels}: how near the kernels of the linear operations are to what the machine can do, and what that
 * allows for a model.
 *
 * <p>Rates are multiply-adds a nanosecond of one thread's processor time, so that other programs disturb them little;
 * each is divided by the machine's own rate of float multiply-adds from registers, measured just before and just after.
 * Matrices lie in the second cache, so that a rate is the kernel's own. Medians.
 */
public final class KernelBench {
    private static final int COLS = 576;
    private static final int ROWS = 1536;
    private static final int[] TOKENS = {1, 8, 64};
    private static final int WARM_ROUNDS = 10;
    private static final int PEAK_ROUNDS = 3_000_000;
    private static final long PRODUCTS = 200_000_000;

    /** Larger than any cache. */
    private static final int WORDS = 64 << 20;

    /** One kernel: {@code rate} multiply-adds a nanosecond and thread, and its share of the machine's. */
    private record Measured(WeightType type, int tokens, double rate, double share) {}

    private final ThreadMXBean threads = ManagementFactory.getThreadMXBean();
    private final int rounds;
    private float sink;

    private KernelBench(int rounds) {
        this.rounds = rounds;
    }

    /** Measures and prints; {@code model} is a GGUF file. */
    public static void run(Path model, InferenceBench.Options options, PrintStream out)
            throws IOException, MalformedException, InterruptedException {
        Program program = Model.load(model).program();
        KernelBench bench = new KernelBench(2 * options.rounds() + 1);
        TreeMap<WeightType, List<Measured>> kernels = new TreeMap<>();
        for (Matrix matrix : program.matrices()) {
            if (!kernels.containsKey(matrix.type())) {
                kernels.put(matrix.type(), bench.measure(matrix.type()));
            }
        }
        double bytes = bench.memory(options.threads());
        if (options.json()) {
            out.println(JsonText.write(json(program, kernels, bytes, options.threads())));
        } else {
            print(program, kernels, bytes, options.threads(), out);
        }
    }

    private List<Measured> measure(WeightType type) throws MalformedException {
        SplittableRandom random = new SplittableRandom(1);
        byte[] bytes = new byte[Math.toIntExact(type.rowBytes(COLS) * ROWS)];
        PackedMatrix w = PackedMatrix.pack(type, ROWS, COLS, MemorySegment.ofArray(bytes));
        List<Measured> measured = new ArrayList<>();
        for (int n : TOKENS) {
            Activations a = new Activations(n, COLS);
            a.begin(n, COLS);
            for (int t = 0; t < n; t++) {
                a.set(t, random.ints(COLS, -(1 << 20), 1 << 20).toArray(), 0);
            }
            for (int tile = 0; tile < a.tiles(); tile++) {
                a.interleave(tile, 0, a.groups());
            }
            measured.add(measure(type, n, w, a));
        }
        return measured;
    }

    private Measured measure(WeightType type, int n, PackedMatrix w, Activations a) {
        Linear linear = new Linear();
        int[] y = new int[n * ROWS];
        long products = (long) n * ROWS * COLS;
        int times = (int) Math.max(1, PRODUCTS / products);
        double[] rates = new double[rounds];
        double[] shares = new double[rounds];
        for (int round = -WARM_ROUNDS; round < rounds; round++) {
            double before = peak();
            long start = threads.getCurrentThreadCpuTime();
            for (int i = 0; i < times; i++) {
                linear.apply(w, a, 16, 14, null, y, 0, ROWS, 0, ROWS, 0, n);
            }
            double rate = (double) products * times / (threads.getCurrentThreadCpuTime() - start);
            double after = peak();
            if (round >= 0) {
                rates[round] = rate;
                shares[round] = rate / ((before + after) / 2);
            }
        }
        return new Measured(
                type, n, Spread.of(rates).median(), Spread.of(shares).median());
    }

    /** The machine's multiply-adds a nanosecond of one thread. */
    private double peak() {
        long start = threads.getCurrentThreadCpuTime();
        sink += Roofline.multiplyAdd(PEAK_ROUNDS);
        return (double) PEAK_ROUNDS * Roofline.productsARound() / (threads.getCurrentThreadCpuTime() - start);
    }

    /** Bytes a nanosecond that all threads together read. */
    private double memory(int count) throws InterruptedException {
        int[] words = new int[WORDS];
        double[] rates = new double[rounds];
        for (int round = -2; round < rounds; round++) {
            Thread[] readers = new Thread[count];
            long start = System.nanoTime();
            for (int i = 0; i < count; i++) {
                int from = (int) ((long) WORDS * i / count);
                int to = (int) ((long) WORDS * (i + 1) / count);
                readers[i] = Thread.ofPlatform().start(() -> sink += Roofline.read(words, from, to));
            }
            for (Thread reader : readers) {
                reader.join();
            }
            if (round >= 0) {
                rates[round] = 4.0 * WORDS / (System.nanoTime() - start);
            }
        }
        return Spread.of(rates).median();
    }

    /**
     * Tokens a second if a step of n tokens did nothing but the linear operations, at the kernels' own rates, and never
     * waited for memory.
     */
    private static double byKernels(
            Program program, TreeMap<WeightType, List<Measured>> kernels, int which, int count) {
        double nanos = 0;
        for (Matrix m : program.matrices()) {
            if (isUsed(program, m, which)) {
                nanos += (double) m.rows()
                        * m.cols()
                        / Objects.requireNonNull(kernels.get(m.type()))
                                .get(which)
                                .rate();
            }
        }
        return 1e9 * count / nanos;
    }

    /** Tokens a second if a step of n tokens did nothing but read the packed matrices. */
    private static double byMemory(Program program, int which, double bytes) {
        double sum = 0;
        for (Matrix m : program.matrices()) {
            if (isUsed(program, m, which)) {
                sum += PackedMatrix.packedBytes(m.type(), m.rows(), m.cols());
            }
        }
        return 1e9 * bytes / sum * TOKENS[which];
    }

    /** Prefill needs no logits; an embedding that is not the head is only looked up. */
    private static boolean isUsed(Program program, Matrix m, int which) {
        boolean head = m.name().equals(program.head().name());
        return head ? which < 2 : !m.name().equals(Program.EMBEDDING);
    }

    private static void print(
            Program program, TreeMap<WeightType, List<Measured>> kernels, double bytes, int count, PrintStream out) {
        out.printf(
                Locale.ROOT,
                "%-8s %10s %28s %24s%n",
                "weights",
                "tokens",
                "G multiply-adds/s, 1 thread",
                "share of the machine's");
        kernels.values()
                .forEach(list -> list.forEach(m -> out.printf(
                        Locale.ROOT, "%-8s %10d %28.1f %23.1f%%%n", m.type, m.tokens, m.rate, 100 * m.share)));
        out.printf(Locale.ROOT, "memory: %.1f GB/s, %d threads%n%n", bytes, count);
        String[] names = {"one client", "8 clients", "prefill"};
        out.printf(
                Locale.ROOT,
                "%-12s %44s %34s%n",
                "tokens/s",
                "linear operations alone, at these rates",
                "reading the weights alone");
        for (int i = 0; i < names.length; i++) {
            out.printf(
                    Locale.ROOT,
                    "%-12s %44.0f %34.0f%n",
                    names[i],
                    byKernels(program, kernels, i, count),
                    byMemory(program, i, bytes));
        }
        out.println(
                "What is left to norms, attention, sampling, committing and waiting is the rest up to the measured rate.");
    }

    private static Json json(Program program, TreeMap<WeightType, List<Measured>> kernels, double bytes, int count) {
        List<Json> list = new ArrayList<>();
        kernels.values()
                .forEach(all -> all.forEach(m -> list.add(Json.object()
                        .put("type", m.type.name())
                        .put("tokens", m.tokens)
                        .put("gigaProducts", number(m.rate))
                        .put("shareOfPeak", number(m.share))
                        .build())));
        Json.Members bounds = Json.object();
        String[] names = {"oneClient", "eightClients", "prefill"};
        for (int i = 0; i < names.length; i++) {
            bounds.put(
                    names[i],
                    Json.object()
                            .put("linearAlone", number(byKernels(program, kernels, i, count)))
                            .put("memoryAlone", number(byMemory(program, i, bytes)))
                            .build());
        }
        return Json.object()
                .put("threads", count)
                .put("memoryGigaBytes", number(bytes))
                .put("kernels", Json.of(list))
                .put("tokensPerSecond", bounds.build())
                .build();
    }

    private static Json.Num number(double value) {
        return new Json.Num(
                new BigDecimal(value).setScale(3, RoundingMode.HALF_EVEN).toPlainString());
    }
}
