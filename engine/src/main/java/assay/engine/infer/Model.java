package assay.engine.infer;

import assay.core.base.MalformedException;
import assay.core.program.Matrix;
import assay.core.program.Program;
import assay.core.text.TokenType;
import assay.core.text.Tokenizer;
import assay.core.text.Vocabulary;
import assay.engine.compile.Compiler;
import assay.engine.fast.PackedMatrix;
import assay.engine.gguf.GgufFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.BitSet;
import java.util.Collections;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** A compiled model with its weights in memory, ready to run. Immutable. */
public final class Model {
    private final Program program;
    private final Map<String, PackedMatrix> matrices;
    private final @Nullable Tokenizer tokenizer;
    private final BitSet masked = new BitSet();
    private final SortedSet<Integer> stopIds;

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
     */
    public static Model load(Path file) throws IOException, MalformedException {
        try (GgufFile gguf = GgufFile.open(file)) {
            return pack(Compiler.compile(gguf), gguf);
        }
    }

    private static Model pack(Program program, GgufFile gguf) throws MalformedException {
        Map<String, PackedMatrix> packed = new TreeMap<>();
        for (Matrix m : program.matrices()) {
            packed.put(
                    m.name(),
                    PackedMatrix.pack(
                            m.type(),
                            m.rows(),
                            m.cols(),
                            gguf.tensor(m.name()).orElseThrow().data()));
        }
        return new Model(program, packed);
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

    /** A matrix by the file's name. */
    PackedMatrix matrix(String name) {
        return Objects.requireNonNull(matrices.get(name), name);
    }
}
