package assay.core.dispute;

import assay.core.base.Hash;
import assay.core.base.MalformedException;
import assay.core.codec.Writer;
import assay.core.kernel.WeightType;
import assay.core.merkle.Merkle;
import assay.core.program.Matrix;
import assay.core.program.ProgramHeader;
import assay.core.program.Shape;
import assay.core.receipt.Digests;
import assay.core.receipt.Receipt;
import assay.core.receipt.Statement;
import assay.core.receipt.Transcript;
import assay.core.text.ChatRequest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;

/**
 * A model and a trace of any size, of which only what one element reads exists: the first run of a rule touches it,
 * the second writes the proof.
 */
final class FabricatedInputs implements Inputs {
    private static final WeightType TYPE = WeightType.Q8_0;

    /** The receipt's half, which has its true size. */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Words(byte[] statement, Receipt receipt, Hash salt, Hash prompt, byte[] sampling) {
        static Words of(Receipt receipt, Transcript transcript) throws MalformedException {
            byte[] sampling = ChatRequest.parse(transcript.body(), Transcript.BODY_MAX_BYTES)
                    .sampling(receipt.request().sampling().maxTokens())
                    .canonical();
            return new Words(
                    Statement.encode(receipt),
                    receipt,
                    transcript.salt(),
                    Digests.ids(transcript.promptIds()),
                    sampling);
        }
    }

    private final Plan plan;
    private final Shape shape;
    private final int steps;
    private final Words words;
    private final TraceLeaf leaf;
    private final Map<String, Sparse> trees = new LinkedHashMap<>();
    private final Map<String, byte[]> sections = new LinkedHashMap<>();
    private final Set<String> shown = new TreeSet<>();
    Writer out = new Writer();
    boolean writes;

    FabricatedInputs(Plan plan, int steps, Words words, TraceLeaf leaf) {
        this.plan = plan;
        this.shape = plan.shape();
        this.steps = steps;
        this.words = words;
        this.leaf = leaf;
        Writer sizes = new Writer();
        shape.write(sizes);
        sections.put("shape", sizes.toBytes());
        sections.put("masked", new byte[(shape.vocabulary() + 7) / 8]);
        sections.put("biases", new byte[shape.layers()]);
    }

    private static long noise(long a, long b) {
        long x = a * 0x9E3779B97F4A7C15L + b * 0xD1B54A32D192ED03L;
        x ^= x >>> 29;
        x *= 0xBF58476D1CE4E5B9L;
        return (x ^ x >>> 32) & 0xfff;
    }

    private int sectionSize(String name) {
        int d = shape.width();
        return switch (name) {
            case "constants" -> 16 + 56 + 12 + 4 * (256 + 8192 + 4096);
            case "layers" -> shape.layers() * (12 + 2 * (4 + 4 * d) + 12) + 4 + 4 * d;
            case "rope" -> 2 * shape.context() * shape.headSize();
            case "weights" -> 4 + (1 + 7 * shape.layers() + 1) * 80;
            default -> Objects.requireNonNull(sections.get(name), name).length;
        };
    }

    private byte[] block(String name, long index) {
        int from = (int) index * ProgramHeader.BLOCK_BYTES;
        int size = Math.min(ProgramHeader.BLOCK_BYTES, sectionSize(name) - from);
        byte[] bytes = sections.get(name);
        if (bytes != null) {
            return Arrays.copyOfRange(bytes, from, from + size);
        }
        byte[] made = new byte[size];
        for (int i = 0; i < size; i += 4) {
            made[i] = (byte) (noise(name.hashCode(), from + i) & 15);
        }
        return made;
    }

    private Sparse section(String name) {
        int blocks = (sectionSize(name) + ProgramHeader.BLOCK_BYTES - 1) / ProgramHeader.BLOCK_BYTES;
        return trees.computeIfAbsent(name, n -> new Sparse(n, blocks, i -> Merkle.leaf(block(n, i))));
    }

    @Override
    public byte[] section(String name, int from, int count) throws MalformedException {
        int low = from / ProgramHeader.BLOCK_BYTES;
        int high = (from + count - 1) / ProgramHeader.BLOCK_BYTES + 1;
        Writer bytes = new Writer();
        for (int b = low; b < high; b++) {
            bytes.bytes(block(name, b));
        }
        if (!writes) {
            section(name).touch(low, high);
        } else if (shown.add(name + ":" + low + ":" + high)) {
            out.bytes(bytes.toBytes());
            RangeProof.prove(out, section(name), section(name).size, low, high);
        }
        int start = low * ProgramHeader.BLOCK_BYTES;
        return Arrays.copyOfRange(bytes.toBytes(), from - start, from - start + count);
    }

    private long[] made(int op, long from, long to) {
        long[] values = new long[(int) (to - from)];
        for (int i = 0; i < values.length; i++) {
            values[i] = 1 + noise(op, from + i) % 4095;
            if (op >= 0 && (plan.op(op) instanceof Op.Held || plan.op(op) instanceof Op.Added)) {
                values[i] <<= 17; // as wide as a residual gets
            }
            if (op >= 0 && plan.op(op) instanceof Op.Best) {
                values[i] = 8192L + values[i] << 20;
            }
        }
        return values;
    }

    private Sparse tensor(int op) {
        long size = op < 0 ? steps + 1L : plan.op(op).size();
        return trees.computeIfAbsent(
                "tensor " + op,
                n -> new Sparse(n, Tensor.blocks(size), b -> {
                    long from = b * Tensor.BLOCK;
                    return Tensor.leaves(made(op, from, Math.min(size, from + Tensor.BLOCK)))
                            .getFirst();
                }));
    }

    private long[] values(int op, long size, long from, long to) {
        long low = from / Tensor.BLOCK;
        long high = Tensor.blocks(to);
        if (!writes) {
            tensor(op).touch(low, high);
        } else {
            Values.write(out, made(op, low * Tensor.BLOCK, Math.min(size, high * Tensor.BLOCK)));
            RangeProof.prove(out, tensor(op), tensor(op).size, low, high);
        }
        return made(op, from, to);
    }

    @Override
    public long[] values(int op, long from, long to) {
        return values(op, plan.op(op).size(), from, to);
    }

    @Override
    public long[] ids(int from, int to) {
        return values(-1, steps + 1L, from, to);
    }

    @Override
    public long[] weights(String name, int row, int block) throws MalformedException {
        Op.Dots dots = null;
        for (int i = 0; i < plan.size(); i++) {
            if (plan.op(i) instanceof Op.Dots d && d.matrix().equals(name)) {
                dots = d;
            }
        }
        int rows = dots == null ? shape.vocabulary() : dots.rows();
        int cols = dots == null ? shape.width() : dots.cols();
        byte[] bytes = new byte[(int) TYPE.rowBytes(cols)];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) (i % TYPE.blockBytes() == 1 ? 0x20 : noise(row, i));
        }
        Sparse tree =
                trees.computeIfAbsent("rows " + name, n -> new Sparse(n, rows, r -> Matrix.leaf(TYPE, bytes, cols)));
        Matrix matrix = new Matrix(name, TYPE, rows, cols, Hash.sha256());
        if (!writes) {
            tree.touch(row, row + 1);
            place(new Matrix(name, TYPE, rows, cols, tree.root()));
            Rows.entry(shape, this, name);
        } else {
            Rows.entry(shape, this, name);
            Rows.prove(out, matrix, bytes, tree, row, block);
        }
        return Rows.block(matrix, bytes, block);
    }

    /** Writes a matrix's entry where the program has it; the others are zeros. */
    private void place(Matrix m) throws MalformedException {
        byte[] section = new byte[sectionSize("weights")];
        System.arraycopy(new Writer().u32(2 + 7L * shape.layers()).toBytes(), 0, section, 0, 4);
        sections.put("weights", section);
        byte[] entry = new Writer()
                .utf8(m.name())
                .u8(m.type().id())
                .u32(m.rows())
                .u32(m.cols())
                .hash(m.root())
                .toBytes();
        System.arraycopy(entry, 0, section, Rows.offset(shape, m.name()), entry.length);
    }

    private short[] row(int position) {
        short[] kv = new short[2 * shape.kvWidth()];
        for (int i = 0; i < kv.length; i++) {
            kv[i] = (short) (noise(position, i) - 2048);
        }
        return kv;
    }

    private Hash residual(int position) {
        return Hash.tagged("residual", new Writer().u32(position).toBytes());
    }

    private Sparse below() {
        int layers = shape.layers();
        int tree = Math.min(plan.tree() - 1, layers);
        return trees.computeIfAbsent(
                "below",
                n -> new Sparse(n, steps, j -> (tree == layers
                                ? new TraceLeaf.Last(residual((int) j))
                                : new TraceLeaf.Cell(residual((int) j), FlatDigests.keysValues(row((int) j))))
                        .hash(tree, (int) j)));
    }

    @Override
    public short[][] keysValues(int from, int to) {
        short[][] rows = new short[to - from][];
        for (int j = from; j < to; j++) {
            rows[j - from] = row(j);
            if (writes) {
                out.hash(residual(j));
                for (short v : rows[j - from]) {
                    out.u16(v & 0xffff);
                }
            }
        }
        if (!writes) {
            below().touch(from, to);
        } else {
            RangeProof.prove(out, below(), steps, from, to);
        }
        return rows;
    }

    @Override
    public Hash residualBelow() {
        int t = plan.position();
        if (!writes) {
            below().touch(t, t + 1);
        } else {
            (plan.tree() > shape.layers()
                            ? new TraceLeaf.Last(residual(t))
                            : new TraceLeaf.Cell(residual(t), FlatDigests.keysValues(row(t))))
                    .write(out);
            RangeProof.prove(out, below(), steps, t, t + 1);
        }
        return residual(t);
    }

    private Sparse own() {
        return trees.computeIfAbsent("own", n -> new Sparse(n, steps, j -> before().hash(plan.tree(), (int) j)));
    }

    private TraceLeaf.Token before() {
        return new TraceLeaf.Token(5, Hash.sha256(), 6);
    }

    @Override
    public TraceLeaf.Token tokenBefore() {
        int at = plan.position() - 1;
        if (!writes) {
            own().touch(at, at + 1);
        } else {
            before().write(out);
            RangeProof.prove(out, own(), steps, at, at + 1);
        }
        return before();
    }

    @Override
    public Hash promptDigest() {
        if (writes) {
            out.hash(words.salt()).hash(words.prompt());
        }
        return words.prompt();
    }

    @Override
    public byte[] sampling() {
        if (writes) {
            out.hash(words.salt()).blob(words.sampling());
        }
        return words.sampling();
    }

    @Override
    public Receipt receipt() {
        return words.receipt();
    }

    @Override
    public int choice() {
        return 0;
    }

    @Override
    public TraceLeaf leaf() {
        return leaf;
    }

    /** The header over what was touched. */
    Head head() {
        List<ProgramHeader.Section> all = new ArrayList<>();
        for (String name : List.of("shape", "constants", "layers", "rope", "weights", "masked", "biases")) {
            if (name.equals("shape")) {
                section(name).touch(0, section(name).size);
            }
            all.add(new ProgramHeader.Section(
                    name, sectionSize(name), section(name).root()));
        }
        return new Head(new ProgramHeader(all), shape, words.statement(), words.receipt());
    }

    LeafAt at() {
        List<Hash> roots = new ArrayList<>();
        for (int i = 0; i < plan.size(); i++) {
            roots.add(plan.op(i).size() == 0 ? Branch.NONE : tensor(i).root());
        }
        Branch branch = new Branch(0, plan.tree(), steps, tensor(-1).root(), below().root(), own().root());
        return new LeafAt(branch, plan.position(), leaf, roots, new long[0]);
    }
}
