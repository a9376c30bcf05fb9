package assay.bench;

/** There is no llama.cpp to compare with; the message says how to get it. */
final class PeerMissingException extends Exception {
    private static final long serialVersionUID = 1;

    PeerMissingException(String what, Throwable cause) {
        super(what, cause);
    }
}
