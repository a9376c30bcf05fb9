package assay.engine.infer;

/**
 * An id that the sampler picked.
 *
 * @param id the id
 * @param logprob natural log-probability in 2^-16, 0 unless asked for
 * @param topIds alternatives, best first; empty unless asked for
 * @param topLogprobs theirs
 */
@SuppressWarnings("ArrayRecordComponent") // short-lived values, never compared
public record PickedToken(int id, long logprob, int[] topIds, long[] topLogprobs) {}
