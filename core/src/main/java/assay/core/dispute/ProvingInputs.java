package assay.core.dispute;

import assay.core.base.Hash;
import assay.core.base.MalformedException;
import assay.core.codec.Writer;
import assay.core.program.Matrix;
import assay.core.program.ProgramHeader;
import assay.core.receipt.Receipt;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** A party's own values, each written down with its path as it is read: the last move. */
final class ProvingInputs implements Inputs {
    private final OwnInputs own;
    private final Branch branch;
    private final Writer out;
    private final Set<String> shown = new TreeSet<>();

    ProvingInputs(OwnInputs own, Branch branch, Writer out) {
        this.own = own;
        this.branch = branch;
        this.out = out;
    }

    @Override
    public long[] values(int op, long from, long to) throws MalformedException {
        long[] values = own.values(op, from, to);
        Tensor tensor = own.tensor(op);
        values(tensor, from, to);
        return values;
    }

    private void values(Tensor tensor, long from, long to) {
        long low = from / Tensor.BLOCK;
        long high = Tensor.blocks(to);
        Values.write(out, tensor.values(low * Tensor.BLOCK, Math.min(tensor.size(), high * Tensor.BLOCK)));
        RangeProof.prove(out, tensor::subtree, Tensor.blocks(tensor.size()), low, high);
    }

    @Override
    public byte[] section(String name, int from, int count) {
        byte[] section = own.work().section(name);
        int low = from / ProgramHeader.BLOCK_BYTES;
        int high = (from + count - 1) / ProgramHeader.BLOCK_BYTES + 1;
        if (shown.add(name + ":" + low + ":" + high)) {
            int start = low * ProgramHeader.BLOCK_BYTES;
            out.bytes(Arrays.copyOfRange(section, start, Math.min(section.length, high * ProgramHeader.BLOCK_BYTES)));
            List<Hash> leaves = ProgramHeader.leaves(section);
            RangeProof.prove(out, RangeProof.of(leaves), leaves.size(), low, high);
        }
        return Arrays.copyOfRange(section, from, from + count);
    }

    @Override
    public long[] weights(String name, int row, int block) throws MalformedException {
        Rows.entry(own.plan().shape(), this, name);
        Matrix matrix = own.matrix(name);
        Work work = own.work();
        Rows.prove(
                out,
                matrix,
                work.row(matrix, row),
                (low, high) -> work.rows(matrix, (int) low, (int) high),
                row,
                block);
        return own.weights(name, row, block);
    }

    @Override
    public short[][] keysValues(int from, int to) {
        short[][] kv = own.keysValues(from, to);
        Writer packed = new Writer();
        for (int j = from; j < to; j++) {
            packed.hash(own.own().residualDigest(own.plan().layer(), j));
            for (short v : kv[j - from]) {
                packed.u16(v & 0xffff);
            }
        }
        out.bytes(packed.toBytes());
        below(own.plan().layer(), from, to);
        return kv;
    }

    private void below(int tree, int from, int to) {
        Work.ChoiceWork choice = own.own();
        RangeProof.prove(out, (low, high) -> choice.subtree(tree, (int) low, (int) high), branch.steps(), from, to);
    }

    @Override
    public Hash residualBelow() {
        Plan plan = own.plan();
        Hash residual = own.residualBelow();
        boolean last = plan.tree() > plan.shape().layers();
        int tree = last ? plan.shape().layers() : plan.layer();
        TraceLeaf leaf = last
                ? new TraceLeaf.Last(residual)
                : new TraceLeaf.Cell(residual, FlatDigests.keysValues(own.own().keysValues(tree, plan.position())));
        leaf.write(out);
        below(tree, plan.position(), plan.position() + 1);
        return residual;
    }

    @Override
    public long[] ids(int from, int to) throws MalformedException {
        values(Tensor.of(own.idValues()), from, to);
        return own.ids(from, to);
    }

    @Override
    public TraceLeaf.Token tokenBefore() {
        TraceLeaf.Token before = own.tokenBefore();
        before.write(out);
        int at = own.plan().position() - 1;
        below(own.plan().tree(), at, at + 1);
        return before;
    }

    @Override
    public Hash promptDigest() {
        Hash digest = own.promptDigest();
        out.hash(own.work().transcript().salt()).hash(digest);
        return digest;
    }

    @Override
    public byte[] sampling() throws MalformedException {
        byte[] sampling = own.sampling();
        out.hash(own.work().transcript().salt()).blob(sampling);
        return sampling;
    }

    @Override
    public Receipt receipt() {
        return own.receipt();
    }

    @Override
    public int choice() {
        return own.choice();
    }

    @Override
    public TraceLeaf leaf() {
        return own.leaf();
    }
}
