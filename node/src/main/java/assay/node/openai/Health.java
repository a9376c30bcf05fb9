package assay.node.openai;

/**
 * How a node is.
 *
 * @param state whether it takes requests
 * @param detail one line for a person
 * @param running requests that compute now
 * @param waiting requests in the queue
 * @param queueMax the queue's length; one more is answered 429
 * @param reservedBytes memory that is set aside for what computes now: its K and V at their longest, and what else
 *     it takes
 * @param budgetBytes memory for that; what does not fit waits
 */
public record Health(
        State state, String detail, int running, int waiting, int queueMax, long reservedBytes, long budgetBytes) {
    /** Share of the memory for requests that is set aside, 0 to 1. */
    public double cacheUsed() {
        return Math.min(1, (double) reservedBytes / Math.max(1, budgetBytes));
    }

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
