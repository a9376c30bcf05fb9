package assay.engine.infer;

/**
 * A transcript to be replayed: the request as it was, and the ids that were answered.
 *
 * @param request as for generation; {@code sampling.n} counts choices
 * @param answers ids of each choice in order, the one that ended it included; none if it was stopped before the first
 */
@SuppressWarnings("ArrayRecordComponent") // ids, never compared
public record ReplayRequest(GenerationRequest request, int[][] answers) {}
