package assay.node.openai;

/** Why an answer was stopped from outside. */
public enum CancelReason {
    /** The connection broke: the client went away. */
    CLIENT_GONE,
    /** The client reads more slowly than the answer grows, and its queue is full. */
    SLOW_READER
}
