package assay.engine.infer;

import assay.core.base.Hash;
import assay.core.kernel.Sampling;

/**
 * One request to generate.
 *
 * @param prompt ids of the prompt, at least one; not copied, nobody may change it
 * @param promptDigest digest of those ids, as the receipt has it
 * @param sampling how to pick; n choices are generated from one prompt
 * @param seed of the sampler
 */
@SuppressWarnings("ArrayRecordComponent") // ids of a prompt: large, never compared
public record GenerationRequest(int[] prompt, Hash promptDigest, Sampling sampling, long seed) {
    /** Refuses an empty prompt. */
    public GenerationRequest {
        if (prompt.length == 0) {
            throw new IllegalArgumentException("a prompt has at least one id");
        }
    }
}
