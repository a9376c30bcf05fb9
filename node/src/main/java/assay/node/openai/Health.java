package assay.node.openai;

/**
 * How a node is.
 *
 * @param state whether it takes requests
 * @param detail one line for a person
 * @param running requests that compute now
 * @param waiting requests in the queue
 * @param queueMax the queue's length; one more is answered 429
 * @param cacheUsed share of the KV cache in use, 0 to 1
 */
public record Health(State state, String detail, int running, int waiting, int queueMax, double cacheUsed) {
    /** Whether a node takes requests. */
    public enum State {
        /** Loading; not yet. */
        STARTING,
        /** Yes. */
        READY,
        /** Not now: the disk is full, or the payment side is down. */
        REFUSING,
        /** Not any more. */
        STOPPING
    }
}
