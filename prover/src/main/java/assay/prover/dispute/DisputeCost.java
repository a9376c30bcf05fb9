package assay.prover.dispute;

import assay.core.audit.LightAudit;
import assay.core.base.MalformedException;
import assay.core.dispute.Fabricated;
import assay.core.dispute.Fabricated.LastMove;
import assay.core.dispute.Ruling;
import assay.core.program.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * What settling a disagreement about a model of one shape costs (tier 5), measured on {@linkplain Fabricated made-up}
 * disputes; no weights are needed, so any size will do.
 *
 * @param leaves one for each kind of operation
 */
public record DisputeCost(List<Leaf> leaves) {
    /**
     * A dispute to one kind of operation.
     *
     * @param moves of the node, the last included; the challenger's are one fewer, a number each
     * @param bytes of all of the node's moves
     * @param longestBytes of one of them
     * @param refereeNanos median time of the referee for the last, on one thread
     */
    public record Leaf(String operation, int moves, long bytes, int longestBytes, long refereeNanos) {}

    /** Copies the list. */
    public DisputeCost {
        leaves = List.copyOf(leaves);
    }

    /**
     * Measures every kind of operation.
     *
     * @param steps positions of the answer in dispute, 3 at least
     * @param subject whose statement is shown, and whose sampling the tokens have
     * @param runs of the referee for each kind, of which the median counts
     */
    public static DisputeCost measure(Shape shape, int steps, LightAudit.Subject subject, int runs)
            throws MalformedException {
        List<Leaf> leaves = new ArrayList<>();
        for (LastMove last : Fabricated.of(shape, steps, subject.receipt(), subject.transcript())) {
            leaves.add(new Leaf(last.operation(), last.moves(), last.bytes(), last.longestBytes(), median(last, runs)));
        }
        return new DisputeCost(leaves);
    }

    private static long median(LastMove last, int runs) throws MalformedException {
        long[] nanos = new long[runs];
        for (int i = 0; i < runs; i++) {
            long begun = System.nanoTime();
            Ruling ruling = last.judge();
            nanos[i] = System.nanoTime() - begun;
            if (!(ruling instanceof Ruling.Settled)) {
                throw new MalformedException(last.operation() + " is not judged: " + ruling, -1);
            }
        }
        Arrays.sort(nanos);
        return nanos[runs / 2];
    }

    /** The most moves of the node. */
    public int moves() {
        return leaves.stream().mapToInt(Leaf::moves).max().orElse(0);
    }

    /** The most bytes of one dispute. */
    public long bytes() {
        return leaves.stream().mapToLong(Leaf::bytes).max().orElse(0);
    }

    /** The longest move. */
    public int longestBytes() {
        return leaves.stream().mapToInt(Leaf::longestBytes).max().orElse(0);
    }

    /** The costliest last move for the referee. */
    public long refereeNanos() {
        return leaves.stream().mapToLong(Leaf::refereeNanos).max().orElse(0);
    }
}
