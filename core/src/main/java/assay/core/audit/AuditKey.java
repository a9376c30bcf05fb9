package assay.core.audit;

import assay.core.base.Hash;
import assay.core.base.MalformedException;
import assay.core.codec.Reader;
import assay.core.codec.Writer;
import assay.core.program.Cell;
import assay.core.program.Matrix;
import assay.core.program.Program;
import assay.core.program.Weights;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.random.RandomGenerator;

/**
 * What a checker keeps of a model's weights: for each matrix W a secret vector r and v = rᵀW modulo p = 2^61 - 1
 * (Freivalds 1977), drawn once; then the weights may go.
 *
 * <p>For sums z that are not W·x, r·z = v·x holds for one r in p: so a claim is wrong with probability 1/p at most
 * when it passes, <em>if whoever made it knows nothing of r</em>. Whoever knows r adds any d with r·d = 0 to z and
 * passes always. So the key and its secrets must never leave their owner, and no form of it can be published: the
 * sums are not under the trace root, a node makes them when it is asked. Even a verdict tells something, that one
 * r is not among those that the claim would have passed with; so verdicts are counted: who saw n of them, each over
 * m equations, passes the next one with probability (n + 1)·m/p at most.
 *
 * <p>An embedding is not multiplied but looked up, so its key lies across: a secret s, and u = W·s; a row w of id i
 * passes if w·s = u[i].
 */
public final class AuditKey {
    /** Where the count of verdicts stands in a key's file: 64 bits, little-endian. */
    public static final int VERDICTS_OFFSET = 18;

    private static final byte[] MAGIC = "assay/audit-key/1\n".getBytes(StandardCharsets.US_ASCII);
    private static final int PROGRAM_MAX_BYTES = 1 << 30;

    private final Program program;
    private final SortedMap<String, Secret> secrets;
    private final Secret embedding;
    private final long verdicts;
    private final Hash programRoot;

    /** r (rows) and v (cols) of a matrix, s (cols) and u (rows) of the embedding; residues modulo p. */
    @SuppressWarnings("ArrayRecordComponent") // secrets, never compared
    record Secret(long[] secret, long[] product) {}

    private AuditKey(Program program, SortedMap<String, Secret> secrets, Secret embedding, long verdicts) {
        this.program = program;
        this.programRoot = program.root();
        this.secrets = Collections.unmodifiableSortedMap(secrets);
        this.embedding = embedding;
        this.verdicts = verdicts;
    }

    /**
     * Draws a key from the weights.
     *
     * @param weights that were held against the program's roots, as a compiler does
     * @param random a secure source
     * @throws MalformedException if a row cannot be read
     */
    public static AuditKey draw(Program program, Weights weights, RandomGenerator random) throws MalformedException {
        SortedMap<String, Secret> secrets = new TreeMap<>();
        for (Matrix matrix : multiplied(program)) {
            secrets.put(matrix.name(), across(matrix, weights, random));
        }
        return new AuditKey(program, secrets, along(embedding(program), weights, random), 0);
    }

    private static Iterable<Matrix> multiplied(Program program) {
        SortedMap<String, Matrix> matrices = new TreeMap<>();
        for (int l = 0; l < program.shape().layers(); l++) {
            for (Cell.Product product : Cell.Product.values()) {
                Matrix matrix = product.matrix(program, l);
                matrices.put(matrix.name(), matrix);
            }
        }
        matrices.put(program.head().name(), program.head());
        return matrices.values();
    }

    private static Matrix embedding(Program program) {
        return program.matrix(Program.EMBEDDING).orElseThrow();
    }

    private static Secret across(Matrix matrix, Weights weights, RandomGenerator random) throws MalformedException {
        long[] r = draw(matrix.rows(), random);
        long[] v = new long[matrix.cols()];
        long[] w = new long[matrix.cols()];
        for (int row = 0; row < r.length; row++) {
            weights.row(matrix, row, w);
            for (int k = 0; k < v.length; k++) {
                v[k] = Field61.add(v[k], Field61.mul(r[row], Field61.of(w[k])));
            }
        }
        return new Secret(r, v);
    }

    private static Secret along(Matrix matrix, Weights weights, RandomGenerator random) throws MalformedException {
        long[] s = draw(matrix.cols(), random);
        long[] u = new long[matrix.rows()];
        long[] w = new long[matrix.cols()];
        for (int row = 0; row < u.length; row++) {
            weights.row(matrix, row, w);
            u[row] = Field61.dot(s, w);
        }
        return new Secret(s, u);
    }

    /** Uniform residues. */
    static long[] draw(int count, RandomGenerator random) {
        long[] drawn = new long[count];
        byte[] bytes = new byte[8 * count];
        random.nextBytes(bytes);
        Reader in = new Reader(bytes);
        for (int i = 0; i < count; i++) {
            try {
                drawn[i] = in.i64() >>> 3;
            } catch (MalformedException e) {
                throw new AssertionError("eight bytes each", e);
            }
            while (drawn[i] == Field61.P) {
                drawn[i] = random.nextLong() >>> 3;
            }
        }
        return drawn;
    }

    /** The program whose weights these are. */
    public Program program() {
        return program;
    }

    /** Its root. */
    public Hash programRoot() {
        return programRoot;
    }

    /** Verdicts that the key had given when it was read. */
    public long verdicts() {
        return verdicts;
    }

    /** The secrets of a matrix that is multiplied with. */
    Secret of(Matrix matrix) {
        Secret secret = secrets.get(matrix.name());
        if (secret == null) {
            throw new IllegalArgumentException("the key has no matrix " + matrix.name());
        }
        return secret;
    }

    /** Whether this is an id's row of the embedding: true for every right one, for a wrong one with probability 1/p. */
    boolean isEmbedding(int id, long[] row) {
        return Field61.dot(embedding.secret, row) == embedding.product[id];
    }

    /** The key as a file; it is a secret. */
    public byte[] encode() {
        Writer out = new Writer().bytes(MAGIC).i64(verdicts).blob(program.encode());
        secrets.values().forEach(secret -> write(out, secret));
        write(out, embedding);
        return out.hash(checksum(out.toBytes())).toBytes();
    }

    private static void write(Writer out, Secret secret) {
        for (long r : secret.secret) {
            out.i64(r);
        }
        for (long v : secret.product) {
            out.i64(v);
        }
    }

    /** Of everything but the count: a damaged key would call honest nodes liars. */
    private static Hash checksum(byte[] bytes) {
        int after = VERDICTS_OFFSET + 8;
        return Hash.sha256(Arrays.copyOf(bytes, VERDICTS_OFFSET), Arrays.copyOfRange(bytes, after, bytes.length));
    }

    /**
     * Reads what {@link #encode} wrote.
     *
     * @throws MalformedException if it is not a key, or damaged
     */
    public static AuditKey parse(byte[] bytes) throws MalformedException {
        Reader in = new Reader(bytes);
        if (!Arrays.equals(in.bytes(Math.min(MAGIC.length, in.remaining())), MAGIC)) {
            throw new MalformedException("not an audit key (or of another version)", 0);
        }
        long verdicts = in.i64();
        Program program = Program.parse(in.blob(PROGRAM_MAX_BYTES));
        if (verdicts < 0 || in.remaining() < Hash.SIZE_BYTES) {
            throw new MalformedException("the audit key ends early, or counts " + verdicts + " verdicts", in.offset());
        }
        byte[] body = Arrays.copyOf(bytes, bytes.length - Hash.SIZE_BYTES);
        if (!checksum(body).equals(Hash.ofBytes(Arrays.copyOfRange(bytes, body.length, bytes.length)))) {
            throw new MalformedException("the audit key is damaged: draw another one", body.length);
        }
        try {
            SortedMap<String, Secret> secrets = new TreeMap<>();
            for (Matrix matrix : multiplied(program)) {
                secrets.put(matrix.name(), read(in, matrix.rows(), matrix.cols()));
            }
            Matrix embedding = embedding(program);
            Secret along = read(in, embedding.cols(), embedding.rows());
            in.hash();
            in.end();
            return new AuditKey(program, secrets, along, verdicts);
        } catch (java.util.NoSuchElementException e) {
            throw new MalformedException("the audit key's program lacks a matrix", in.offset());
        }
    }

    private static Secret read(Reader in, int secret, int product) throws MalformedException {
        return new Secret(residues(in, secret), residues(in, product));
    }

    private static long[] residues(Reader in, int count) throws MalformedException {
        if (8L * count > in.remaining()) {
            throw new MalformedException(count + " residues expected", in.offset());
        }
        long[] residues = new long[count];
        for (int i = 0; i < count; i++) {
            residues[i] = in.i64();
            if (residues[i] < 0 || residues[i] >= Field61.P) {
                throw new MalformedException("a residue is 0 to 2^61 - 2", in.offset() - 8);
            }
        }
        return residues;
    }
}
