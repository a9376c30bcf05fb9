package assay.engine.infer;

import assay.core.audit.Spot;
import assay.core.trace.Trace;
import java.util.List;
import java.util.Optional;

/**
 * What a replay kept so that cells can be opened: traces with their leaves, K and V, and the residuals of the asked
 * cells. Holds the memory of the whole replay while it lives. Safe to read from one thread.
 */
public final class Witness {
    private final ReplayResult result;
    private final List<Kept> choices;
    private final Watch watch;
    private final Model model;

    /** One choice: its trace with tokens, and its K and V; no trace if it has no ids. */
    record Kept(Optional<Trace> trace, Optional<Sequence> sequence) {}

    Witness(Model model, ReplayResult result, List<Kept> choices, Watch watch) {
        this.model = model;
        this.result = result;
        this.choices = List.copyOf(choices);
        this.watch = watch;
    }

    /** What the replay found. */
    public ReplayResult result() {
        return result;
    }

    /** The trace of a choice, all trees and the digests of residuals; empty if it committed to nothing. */
    public Optional<Trace> trace(int choice) {
        return choices.get(choice).trace();
    }

    /** The residual-in of an asked cell (residual-out of the last layer for the head): (D) at 14. */
    public int[] residual(Spot spot) {
        int[] row = watch.residual(spot);
        if (row.length == 0) {
            throw new IllegalArgumentException("nobody asked for " + spot);
        }
        return row;
    }

    /** K of a position in a layer: (kvHeads * hd). */
    public short[] key(int choice, int layer, int position) {
        short[] out = new short[model.program().shape().kvWidth()];
        sequence(choice).keysValues().key(layer, position, out, 0);
        return out;
    }

    /** V of a position in a layer. */
    public short[] value(int choice, int layer, int position) {
        short[] out = new short[model.program().shape().kvWidth()];
        sequence(choice).keysValues().value(layer, position, out, 0);
        return out;
    }

    /** K of the first positions of a layer, each (kvHeads * hd). */
    public short[][] keys(int choice, int layer, int positions) {
        short[][] out = new short[positions][];
        for (int t = 0; t < positions; t++) {
            out[t] = key(choice, layer, t);
        }
        return out;
    }

    /** V of the first positions of a layer. */
    public short[][] values(int choice, int layer, int positions) {
        short[][] out = new short[positions][];
        for (int t = 0; t < positions; t++) {
            out[t] = value(choice, layer, t);
        }
        return out;
    }

    private Sequence sequence(int choice) {
        return choices.get(choice)
                .sequence()
                .orElseThrow(() -> new IllegalArgumentException("choice " + choice + " committed to nothing"));
    }
}
