package assay.core.dispute;

import assay.core.base.Hash;
import assay.core.base.MalformedException;
import assay.core.codec.Writer;
import java.util.ArrayList;
import java.util.List;

/** The node's side of a dispute: what it shows next, from what it computed. Not thread-safe. */
public final class Defender {
    private final Work work;
    private final Leaves leaves;

    /** Defends this. */
    public Defender(Work work) {
        this.work = work;
        this.leaves = new Leaves(work);
    }

    /**
     * The next move.
     *
     * @throws MalformedException if the dispute is about something that this party's own work does not have
     * @throws IllegalArgumentException if it is not the node's turn
     */
    public byte[] move(At at) throws MalformedException {
        return switch (at) {
            case At.Start a -> open();
            case At.Text a -> TextMove.of(work.transcript());
            case At.Subtree a -> a.high() - a.low() == 1 ? leaf(a) : pieces(a);
            case At.Operation a -> tensor(a);
            case At.Element a -> {
                Writer out = new Writer();
                OwnInputs own = leaves.of(a.at());
                new Rules(own.plan(), new ProvingInputs(own, a.at().branch(), out)).element(a.op(), a.index());
                yield out.toBytes();
            }
            case At.Condition a -> {
                Writer out = new Writer();
                OwnInputs own = leaves.of(a.at());
                new Rules(own.plan(), new ProvingInputs(own, a.at().branch(), out)).holds(a.op());
                yield out.toBytes();
            }
            case At.Opened a -> throw notMine();
            case At.Pieces a -> throw notMine();
            case At.Shown a -> throw notMine();
            case At.TensorPieces a -> throw notMine();
            case At.TensorValues a -> throw notMine();
        };
    }

    private static IllegalArgumentException notMine() {
        return new IllegalArgumentException("it is the challenger's turn");
    }

    private byte[] open() {
        Writer out = new Writer();
        Head.of(work).write(out);
        for (int c = 0; c < work.choices().size(); c++) {
            trees(work, c).write(out);
        }
        return out.toBytes();
    }

    /** Roots of a choice's trees. */
    static At.Trees trees(Work work, int choice) {
        Work.ChoiceWork own = work.choices().get(choice);
        if (own.steps() == 0) {
            return new At.Trees(0, Branch.NONE, List.of());
        }
        List<Hash> roots = new ArrayList<>();
        for (int tree = 0; tree < work.program().shape().layers() + 2; tree++) {
            roots.add(own.subtree(tree, 0, own.steps()));
        }
        return new At.Trees(own.steps(), TextMove.idsRoot(work.transcript(), choice), roots);
    }

    private byte[] pieces(At.Subtree a) {
        Writer out = new Writer();
        Work.ChoiceWork own = work.choices().get(a.branch().choice());
        int size = (int) RangeProof.piece(a.low(), a.high(), Referee.WAYS);
        for (int low = a.low(); low < a.high(); low += size) {
            out.hash(own.subtree(a.branch().tree(), low, Math.min(a.high(), low + size)));
        }
        return out.toBytes();
    }

    private byte[] leaf(At.Subtree a) throws MalformedException {
        OwnInputs own = leaves.of(a.branch(), a.low());
        Writer out = new Writer();
        own.leaf().write(out);
        int cuts = own.plan().cuts();
        long[] numbers = cuts < 0 ? new long[0] : own.values(cuts, 0, 2);
        new LeafAt(a.branch(), a.low(), own.leaf(), own.roots(), numbers).writeRoots(out);
        return out.toBytes();
    }

    private byte[] tensor(At.Operation a) throws MalformedException {
        Tensor tensor = leaves.of(a.at()).tensor(a.op());
        Writer out = new Writer();
        if (Referee.isShownWhole(a)) {
            long first = a.low() * Tensor.BLOCK;
            Values.write(out, tensor.values(first, Math.min(tensor.size(), a.high() * Tensor.BLOCK)));
            return out.toBytes();
        }
        long size = RangeProof.piece(a.low(), a.high(), Referee.WAYS);
        for (long low = a.low(); low < a.high(); low += size) {
            out.hash(tensor.subtree(low, Math.min(a.high(), low + size)));
        }
        return out.toBytes();
    }
}
