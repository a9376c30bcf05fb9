package assay.core.dispute;

import assay.core.base.Hash;
import assay.core.base.MalformedException;
import assay.core.program.Matrix;
import assay.core.receipt.Digests;
import assay.core.receipt.Receipt;
import java.util.List;

/** A party's own values of one leaf, computed once, operation after operation. */
final class OwnInputs implements Inputs {
    private final Work work;
    private final int choice;
    private final Plan plan;
    private final TraceLeaf leaf;
    private final Tensor[] tensors;
    private final long[] ids;

    /**
     * Computes every operation of a leaf.
     *
     * @param leaf what the node shows that it commits to
     * @param cuts the node's two numbers of the sampler, if the leaf has them
     */
    OwnInputs(Work work, int choice, Plan plan, TraceLeaf leaf, long[] cuts) throws MalformedException {
        this.work = work;
        this.choice = choice;
        this.plan = plan;
        this.leaf = leaf;
        this.tensors = new Tensor[plan.size()];
        this.ids = ids(work, choice);
        Rules rules = new Rules(plan, this);
        for (int i = 0; i < tensors.length; i++) {
            long[] values = compute(rules, i, cuts);
            tensors[i] = Tensor.of(work.choices().get(choice).stated(plan.tree(), plan.position(), i, values));
        }
    }

    /** The ids at all positions of a choice, its last picked one included. */
    static long[] ids(Work work, int choice) {
        int[] prompt = work.transcript().promptIds();
        int[] answer = work.transcript().choices().get(choice).idArray();
        long[] all = new long[prompt.length + answer.length];
        for (int i = 0; i < all.length; i++) {
            all[i] = i < prompt.length ? prompt[i] : answer[i - prompt.length];
        }
        return all;
    }

    private long[] compute(Rules rules, int index, long[] cuts) throws MalformedException {
        Op op = plan.op(index);
        if (op instanceof Op.Held) {
            return FlatDigests.wide(own().residual(heldTree(), plan.position()));
        }
        if (op instanceof Op.Cuts) {
            return cuts.length == 2 ? cuts : new Cutting(plan, this, rules).cuts(index);
        }
        long[] values = new long[Math.toIntExact(op.size())];
        tensors[index] = partial(values);
        for (int at = 0; at < values.length; at++) {
            values[at] = rules.element(index, at);
        }
        return values;
    }

    /** A tensor while it is filled: later values read earlier ones. */
    private static Tensor partial(long[] values) {
        return new Tensor() {
            @Override
            public long size() {
                return values.length;
            }

            @Override
            public long[] values(long from, long to) {
                return java.util.Arrays.copyOfRange(values, (int) from, (int) to);
            }

            @Override
            public Hash subtree(long low, long high) {
                throw new IllegalStateException("not filled yet");
            }
        };
    }

    private int heldTree() {
        return plan.tree() > plan.shape().layers() ? plan.shape().layers() : plan.layer();
    }

    Tensor tensor(int index) {
        return tensors[index];
    }

    Work work() {
        return work;
    }

    Plan plan() {
        return plan;
    }

    long[] idValues() {
        return ids;
    }

    Work.ChoiceWork own() {
        return work.choices().get(choice);
    }

    @Override
    public long[] values(int op, long from, long to) throws MalformedException {
        if (from < 0 || to > tensors[op].size() || from > to) {
            throw new MalformedException("no values " + from + " to " + to + " of operation " + op, -1);
        }
        return tensors[op].values(from, to);
    }

    @Override
    public byte[] section(String name, int from, int count) {
        return java.util.Arrays.copyOfRange(work.section(name), from, from + count);
    }

    @Override
    public long[] weights(String matrix, int row, int block) throws MalformedException {
        return work.weights(matrix(matrix), row, block);
    }

    Matrix matrix(String name) {
        return name.equals(assay.core.program.Program.HEAD)
                ? work.program().head()
                : work.program().matrix(name).orElseThrow();
    }

    @Override
    public short[][] keysValues(int from, int to) {
        short[][] out = new short[to - from][];
        for (int j = from; j < to; j++) {
            out[j - from] = own().keysValues(plan.layer(), j);
        }
        return out;
    }

    @Override
    public Hash residualBelow() {
        return FlatDigests.residual(FlatDigests.wide(own().residual(heldTree(), plan.position())));
    }

    @Override
    public long[] ids(int from, int to) throws MalformedException {
        if (from < 0 || to > ids.length || from > to) {
            throw new MalformedException("no ids " + from + " to " + to, -1);
        }
        return java.util.Arrays.copyOfRange(ids, from, to);
    }

    @Override
    public TraceLeaf.Token tokenBefore() {
        int before = plan.position() - 1;
        return new TraceLeaf.Token((int) ids[before], own().state(before), own().picked(before));
    }

    @Override
    public Hash promptDigest() {
        return Digests.ids(work.transcript().promptIds());
    }

    @Override
    public byte[] sampling() throws MalformedException {
        return sampling(work);
    }

    static byte[] sampling(Work work) throws MalformedException {
        return assay.core.text.ChatRequest.parse(work.transcript().body(), assay.core.receipt.Transcript.BODY_MAX_BYTES)
                .sampling(work.receipt().request().sampling().maxTokens())
                .canonical();
    }

    @Override
    public Receipt receipt() {
        return work.receipt();
    }

    @Override
    public int choice() {
        return choice;
    }

    @Override
    public TraceLeaf leaf() {
        return leaf;
    }

    /** Roots of all operations: zero where there is no tensor. */
    List<Hash> roots() {
        List<Hash> roots = new java.util.ArrayList<>();
        for (int i = 0; i < tensors.length; i++) {
            roots.add(tensors[i].size() == 0 ? Branch.NONE : tensors[i].root());
        }
        return roots;
    }
}
