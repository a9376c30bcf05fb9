package assay.core.dispute;

import assay.core.program.Matrix;
import assay.core.program.Program;
import assay.core.program.Shape;
import java.util.ArrayList;
import java.util.List;

/**
 * Everything that a leaf of the trace commits to, as operations in order: each takes its inputs from those before it.
 * The shape, the tree and the position determine it, and for the tree of tokens whether an id is picked, and how.
 *
 * <p>docs/protocol/dispute.md, "Operations".
 */
final class Plan {
    private static final int WAYS = 32;

    /** Bytes of K and V that one leaf of a weighted sum may show. */
    private static final int HISTORY_BYTES = 40960;

    private final Shape shape;
    private final int tree;
    private final int position;
    private final boolean greedy;
    private final List<Op> ops = new ArrayList<>();

    private Plan(Shape shape, int tree, int position, boolean greedy) {
        this.shape = shape;
        this.tree = tree;
        this.position = position;
        this.greedy = greedy;
    }

    /**
     * The operations of one leaf.
     *
     * @param tree a layer, or layers for the last residuals, or layers + 1 for the tokens
     * @param picks whether an id is picked there (tokens only)
     * @param greedy whether it is picked at temperature 0
     */
    static Plan of(Shape shape, int tree, int position, boolean picks, boolean greedy) {
        Plan plan = new Plan(shape, tree, position, greedy);
        if (tree <= shape.layers()) {
            int x = tree == 0 ? plan.add(new Op.Embedded(shape.width())) : plan.layer(tree - 1);
            plan.add(new Op.SameResidual(x));
            if (tree < shape.layers()) {
                plan.keysValues(x);
            }
            return plan;
        }
        plan.add(new Op.Fed());
        plan.add(new Op.State());
        if (picks) {
            plan.pick();
        } else {
            plan.add(new Op.Unpicked());
        }
        return plan;
    }

    /** Sizes of the model. */
    Shape shape() {
        return shape;
    }

    /** The tree that the leaf is of. */
    int tree() {
        return tree;
    }

    /** The layer whose residual-in an operation's norm, q and attention are of; K and V are of the layer above. */
    int layer() {
        return tree - 1;
    }

    /** The leaf's position. */
    int position() {
        return position;
    }

    /** Count of operations. */
    int size() {
        return ops.size();
    }

    /** An operation. */
    Op op(int index) {
        return ops.get(index);
    }

    /** Where the node's two numbers of the sampler stand, or -1. */
    int cuts() {
        for (int i = 0; i < ops.size(); i++) {
            if (ops.get(i) instanceof Op.Cuts) {
                return i;
            }
        }
        return -1;
    }

    private int add(Op op) {
        ops.add(op);
        return ops.size() - 1;
    }

    private int layer(int l) {
        int d = shape.width();
        int qWidth = shape.queryWidth();
        int positions = position + 1;
        int x = add(new Op.Held(d));
        Input y = norm(x, Op.Gain.ATTENTION);
        int q = add(new Op.Turned(linear(y, block(l, "attn_q"), qWidth, d, 16, 14, Op.Bias.QUERY), true, qWidth));
        int scores = add(new Op.Scores(q, (long) shape.heads() * positions));
        Op.ScoreMax top = new Op.ScoreMax(scores, new Reduce(shape.heads(), positions, WAYS));
        int max = add(top);
        Op.SoftmaxSum bottom = new Op.SoftmaxSum(scores, top, max, new Reduce(shape.heads(), positions, WAYS));
        int sums = add(bottom);
        Op.Weighted weighted =
                new Op.Weighted(scores, top, max, new Reduce(qWidth, positions, historyPositions(shape)));
        int acc = add(weighted);
        int attended = add(new Op.Attended(weighted, acc, bottom, sums, qWidth));
        Input o = cut(attended, qWidth);
        int x1 = add(new Op.Added(x, linear(o, block(l, "attn_output"), d, qWidth, 16, 14, Op.Bias.NONE), d));
        Input z = norm(x1, Op.Gain.FEED_FORWARD);
        int ff = shape.feedForward();
        int gate = linear(z, block(l, "ffn_gate"), ff, d, 16, 12, Op.Bias.NONE);
        int up = linear(z, block(l, "ffn_up"), ff, d, 16, 12, Op.Bias.NONE);
        Input m = cut(add(new Op.Gated(gate, up, ff)), ff);
        return add(new Op.Added(x1, linear(m, block(l, "ffn_down"), d, ff, 12, 14, Op.Bias.NONE), d));
    }

    private void keysValues(int x) {
        int kv = shape.kvWidth();
        Input y = norm(x, Op.Gain.ATTENTION);
        int k = add(new Op.Turned(linear(y, block(tree, "attn_k"), kv, shape.width(), 16, 14, Op.Bias.KEY), false, kv));
        int v = add(new Op.Value(linear(y, block(tree, "attn_v"), kv, shape.width(), 16, 14, Op.Bias.VALUE), kv));
        add(new Op.SameKeysValues(k, v));
    }

    private void pick() {
        int vocabulary = shape.vocabulary();
        Input y = norm(add(new Op.Held(shape.width())), Op.Gain.OUTPUT);
        int logits = linear(y, Program.HEAD, vocabulary, shape.width(), 16, 16, Op.Bias.NONE);
        int scores = add(new Op.Adjusted(logits, vocabulary));
        Reduce ids = new Reduce(1, vocabulary, WAYS);
        Op.Best top = new Op.Best(scores, ids);
        int best = add(top);
        if (greedy) {
            add(new Op.Likeliest(top, best));
        } else {
            int weights = add(new Op.Weights(scores, top, best, vocabulary));
            int cuts = add(new Op.Cuts());
            Op.CountAbove counted = new Op.CountAbove(weights, cuts, ids);
            add(new Op.Kept(weights, cuts, counted, add(counted)));
            Op.SumAbove all = new Op.SumAbove(weights, cuts, false, ids);
            int before = add(all);
            Op.SumAbove kept = new Op.SumAbove(weights, cuts, true, ids);
            int after = add(kept);
            add(new Op.Shortest(weights, cuts, all, before, kept, after));
            add(new Op.Drawn(weights, cuts, kept, after));
        }
        add(new Op.Answered());
    }

    /** A vector cut to 13 bits, and the maximum that says how. */
    private record Input(int values, Op.Maxima scale, int max) {}

    private Input norm(int x, Op.Gain gain) {
        int d = shape.width();
        Op.Maxima scale = new Op.Maxima(x, new Reduce(1, d, WAYS));
        int max = add(scale);
        Op.Squares sum = new Op.Squares(x, scale, max, new Reduce(1, d, WAYS));
        int squares = add(sum);
        return cut(add(new Op.Normed(x, scale, max, sum, squares, gain, d)), d);
    }

    private Input cut(int y, int size) {
        Op.Maxima scale = new Op.Maxima(y, new Reduce(1, size, WAYS));
        int max = add(scale);
        return new Input(add(new Op.Cut13(y, scale, max, size)), scale, max);
    }

    private int linear(Input a, String matrix, int rows, int cols, int fIn, int fOut, Op.Bias bias) {
        int blocks = (cols + Matrix.BLOCK_COLS - 1) / Matrix.BLOCK_COLS;
        int dots = add(new Op.Dots(a.values(), matrix, rows, cols, blocks));
        return add(new Op.Output(dots, a.scale(), a.max(), blocks, fIn, fOut, bias, rows));
    }

    private static String block(int l, String name) {
        return "blk." + l + "." + name + ".weight";
    }

    /** How many positions' K and V one leaf of a weighted sum shows: 32, or fewer where they are wide. */
    static int historyPositions(Shape shape) {
        int fit = HISTORY_BYTES / (4 * shape.kvWidth() + 64);
        return Math.max(1, Math.min(WAYS, Integer.highestOneBit(Math.max(1, fit))));
    }
}
