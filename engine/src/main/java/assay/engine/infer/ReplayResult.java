package assay.engine.infer;

import assay.core.base.Hash;
import java.util.List;

/**
 * What a replay found.
 *
 * @param choices in order
 * @param nanos time from start to end, queue left out
 */
public record ReplayResult(List<Choice> choices, long nanos) {
    /** Copies the list. */
    public ReplayResult {
        choices = List.copyOf(choices);
    }

    /**
     * One choice.
     *
     * @param steps positions fed
     * @param traceRoot over them, with the ids that this replay sampled for itself
     * @param firstDifference index of the first answered id that was not sampled, or -1
     * @param sampled the id sampled there, or -1
     * @param picks everything sampled, with log-probabilities if they were asked for
     */
    public record Choice(int steps, Hash traceRoot, int firstDifference, int sampled, List<PickedToken> picks) {
        /** Copies the list. */
        public Choice {
            picks = List.copyOf(picks);
        }
    }
}
