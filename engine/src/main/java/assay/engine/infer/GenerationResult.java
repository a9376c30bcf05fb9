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
     * @param ids all picked ids, the one that ended it included; empty if it was cancelled before the first
     * @param promptLength count of the prompt's ids
     * @param roots trace roots of this choice
     */
    @SuppressWarnings("ArrayRecordComponent") // ids, never compared
    public record Choice(int[] ids, int promptLength, Roots roots) {
        /** Positions fed for the first {@code count} ids: prompt length + count - 1. */
        public int steps(int count) {
            return count == 0 ? 0 : promptLength + count - 1;
        }
    }

    /** Trace roots, computed when they are asked for, on the thread that asks. */
    public interface Roots {
        /** Root over the prompt and the first {@code count} ids; the digest of nothing for 0. */
        Hash after(int count);
    }

    /**
     * Nanoseconds, as the requester would count them.
     *
     * @param queued from submission to admission
     * @param prefill from admission to the first id
     * @param decode from the first id to the last
     */
    public record Times(long queued, long prefill, long decode) {}
}
