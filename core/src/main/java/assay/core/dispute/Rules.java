package assay.core.dispute;

import assay.core.base.Hash;
import assay.core.base.MalformedException;
import assay.core.kernel.Attention;
import assay.core.kernel.Fixed;
import assay.core.kernel.Gate;
import assay.core.kernel.Linear;
import assay.core.kernel.Norm;
import assay.core.kernel.Quantised;
import assay.core.kernel.Rope;
import assay.core.program.Program;
import assay.core.program.Shape;

/**
 * One element of one operation, from what it is made of: the same few lines for who computes a cell, who proves an
 * element, and the referee. All arithmetic is that of assay.core.kernel.
 */
final class Rules {
    private final Plan plan;
    private final Shape shape;
    private final Inputs in;
    private final Constants constants;

    Rules(Plan plan, Inputs in) {
        this.plan = plan;
        this.shape = plan.shape();
        this.in = in;
        this.constants = new Constants(shape, in);
    }

    /**
     * The element at {@code at} of an operation that has a tensor.
     *
     * @throws MalformedException if the inputs are not what they should be
     */
    long element(int index, long at) throws MalformedException {
        return switch (plan.op(index)) {
            case Op.Embedded op -> Linear.embedding(embedding()[(int) at]);
            case Op.Maxima op -> max(index, op.of(), op.nodes().node(at), true);
            case Op.Squares op -> squares(index, op, at);
            case Op.Normed op -> normed(op, (int) at);
            case Op.Cut13 op ->
                Quantised.element(
                        in.value(op.of(), at),
                        Quantised.shift(in.value(op.max(), op.scale().nodes().result(0)), Linear.INPUT_BITS),
                        Linear.INPUT_BITS);
            case Op.Dots op -> dot(op, at);
            case Op.Output op -> output(op, at);
            case Op.Turned op -> turned(op, (int) at);
            case Op.Value op ->
                Rope.value(
                        new int[] {(int) in.value(op.of(), at)},
                        constants.exponents(plan.tree()).v())[0];
            case Op.Scores op -> score(op, at);
            case Op.ScoreMax op -> max(index, op.scores(), op.nodes().node(at), false);
            case Op.SoftmaxSum op -> softmaxSum(index, op, at);
            case Op.Weighted op -> weighted(index, op, at);
            case Op.Attended op -> {
                long acc = in.value(op.weighted(), op.top().nodes().result(at));
                long z = in.value(op.sums(), op.bottom().nodes().result(at / shape.headSize()));
                if (z < 1) {
                    throw new MalformedException("a sum of weights is above 0", -1);
                }
                yield Attention.output(acc, z, constants.exponents(plan.layer()).v());
            }
            case Op.Added op -> Fixed.sat(in.value(op.first(), at) + in.value(op.second(), at));
            case Op.Gated op -> {
                long gate = in.value(op.gate(), at);
                yield Gate.element(gate, constants.sigmoid(Gate.index(gate)), in.value(op.up(), at));
            }
            case Op.Adjusted op -> picking().adjusted(op, (int) at);
            case Op.Best op -> picking().best(index, op, at);
            case Op.Weights op -> picking().weight(op, at);
            case Op.CountAbove op -> picking().above(index, op.weights(), op.cuts(), op.nodes(), at, Picking.Sum.COUNT);
            case Op.SumAbove op ->
                picking()
                        .above(
                                index,
                                op.weights(),
                                op.cuts(),
                                op.nodes(),
                                at,
                                op.last() ? Picking.Sum.KEPT : Picking.Sum.BEFORE_TOP_P);
            case Op.Held op -> throw conditionFault();
            case Op.Cuts op -> throw conditionFault();
            case Op.SameResidual op -> throw conditionFault();
            case Op.SameKeysValues op -> throw conditionFault();
            case Op.Fed op -> throw conditionFault();
            case Op.State op -> throw conditionFault();
            case Op.Kept op -> throw conditionFault();
            case Op.Shortest op -> throw conditionFault();
            case Op.Likeliest op -> throw conditionFault();
            case Op.Drawn op -> throw conditionFault();
            case Op.Unpicked op -> throw conditionFault();
            case Op.Answered op -> throw conditionFault();
        };
    }

    /** Whether an operation is judged as one, and has no elements. */
    static boolean isCondition(Op op) {
        return op.size() == 0 || op instanceof Op.Held || op instanceof Op.Cuts;
    }

    /** Whether a condition holds; the node's two numbers always do, until something follows from them. */
    boolean holds(int index) throws MalformedException {
        return switch (plan.op(index)) {
            case Op.Held op ->
                FlatDigests.residual(in.values(index, 0, op.size())).equals(in.residualBelow());
            case Op.SameResidual op ->
                FlatDigests.residual(in.values(op.of(), 0, shape.width())).equals(residual());
            case Op.SameKeysValues op -> {
                long[] k = in.values(op.keys(), 0, shape.kvWidth());
                long[] v = in.values(op.values(), 0, shape.kvWidth());
                yield in.leaf() instanceof TraceLeaf.Cell cell
                        && FlatDigests.keysValues(k, v).equals(cell.keysValues());
            }
            case Op.Cuts op -> true;
            case Op.Fed op -> in.ids(plan.position(), plan.position() + 1)[0] == token().fed();
            case Op.State op -> picking().state(token());
            case Op.Kept op -> picking().kept(op);
            case Op.Shortest op -> picking().shortest(op);
            case Op.Likeliest op -> picking().likeliest(op, token());
            case Op.Drawn op -> picking().drawn(op, token());
            case Op.Unpicked op -> token().picked() == -1;
            case Op.Answered op -> in.ids(plan.position() + 1, plan.position() + 2)[0] == token().picked();
            default -> throw new MalformedException("an operation with elements is not judged as one", -1);
        };
    }

    private Hash residual() throws MalformedException {
        return switch (in.leaf()) {
            case TraceLeaf.Cell cell -> cell.residual();
            case TraceLeaf.Last last -> last.residual();
            case TraceLeaf.Token token -> throw conditionFault();
        };
    }

    private TraceLeaf.Token token() throws MalformedException {
        if (in.leaf() instanceof TraceLeaf.Token token) {
            return token;
        }
        throw conditionFault();
    }

    private Picking picking() {
        return new Picking(plan, in, constants);
    }

    private static MalformedException conditionFault() {
        return new MalformedException("this operation has no such element", -1);
    }

    private long[] embedding() throws MalformedException {
        long id = in.ids(plan.position(), plan.position() + 1)[0];
        if (id < 0 || id >= shape.vocabulary()) {
            throw new MalformedException("no row for id " + id, -1);
        }
        return in.weights(Program.EMBEDDING, (int) id, 0);
    }

    private long max(int index, int of, Reduce.Node node, boolean magnitudes) throws MalformedException {
        long max = Long.MIN_VALUE;
        for (long v : in.values(node.ofInputs() ? of : index, node.from(), node.to())) {
            max = Math.max(max, magnitudes ? Math.abs(v) : v);
        }
        return max;
    }

    private long squares(int index, Op.Squares op, long at) throws MalformedException {
        Reduce.Node node = op.nodes().node(at);
        if (!node.ofInputs()) {
            return sum(in.values(index, node.from(), node.to()));
        }
        int shift = residualShift(op.scale(), op.max());
        long sum = 0;
        for (long x : in.values(op.of(), node.from(), node.to())) {
            long q = Quantised.element(x, shift, Norm.INPUT_BITS);
            sum += q * q;
        }
        return sum;
    }

    private int residualShift(Op.Maxima scale, int max) throws MalformedException {
        return Quantised.shift(in.value(max, scale.nodes().result(0)), Norm.INPUT_BITS);
    }

    private long normed(Op.Normed op, int at) throws MalformedException {
        int shift = residualShift(op.scale(), op.max());
        if (shift > Norm.SHIFT_MAX) {
            throw new MalformedException("a residual is below 2^30", -1);
        }
        long n = in.value(op.squares(), op.sum().nodes().result(0)) + constants.epsilon(shift);
        if (n < 0 || n >= 1L << 62) {
            throw new MalformedException("a sum of squares is below 2^62", -1);
        }
        int q = Quantised.element(in.value(op.of(), at), shift, Norm.INPUT_BITS);
        // In trees of cells this is the norm of the layer below, or, after the residual, that of K and V.
        int layer = op.gain() == Op.Gain.ATTENTION && plan.op(op.of()) instanceof Op.Held ? plan.layer() : plan.tree();
        int gainLayer = op.gain() == Op.Gain.FEED_FORWARD ? plan.layer() : layer;
        return Norm.element(q, Norm.scale(n, constants.normScale()), constants.gain(op.gain(), gainLayer, at));
    }

    private long dot(Op.Dots op, long at) throws MalformedException {
        int row = (int) (at / op.blocks());
        int block = (int) (at % op.blocks());
        long from = (long) block * assay.core.program.Matrix.BLOCK_COLS;
        long to = Math.min(op.cols(), from + assay.core.program.Matrix.BLOCK_COLS);
        long[] a = in.values(op.of(), from, to);
        long[] w = in.weights(op.matrix(), row, block);
        int[] narrow = new int[a.length];
        for (int i = 0; i < a.length; i++) {
            narrow[i] = (int) a[i];
        }
        return Linear.dot(w, narrow);
    }

    private long output(Op.Output op, long at) throws MalformedException {
        long z = sum(in.values(op.dots(), at * op.blocks(), (at + 1) * op.blocks()));
        int shift = Quantised.shift(in.value(op.max(), op.scale().nodes().result(0)), Linear.INPUT_BITS);
        int layer = op.bias() == Op.Bias.QUERY ? plan.layer() : plan.tree();
        int bias = constants.bias(op.bias(), layer, (int) at);
        return Linear.output(z, op.fIn(), shift, op.fOut(), bias);
    }

    private long turned(Op.Turned op, int at) throws MalformedException {
        int half = shape.headSize() / 2;
        int base = at - at % shape.headSize();
        int inHead = at - base;
        boolean adjacent = shape.pairing() == Rope.Pairing.ADJACENT;
        int pair = adjacent ? inHead / 2 : inHead % half;
        int first = base + (adjacent ? 2 * pair : pair);
        int second = first + (adjacent ? 1 : half);
        int[] y = {(int) in.value(op.of(), first), (int) in.value(op.of(), second)};
        Attention.Exponents f = constants.exponents(op.query() ? plan.layer() : plan.tree());
        short[] cos = {constants.cos(plan.position(), pair)};
        short[] sin = {constants.sin(plan.position(), pair)};
        short[] turned = Rope.turn(y, 2, cos, sin, Rope.Pairing.ADJACENT, op.query() ? f.q() : f.k());
        return turned[at == first ? 0 : 1];
    }

    private long score(Op.Scores op, long at) throws MalformedException {
        int positions = plan.position() + 1;
        int head = (int) (at / positions);
        int j = (int) (at % positions);
        int hd = shape.headSize();
        long[] q = in.values(op.query(), (long) head * hd, (long) (head + 1) * hd);
        short[] k = in.keysValues(j, j + 1)[0];
        int offset = head / (shape.heads() / shape.kvHeads()) * hd;
        long s = 0;
        for (int i = 0; i < hd; i++) {
            s += q[i] * k[offset + i];
        }
        return s;
    }

    private long softmaxSum(int index, Op.SoftmaxSum op, long at) throws MalformedException {
        Reduce.Node node = op.nodes().node(at);
        if (!node.ofInputs()) {
            return sum(in.values(index, node.from(), node.to()));
        }
        return sum(softmax(op.scores(), op.scale(), op.max(), node.group(), node.from(), node.to()));
    }

    /** Softmax weights of a head's scores [from, to), counted over all heads. */
    private long[] softmax(int scores, Op.ScoreMax scale, int max, long head, long from, long to)
            throws MalformedException {
        long[] p = in.values(scores, from, to).clone();
        long top = in.value(max, scale.nodes().result(head));
        Attention.Exponents f = constants.exponents(plan.layer());
        long c = constants.scoreScale();
        int[] exp2 = constants.exp2();
        for (int j = 0; j < p.length; j++) {
            long u = Fixed.rdiv((top - p[j]) * c, f.q() + f.k() + 8);
            p[j] = u < 0 ? 0 : Attention.weight(u, exp2[(int) (u & 255)]);
        }
        return p;
    }

    private long weighted(int index, Op.Weighted op, long at) throws MalformedException {
        Reduce.Node node = op.nodes().node(at);
        if (!node.ofInputs()) {
            return sum(in.values(index, node.from(), node.to()));
        }
        int positions = plan.position() + 1;
        int hd = shape.headSize();
        int element = (int) node.group();
        int head = element / hd;
        int from = (int) (node.from() % positions);
        int to = from + (int) (node.to() - node.from());
        long row = (long) head * positions;
        long[] p = softmax(op.scores(), op.scale(), op.max(), head, row + from, row + to);
        short[][] kv = in.keysValues(from, to);
        int offset = shape.kvWidth() + head / (shape.heads() / shape.kvHeads()) * hd + element % hd;
        long acc = 0;
        for (int j = 0; j < p.length; j++) {
            acc += p[j] * kv[j][offset];
        }
        return acc;
    }

    static long sum(long[] values) {
        long sum = 0;
        for (long v : values) {
            sum += v;
        }
        return sum;
    }
}
