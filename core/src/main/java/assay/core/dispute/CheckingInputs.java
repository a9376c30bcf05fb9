package assay.core.dispute;

import assay.core.base.Hash;
import assay.core.base.MalformedException;
import assay.core.codec.Reader;
import assay.core.program.Matrix;
import assay.core.program.ProgramHeader;
import assay.core.receipt.Receipt;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The last move, read: every value must lead to a root that is agreed. Total: hostile bytes are malformed. */
final class CheckingInputs implements Inputs {
    private final Plan plan;
    private final Head head;
    private final LeafAt at;
    private final Reader in;
    private final Map<String, byte[]> shown = new TreeMap<>();

    CheckingInputs(Plan plan, Head head, LeafAt at, Reader in) {
        this.plan = plan;
        this.head = head;
        this.at = at;
        this.in = in;
    }

    @Override
    public long[] values(int op, long from, long to) throws MalformedException {
        return values(at.roots().get(op), plan.op(op).size(), from, to);
    }

    private long[] values(Hash root, long size, long from, long to) throws MalformedException {
        if (from < 0 || to > size || from >= to || to - from > 1 << 16) {
            throw new MalformedException("no values " + from + " to " + to + " of " + size, in.offset());
        }
        long low = from / Tensor.BLOCK;
        long high = Tensor.blocks(to);
        long start = low * Tensor.BLOCK;
        long[] values = Values.read(in, (int) (Math.min(size, high * Tensor.BLOCK) - start));
        require(root, RangeProof.root(in, Tensor.blocks(size), low, Tensor.leaves(values)), "values");
        return from == start && to == start + values.length
                ? values
                : Arrays.copyOfRange(values, (int) (from - start), (int) (to - start));
    }

    @Override
    public byte[] section(String name, int from, int count) throws MalformedException {
        ProgramHeader.Section section = head.header().section(name);
        if (from < 0 || count < 1 || from > section.size() - count) {
            throw new MalformedException("no bytes " + from + " of section " + name, in.offset());
        }
        int low = from / ProgramHeader.BLOCK_BYTES;
        int high = (from + count - 1) / ProgramHeader.BLOCK_BYTES + 1;
        int start = low * ProgramHeader.BLOCK_BYTES;
        String key = name + ":" + low + ":" + high;
        byte[] bytes = shown.get(key);
        if (bytes == null) {
            bytes = in.bytes(Math.min(section.size(), high * ProgramHeader.BLOCK_BYTES) - start);
            Hash root = RangeProof.root(in, section.blocks(), low, ProgramHeader.leaves(bytes));
            require(section.root(), root, "section " + name);
            shown.put(key, bytes);
        }
        return Arrays.copyOfRange(bytes, from - start, from - start + count);
    }

    @Override
    public long[] weights(String matrix, int row, int block) throws MalformedException {
        Matrix entry = Rows.entry(plan.shape(), this, matrix);
        return Rows.check(in, entry, row, block);
    }

    @Override
    public short[][] keysValues(int from, int to) throws MalformedException {
        int width = 2 * plan.shape().kvWidth();
        if (from < 0 || from >= to || to > at.branch().steps() || (long) (to - from) * width * 2 > in.remaining()) {
            throw new MalformedException("no positions " + from + " to " + to, in.offset());
        }
        short[][] out = new short[to - from][width];
        List<Hash> leaves = new ArrayList<>();
        for (int j = from; j < to; j++) {
            Hash residual = in.hash();
            byte[] bytes = in.bytes(2 * width);
            java.nio.ByteBuffer.wrap(bytes)
                    .order(java.nio.ByteOrder.LITTLE_ENDIAN)
                    .asShortBuffer()
                    .get(out[j - from]);
            leaves.add(new TraceLeaf.Cell(residual, Hash.sha256(bytes)).hash(plan.layer(), j));
        }
        require(at.branch().below(), RangeProof.root(in, at.branch().steps(), from, leaves), "K and V");
        return out;
    }

    @Override
    public Hash residualBelow() throws MalformedException {
        int layers = plan.shape().layers();
        int tree = Math.min(plan.tree() - 1, layers);
        TraceLeaf leaf = TraceLeaf.read(in, tree, layers);
        Hash root =
                RangeProof.root(in, at.branch().steps(), plan.position(), List.of(leaf.hash(tree, plan.position())));
        require(at.branch().below(), root, "a residual");
        return switch (leaf) {
            case TraceLeaf.Cell cell -> cell.residual();
            case TraceLeaf.Last last -> last.residual();
            case TraceLeaf.Token token -> throw new MalformedException("no residual in a token", in.offset());
        };
    }

    @Override
    public long[] ids(int from, int to) throws MalformedException {
        return values(at.branch().ids(), (long) at.branch().steps() + 1, from, to);
    }

    @Override
    public TraceLeaf.Token tokenBefore() throws MalformedException {
        TraceLeaf leaf = TraceLeaf.read(in, plan.tree(), plan.shape().layers());
        int before = plan.position() - 1;
        Hash root = RangeProof.root(in, at.branch().steps(), before, List.of(leaf.hash(plan.tree(), before)));
        require(at.branch().own(), root, "a token");
        if (leaf instanceof TraceLeaf.Token token) {
            return token;
        }
        throw new MalformedException("a token expected", in.offset());
    }

    @Override
    public Hash promptDigest() throws MalformedException {
        Hash salt = in.hash();
        Hash digest = in.hash();
        require(head.receipt().prompt(), Hash.tagged("assay/prompt/1", salt.bytes(), digest.bytes()), "the prompt");
        return digest;
    }

    @Override
    public byte[] sampling() throws MalformedException {
        Hash salt = in.hash();
        byte[] sampling = in.blob(1 << 16);
        Hash digest = Hash.tagged("assay/sampling/1", salt.bytes(), sampling);
        require(head.receipt().request().samplingDigest(), digest, "the sampling");
        return sampling;
    }

    @Override
    public Receipt receipt() {
        return head.receipt();
    }

    @Override
    public int choice() {
        return at.branch().choice();
    }

    @Override
    public TraceLeaf leaf() {
        return at.leaf();
    }

    /** Refuses a proof with anything after it. */
    void end() throws MalformedException {
        in.end();
    }

    private void require(Hash expected, Hash got, String what) throws MalformedException {
        if (!expected.equals(got)) {
            throw new MalformedException(what + " that do not lead to what is agreed", in.offset());
        }
    }
}
