package assay.core.dispute;

import assay.core.base.Hash;
import assay.core.base.MalformedException;
import java.util.List;
import java.util.OptionalInt;

/** The challenger's side of a dispute: the first part that it computes otherwise. Not thread-safe. */
public final class Challenger {
    private final Work work;
    private final Leaves leaves;

    /** Challenges with what this party computed. */
    public Challenger(Work work) {
        this.work = work;
        this.leaves = new Leaves(work);
    }

    /**
     * The part to choose; none if this party computes all of them alike.
     *
     * @throws MalformedException if what the node shows is about something that this party's own work does not have
     */
    public OptionalInt choose(At at) throws MalformedException {
        return switch (at) {
            case At.Opened a -> tree(a);
            case At.Pieces a -> piece(a);
            case At.Shown a -> operation(a);
            case At.TensorPieces a -> {
                Tensor own = leaves.of(a.at()).tensor(a.op());
                long size = RangeProof.piece(a.low(), a.high(), Referee.WAYS);
                for (int i = 0; i < a.parts().size(); i++) {
                    long low = a.low() + i * size;
                    if (!own.subtree(low, Math.min(a.high(), low + size))
                            .equals(a.parts().get(i))) {
                        yield OptionalInt.of(i);
                    }
                }
                yield OptionalInt.empty();
            }
            case At.TensorValues a -> {
                Tensor own = leaves.of(a.at()).tensor(a.op());
                int i = java.util.Arrays.mismatch(own.values(a.first(), a.first() + a.values().length), a.values());
                yield i < 0 ? OptionalInt.empty() : OptionalInt.of(i);
            }
            case At.Start a -> OptionalInt.empty();
            case At.Text a -> OptionalInt.empty();
            case At.Subtree a -> OptionalInt.empty();
            case At.Operation a -> OptionalInt.empty();
            case At.Element a -> OptionalInt.empty();
            case At.Condition a -> OptionalInt.empty();
        };
    }

    private OptionalInt tree(At.Opened a) {
        if (work.isTextWrong()) {
            return OptionalInt.of(0);
        }
        for (int c = 0; c < a.choices().size(); c++) {
            At.Trees node = a.choices().get(c);
            if (node.steps() > 0 && !node.ids().equals(TextMove.idsRoot(work.transcript(), c))) {
                return OptionalInt.of(0);
            }
        }
        int part = 1;
        OptionalInt answered = OptionalInt.empty();
        for (int c = 0; c < a.choices().size(); c++) {
            List<Hash> node = a.choices().get(c).trees();
            if (node.isEmpty()) {
                continue;
            }
            List<Hash> own = Defender.trees(work, c).trees();
            for (int tree = 0; tree < node.size(); tree++) {
                if (!own.get(tree).equals(node.get(tree))) {
                    return OptionalInt.of(part + tree);
                }
            }
            part += node.size();
            if (answered.isEmpty() && work.choices().get(c).answeredOtherwise().isPresent()) {
                answered = OptionalInt.of(part - 1);
            }
        }
        return answered;
    }

    private OptionalInt piece(At.Pieces a) {
        Work.ChoiceWork own = work.choices().get(a.branch().choice());
        int size = (int) RangeProof.piece(a.low(), a.high(), Referee.WAYS);
        for (int i = 0; i < a.parts().size(); i++) {
            int low = a.low() + i * size;
            if (!own.subtree(a.branch().tree(), low, Math.min(a.high(), low + size))
                    .equals(a.parts().get(i))) {
                return OptionalInt.of(i);
            }
        }
        return own.answeredOtherwise()
                .map(position -> OptionalInt.of((position - a.low()) / size))
                .orElse(OptionalInt.empty());
    }

    private OptionalInt operation(At.Shown a) throws MalformedException {
        OwnInputs own = leaves.of(a.at());
        Rules rules = new Rules(own.plan(), own);
        for (int i = 0; i < own.plan().size(); i++) {
            Op op = own.plan().op(i);
            boolean same = op.size() == 0
                    ? rules.holds(i)
                    : own.tensor(i).root().equals(a.at().roots().get(i));
            if (!same) {
                return OptionalInt.of(i);
            }
        }
        return OptionalInt.empty();
    }
}
