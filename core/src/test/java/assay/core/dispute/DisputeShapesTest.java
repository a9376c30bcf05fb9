package assay.core.dispute;

import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import assay.core.base.Hash;
import assay.core.base.MalformedException;
import assay.core.kernel.Rope;
import assay.core.program.Shape;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.Test;

/**
 * Every kind of operation as the last move on 8B and 70B shapes, at position 131,071: the move fits, the rounds are
 * few. Only what the element reads is built; all else is made-up hashes. Prints bytes, rounds and the referee's time.
 */
class DisputeShapesTest {
    private static final int CONTEXT = 1 << 17;
    private static final int RUNS = Integer.getInteger("dispute.runs", 5);

    private static final Shape EIGHT =
            new Shape("llama", 32, 4096, 32, 8, 128, 14336, 128256, CONTEXT, Rope.Pairing.ADJACENT);
    private static final Shape SEVENTY =
            new Shape("llama", 80, 8192, 64, 8, 128, 28672, 128256, CONTEXT, Rope.Pairing.HALVES);

    private record Figures(int bytes, int rounds, double micros) {}

    @Test
    void everyLastMoveFitsAndTheRoundsAreFew() throws MalformedException {
        TinyWork words = new TinyWork(
                TinyModel.of(1), ",\"temperature\":1.5,\"top_p\":0.8,\"top_k\":60", new int[] {17, 3, 99, 42}, 3);
        for (Shape shape : new Shape[] {EIGHT, SEVENTY}) {
            Map<String, Figures> all = new LinkedHashMap<>();
            for (int tree : new int[] {0, shape.layers() / 2, shape.layers() + 1}) {
                Plan plan = Plan.of(shape, tree, CONTEXT - 2, true, false);
                for (int op = 0; op < plan.size(); op++) {
                    all.merge(
                            plan.op(op).getClass().getSimpleName(),
                            figures(plan, op, words),
                            (a, b) -> a.bytes() >= b.bytes() ? a : b);
                }
            }
            System.out.printf(
                    Locale.ROOT, "%d layers, width %d, %d positions%n", shape.layers(), shape.width(), CONTEXT);
            all.forEach((name, f) -> {
                System.out.printf(
                        Locale.ROOT,
                        "  %-16s %6d bytes  %2d rounds  %7.0f us%n",
                        name,
                        f.bytes(),
                        f.rounds(),
                        f.micros());
                assertTrue(f.bytes() <= Referee.MOVE_MAX_BYTES, name);
                assertTrue(f.rounds() <= 10, name);
            });
        }
    }

    private static Figures figures(Plan plan, int op, TinyWork words) throws MalformedException {
        TraceLeaf leaf = plan.tree() > plan.shape().layers()
                ? new TraceLeaf.Token(1, Hash.sha256(), 7)
                : new TraceLeaf.Cell(Hash.sha256(), Hash.sha256());
        SparseInputs in = new SparseInputs(plan, CONTEXT, words, leaf);
        boolean condition = Rules.isCondition(plan.op(op));
        // The last element: of reductions the result, of rows the last block of columns.
        long at = condition ? 0 : plan.op(op).size() - 1;
        if (plan.op(op) instanceof Op.Weighted || plan.op(op) instanceof Op.SoftmaxSum) {
            at = 1; // of a first level, which reads K and V or scores
        }
        Rules rules = new Rules(plan, in);
        long value = condition ? 0 : rules.element(op, at);
        if (condition) {
            rules.holds(op);
        }
        Head head = in.head();
        LeafAt leafAt = in.at();
        in.writes = true;
        if (condition) {
            rules.holds(op);
        } else {
            rules.element(op, at);
        }
        byte[] move = in.out.toBytes();
        At where = condition ? new At.Condition(head, leafAt, op) : new At.Element(head, leafAt, op, at, value);
        Terms none = new Terms(Hash.sha256(), Hash.sha256(), Hash.sha256());
        double[] micros = new double[RUNS];
        for (int i = 0; i < RUNS; i++) {
            long begun = System.nanoTime();
            Ruling ruling = Play.REFEREE.show(none, where, move);
            micros[i] = (System.nanoTime() - begun) / 1e3;
            assertInstanceOf(Ruling.Settled.class, ruling, () -> plan.op(op) + ": " + ruling);
        }
        Arrays.sort(micros);
        return new Figures(move.length, rounds(plan, op), micros[RUNS / 2]);
    }

    /** Moves of the node from the start to this one. */
    private static int rounds(Plan plan, int op) {
        int rounds = 1 + 1 + 1; // trees; the leaf; the last
        for (long n = CONTEXT; n > 1; n = RangeProof.piece(0, n, Referee.WAYS)) {
            rounds++;
        }
        if (Rules.isCondition(plan.op(op))) {
            return rounds;
        }
        long blocks = Tensor.blocks(plan.op(op).size());
        for (; blocks * Tensor.BLOCK > Referee.WAYS; blocks = RangeProof.piece(0, blocks, Referee.WAYS)) {
            rounds++;
        }
        return rounds + 1;
    }
}
