package assay.engine.infer;

/** The queue is full: come back later. */
public final class BusyException extends Exception {
    private static final long serialVersionUID = 1;

    private final int retryAfterSeconds;

    /** @param retryAfterSeconds a guess when there is room again */
    public BusyException(int retryAfterSeconds) {
        super("the queue is full; try again in " + retryAfterSeconds + " s");
        this.retryAfterSeconds = retryAfterSeconds;
    }

    /** Seconds to wait. */
    public int retryAfterSeconds() {
        return retryAfterSeconds;
    }
}
