package assay.prover.audit;

import assay.core.audit.Opening;
import assay.core.audit.OpeningPlan;
import assay.core.audit.Spot;
import assay.core.audit.Subtrees;
import assay.core.base.Hash;
import assay.core.merkle.Merkle;
import assay.core.merkle.MerkleTree;
import assay.core.trace.Leaves;
import assay.core.trace.Trace;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;

/** Puts an opening together: values from a {@link Source}, and the paths that lead them to the trace root. */
public final class Openings {
    private final Source source;
    private final int layers;
    private final Leaves leaves = new Leaves();

    private Openings(Source source, int layers) {
        this.source = source;
        this.layers = layers;
    }

    /** The opening of this plan. */
    public static Opening open(Source source, OpeningPlan plan, Hash salt) {
        Openings openings = new Openings(source, plan.grid().layers());
        List<Opening.OfChoice> choices =
                plan.choices().stream().map(openings::choice).toList();
        return new Opening(plan.challenge(), salt, source.roots(), choices);
    }

    private Opening.OfChoice choice(OpeningPlan.OfChoice plan) {
        Trace trace = source.trace(plan.choice());
        List<Hash> trees = new ArrayList<>();
        for (int tree = 0; tree < layers + 2; tree++) {
            trees.add(trace.treeRoot(tree, plan.steps()));
        }
        List<Opening.OfLayer> opened = new ArrayList<>();
        for (Map.Entry<Integer, SortedSet<Integer>> layer : plan.layers().entrySet()) {
            opened.add(layer(trace, plan, layer.getKey(), layer.getValue()));
        }
        List<Opening.OfHead> heads = new ArrayList<>();
        for (int position : plan.heads()) {
            Spot spot = new Spot(plan.choice(), layers, position);
            List<Hash> path = Merkle.proveInclusion(tree(trace, layers, plan.steps()), position, plan.steps());
            heads.add(new Opening.OfHead(position, source.residual(spot), path, source.logits(spot)));
        }
        return new Opening.OfChoice(plan.choice(), trees, opened, heads);
    }

    private Opening.OfLayer layer(Trace trace, OpeningPlan.OfChoice plan, int layer, SortedSet<Integer> positions) {
        int n = positions.last() + 1;
        List<Hash> residuals = new ArrayList<>(n);
        short[][] keys = new short[n][];
        short[][] values = new short[n][];
        for (int t = 0; t < n; t++) {
            residuals.add(trace.residual(layer, t));
            keys[t] = source.key(new Spot(plan.choice(), layer, t));
            values[t] = source.value(new Spot(plan.choice(), layer, t));
        }
        MerkleTree next = tree(trace, layer + 1, plan.steps());
        List<Opening.OfCell> cells = new ArrayList<>();
        for (int position : positions) {
            Spot spot = new Spot(plan.choice(), layer, position);
            cells.add(new Opening.OfCell(
                    position,
                    source.residual(spot),
                    layer == 0 ? source.embedding(plan.choice(), position) : new long[0],
                    source.sums(spot),
                    keysValues(new Spot(plan.choice(), layer + 1, position)),
                    Merkle.proveInclusion(next, position, plan.steps())));
        }
        List<Hash> rest = Subtrees.rest(leaves(trace, layer, plan.steps()), n);
        return new Opening.OfLayer(layer, residuals, keys, values, rest, cells);
    }

    private Optional<Hash> keysValues(Spot spot) {
        return spot.layer() == layers
                ? Optional.empty()
                : Optional.of(leaves.keysValues(source.key(spot), source.value(spot)));
    }

    private static MerkleTree tree(Trace trace, int tree, int steps) {
        return MerkleTree.of(leaves(trace, tree, steps));
    }

    private static List<Hash> leaves(Trace trace, int tree, int steps) {
        List<Hash> leaves = new ArrayList<>(steps);
        for (int t = 0; t < steps; t++) {
            leaves.add(trace.leaf(tree, t));
        }
        return leaves;
    }
}
