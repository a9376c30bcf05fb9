package assay.core.dispute;

import assay.core.base.Hash;
import assay.core.base.MalformedException;
import assay.core.codec.Writer;
import assay.core.program.Shape;
import assay.core.receipt.Receipt;
import assay.core.receipt.Transcript;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Disputes about models of any shape, without their weights: for each kind of operation the last move, with all the
 * referee reads in its true size, and the sizes of the moves before it. What an element does not read is a made-up
 * hash. For measuring; rows of weights are in Q8_0.
 */
public final class Fabricated {
    private static final Terms NONE = new Terms(Hash.sha256(), Hash.sha256(), Hash.sha256());

    private Fabricated() {}

    /**
     * A dispute to one element or condition, of which the last move is there.
     *
     * @param operation its kind
     * @param sizesBytes of the node's moves, the last included
     * @param at where the last one is due
     * @param play the referee's work on it
     */
    public record LastMove(String operation, List<Integer> sizesBytes, At at, Play play) {
        /** Copies the list. */
        public LastMove {
            sizesBytes = List.copyOf(sizesBytes);
        }

        /** Moves of the node, the last included. */
        public int moves() {
            return sizesBytes.size();
        }

        /** All of them, bytes. */
        public long bytes() {
            return sizesBytes.stream().mapToLong(Integer::longValue).sum();
        }

        /** The longest, bytes. */
        public int longestBytes() {
            return sizesBytes.stream().mapToInt(Integer::intValue).max().orElse(0);
        }

        /** What the referee says of the last move; all that it does for it happens here. */
        public Ruling judge() {
            return play.judge();
        }
    }

    /** The referee's work on one move. */
    public interface Play {
        /** Does it. */
        Ruling judge();
    }

    /**
     * The last move for every kind of operation, each at the costliest of three leaves: of the first layer, of one in
     * the middle, of the tokens.
     *
     * @param steps positions of the choice in dispute, 3 at least; the leaf is the last but one
     * @param receipt whose statement the first move shows and whose sampling the tokens have
     */
    public static List<LastMove> of(Shape shape, int steps, Receipt receipt, Transcript transcript)
            throws MalformedException {
        FabricatedInputs.Words words = FabricatedInputs.Words.of(receipt, transcript);
        boolean greedy = receipt.request().sampling().temperature() == 0;
        Map<String, LastMove> all = new LinkedHashMap<>();
        for (int tree : new int[] {0, shape.layers() / 2, shape.layers() + 1}) {
            Plan plan = Plan.of(shape, tree, steps - 2, true, greedy);
            for (int op = 0; op < plan.size(); op++) {
                LastMove move = last(plan, op, steps, words);
                all.merge(
                        move.operation(),
                        move,
                        (a, b) -> a.sizesBytes().getLast() >= b.sizesBytes().getLast() ? a : b);
            }
        }
        return List.copyOf(all.values());
    }

    private static LastMove last(Plan plan, int op, int steps, FabricatedInputs.Words words) throws MalformedException {
        TraceLeaf leaf = plan.tree() > plan.shape().layers()
                ? new TraceLeaf.Token(1, Hash.sha256(), 7)
                : new TraceLeaf.Cell(Hash.sha256(), Hash.sha256());
        FabricatedInputs in = new FabricatedInputs(plan, steps, words, leaf);
        boolean condition = Rules.isCondition(plan.op(op));
        // The last element: of reductions the result, of rows the last block of columns.
        long index = condition ? 0 : plan.op(op).size() - 1;
        if (plan.op(op) instanceof Op.Weighted || plan.op(op) instanceof Op.SoftmaxSum) {
            index = 1; // of a first level, which reads K and V or scores
        }
        Rules rules = new Rules(plan, in);
        long value = run(rules, condition, op, index);
        Head head = in.head();
        LeafAt at = in.at();
        in.writes = true;
        run(rules, condition, op, index);
        byte[] move = in.out.toBytes();
        At where = condition ? new At.Condition(head, at, op) : new At.Element(head, at, op, index, value);
        Referee referee = new Referee(model -> java.util.Optional.empty());
        return new LastMove(
                plan.op(op).getClass().getSimpleName(),
                sizes(plan, op, steps, head, at, move.length),
                where,
                () -> referee.show(NONE, where, move));
    }

    private static long run(Rules rules, boolean condition, int op, long index) throws MalformedException {
        if (condition) {
            rules.holds(op);
            return 0;
        }
        return rules.element(op, index);
    }

    /** Bytes of the node's moves from the start to this one. */
    private static List<Integer> sizes(Plan plan, int op, int steps, Head head, LeafAt at, int last) {
        List<Integer> sizes = new ArrayList<>();
        Writer start = new Writer();
        head.write(start);
        sizes.add(start.toBytes().length + 4 + Hash.SIZE_BYTES * (plan.shape().layers() + 2));
        long leaves = steps;
        while (leaves > 1) {
            long piece = RangeProof.piece(0, leaves, Referee.WAYS);
            sizes.add((int) ((leaves + piece - 1) / piece) * Hash.SIZE_BYTES);
            leaves = piece;
        }
        Writer leaf = new Writer();
        at.leaf().write(leaf);
        at.writeRoots(leaf);
        sizes.add(leaf.toBytes().length);
        if (!Rules.isCondition(plan.op(op))) {
            long blocks = Tensor.blocks(plan.op(op).size());
            while (blocks * Tensor.BLOCK > Referee.WAYS) {
                long piece = RangeProof.piece(0, blocks, Referee.WAYS);
                sizes.add((int) ((blocks + piece - 1) / piece) * Hash.SIZE_BYTES);
                blocks = piece;
            }
            sizes.add(1 + Long.BYTES * (int) Math.min(plan.op(op).size(), blocks * Tensor.BLOCK));
        }
        sizes.add(last);
        return sizes;
    }
}
