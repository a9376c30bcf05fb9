package assay.core.base;

/**
 * Bytes from outside do not have the form that their format demands.
 *
 * <p>Thrown only by parsers and caught at the edges (a verifier, an HTTP handler, a command). The
 * message says what is wrong and, where it helps, what was expected.
 */
public final class MalformedException extends Exception {
    private static final long serialVersionUID = 1;

    private final long offset;

    /**
     * @param what what is wrong, for a person
     * @param offset byte (or character) offset of the fault, or -1 where none makes sense
     */
    public MalformedException(String what, long offset) {
        super(offset < 0 ? what : what + " (at " + offset + ")");
        this.offset = offset;
    }

    /** Offset of the fault in the input, or -1. */
    public long offset() {
        return offset;
    }
}
