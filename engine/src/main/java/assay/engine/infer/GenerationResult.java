package assay.engine.infer;

import assay.core.base.Hash;
import java.util.List;

/**
 * What a generation came to.
 *
 * @param cached prompt ids whose K and V were reused
 * @param choices in order
 * @param times where the time went
 */
public record GenerationResult(int cached, List<Choice> choices, Times times) {
    /** Copies the list. */
    public GenerationResult {
        choices = List.copyOf(choices);
    }

    /**
     * One choice.
     *
     * @param ids all picked ids, the one that ended it included
     * @param steps positions fed: prompt length + ids - 1
     * @param traceRoot over those steps
     */
    @SuppressWarnings("ArrayRecordComponent") // ids, never compared
    public record Choice(int[] ids, int steps, Hash traceRoot) {}

    /**
     * Nanoseconds, as the requester would count them.
     *
     * @param queued from submission to admission
     * @param prefill from admission to the first id
     * @param decode from the first id to the last
     */
    public record Times(long queued, long prefill, long decode) {}
}
