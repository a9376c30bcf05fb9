package assay.engine.infer;

/**
 * A transcript to be replayed: the request as it was, and the ids that were answered.
 *
 * @param request as for generation; {@code sampling.n} counts choices
 * @param answers ids of each choice, the one that ended it included, at least one each
 */
@SuppressWarnings("ArrayRecordComponent") // ids, never compared
public record ReplayRequest(GenerationRequest request, int[][] answers) {
    /** Refuses an answer without ids. */
    public ReplayRequest {
        for (int[] answer : answers) {
            if (answer.length == 0) {
                throw new IllegalArgumentException("an answer to replay has at least one id");
            }
        }
    }
}
