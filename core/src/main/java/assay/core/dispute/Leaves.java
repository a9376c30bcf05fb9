package assay.core.dispute;

import assay.core.base.MalformedException;
import org.jspecify.annotations.Nullable;

/** A party's own operations of the leaf in dispute, computed once. */
final class Leaves {
    private final Work work;
    private int choice = -1;
    private int tree = -1;
    private int position = -1;
    private @Nullable OwnInputs last;

    Leaves(Work work) {
        this.work = work;
    }

    /** Of a leaf as this party has it. */
    OwnInputs of(Branch branch, int at) throws MalformedException {
        Work.ChoiceWork own = work.choices().get(branch.choice());
        if (at >= own.steps()) {
            throw new MalformedException("no position " + at, -1);
        }
        return of(branch, at, own(own, branch.tree(), at, branch.choice()), new long[0]);
    }

    /** Of a leaf that the node opened. */
    OwnInputs of(LeafAt at) throws MalformedException {
        return of(at.branch(), at.position(), at.leaf(), at.cuts());
    }

    private OwnInputs of(Branch branch, int at, TraceLeaf leaf, long[] cuts) throws MalformedException {
        OwnInputs known = last;
        if (known == null || branch.choice() != choice || branch.tree() != tree || at != position) {
            Plan plan = Head.of(work).plan(branch.tree(), at);
            known = new OwnInputs(work, branch.choice(), plan, leaf, cuts);
            last = known;
            choice = branch.choice();
            tree = branch.tree();
            position = at;
        }
        return known;
    }

    private TraceLeaf own(Work.ChoiceWork own, int branchTree, int at, int ofChoice) {
        int layers = work.program().shape().layers();
        if (branchTree > layers) {
            long fed = OwnInputs.ids(work, ofChoice)[at];
            return new TraceLeaf.Token((int) fed, own.state(at), own.picked(at));
        }
        long[] wide = FlatDigests.wide(own.residual(branchTree, at));
        return branchTree == layers
                ? new TraceLeaf.Last(FlatDigests.residual(wide))
                : new TraceLeaf.Cell(
                        FlatDigests.residual(wide), FlatDigests.keysValues(own.keysValues(branchTree, at)));
    }
}
