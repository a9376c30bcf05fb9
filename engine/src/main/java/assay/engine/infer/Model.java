package assay.engine.infer;

import assay.core.base.MalformedException;
import assay.core.kernel.WeightType;
import assay.core.program.Cell;
import assay.core.program.Matrix;
import assay.core.program.Program;
import assay.core.text.TokenType;
import assay.core.text.Tokenizer;
import assay.core.text.Vocabulary;
import assay.engine.compile.Compiler;
import assay.engine.fast.Activations;
import assay.engine.fast.Linear;
import assay.engine.fast.PackedMatrix;
import assay.engine.fast.Warmup;
import assay.engine.gguf.GgufFile;
import assay.engine.gguf.Tensor;
import java.io.IOException;
import java.nio.file.Path;
import java.util.BitSet;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentSkipListMap;
import org.jspecify.annotations.Nullable;

/** A compiled model with its weights in memory, ready to run. Immutable. */
public final class Model {
    private final Program program;
    private final Map<String, PackedMatrix> matrices;
    private final @Nullable Tokenizer tokenizer;
    private final BitSet masked = new BitSet();
    private final SortedSet<Integer> stopIds;

    /** Kernels are compiled while files are read; once a process. */
    private static final class Warm {
        static final Warmup.Warmth WARMTH = Warmup.start(Warmup.Limit.STANDARD);
    }

    private Model(Program program, Map<String, PackedMatrix> matrices) throws MalformedException {
        this.program = program;
        this.matrices = matrices;
        if (program.tokenizer().length == 0) {
            tokenizer = null;
            stopIds = Collections.emptySortedSet();
        } else {
            tokenizer = Tokenizer.of(Vocabulary.parse(program.tokenizer()));
            Vocabulary vocabulary = tokenizer.vocabulary();
            for (int id = 0; id < program.shape().vocabulary(); id++) {
                masked.set(id, id >= vocabulary.size() || vocabulary.type(id) == TokenType.UNUSED);
            }
            stopIds = Collections.unmodifiableSortedSet(new TreeSet<>(tokenizer.stopIds()));
        }
    }

    /**
     * Compiles and packs a model file.
     *
     * @throws MalformedException if the file is malformed or the exact program cannot express it
     * @throws IOException if it cannot be read, or memory does not suffice
     */
    public static Model load(Path file) throws IOException, MalformedException {
        warmUp();
        try (GgufFile gguf = GgufFile.open(file)) {
            checkMemory(gguf);
            return pack(Compiler.compile(gguf), gguf);
        }
    }

    /**
     * Loads a model, from what an earlier load left in a folder where it can; leaves that there where there is
     * room. A folder belongs to one model file.
     *
     * @param derived for the compiled program and the packed weights
     */
    public static Model load(Path file, Path derived) throws IOException, MalformedException {
        warmUp();
        PackedFiles files = new PackedFiles(file, derived);
        Optional<PackedFiles.Loaded> kept = files.read();
        if (kept.isPresent()) {
            return new Model(kept.get().program(), kept.get().matrices());
        }
        Model model = load(file);
        files.write(model.program, model.matrices);
        return model;
    }

    /** Starts to compile the kernels in the background, if nobody did. */
    public static void warmUp() {
        Warm.WARMTH.reading().isDone();
    }

    /**
     * Waits until kernels are compiled: to start before that takes longer.
     *
     * @param singles whether to wait for those of single tokens too, or only for those that a prompt needs
     */
    static void awaitWarm(boolean singles) {
        if (singles) {
            Warm.WARMTH.everything().exceptionally(e -> List.of()).join();
        } else {
            Warm.WARMTH.reading().join();
        }
    }

    /** Says that a prompt was read: the compiler may turn to what single tokens need. */
    static void wasRead() {
        Warm.WARMTH.read().complete(null);
    }

    private static void checkMemory(GgufFile gguf) throws IOException, MalformedException {
        long need = 0;
        for (Tensor t : gguf.tensors()) {
            if (t.shape().length == 2 && t.type().supported()) {
                need += PackedMatrix.packedBytes(
                        WeightType.ofId(t.type().id), Math.toIntExact(t.rows()), Math.toIntExact(t.columns()));
            }
        }
        checkMemory(need);
    }

    /** Refuses to begin what would end without memory. */
    static void checkMemory(long weightsBytes) throws IOException {
        Runtime runtime = Runtime.getRuntime();
        long free = runtime.maxMemory() - (runtime.totalMemory() - runtime.freeMemory());
        long need = weightsBytes + weightsBytes / 8 + (96L << 20);
        if (need > free) {
            throw new IOException("the model needs " + (need >> 20) + " MB of memory and Java may use "
                    + (free >> 20) + " MB more: give it a larger heap, for example ASSAY_JAVA_OPTS=-Xmx"
                    + ((need + need / 4) / (1 << 30) + 1) + "g, or take a smaller model");
        }
    }

    private static Model pack(Program program, GgufFile gguf) throws MalformedException {
        Map<String, PackedMatrix> packed = new ConcurrentSkipListMap<>();
        Map<String, MalformedException> faults = new ConcurrentSkipListMap<>();
        program.matrices().parallelStream().forEach(m -> {
            try {
                packed.put(
                        m.name(),
                        PackedMatrix.pack(
                                m.type(),
                                m.rows(),
                                m.cols(),
                                gguf.tensor(m.name()).orElseThrow().data()));
            } catch (MalformedException e) {
                faults.put(m.name(), e);
            }
        });
        for (MalformedException fault : faults.values()) {
            throw fault;
        }
        return new Model(program, packed);
    }

    /**
     * The same weights in the name of another program of the same sizes: what a node has that does not compute what it
     * says. For tests and demonstrations of being caught.
     *
     * @throws MalformedException if that program's tokenizer is none
     */
    public Model claiming(Program other) throws MalformedException {
        return new Model(other, matrices);
    }

    /** The program. */
    public Program program() {
        return program;
    }

    /** The tokenizer, if the file has one. */
    public Optional<Tokenizer> tokenizer() {
        return Optional.ofNullable(tokenizer);
    }

    /** Ids that end an answer. */
    public SortedSet<Integer> stopIds() {
        return stopIds;
    }

    /** Rows without a token, never picked. */
    public BitSet maskedIds() {
        return (BitSet) masked.clone();
    }

    /** Exact sums by the fast kernels, for one thread: what cells are computed from. */
    public Cell.Sums sums() {
        Linear linear = new Linear();
        return (matrix, input) -> {
            Activations one = new Activations(1, matrix.cols());
            one.begin(1, matrix.cols());
            // Its values have 13 bits already, so they stay as they are.
            one.set(0, input.values(), 0);
            long[] z = new long[matrix.rows()];
            linear.sums(matrix(matrix.name()), one, z);
            return z;
        };
    }

    /** The integers of one row at 24, as the file gives them. */
    public long[] row(Matrix matrix, int row) {
        long[] out = new long[matrix.cols()];
        matrix(matrix.name()).row(row, out);
        return out;
    }

    /** A matrix by the file's name. */
    PackedMatrix matrix(String name) {
        return Objects.requireNonNull(matrices.get(name), name);
    }
}
