package assay.client;

import java.io.IOException;

/** A node said no, or something that is not understood. */
public final class ClientException extends IOException {
    private static final long serialVersionUID = 1;

    private final int status;
    private final String code;

    /**
     * @param status of HTTP, or 0 if the stream itself said so
     * @param code stable name of the fault, as the node gives it
     * @param message for a person
     */
    public ClientException(int status, String code, String message) {
        super(message);
        this.status = status;
        this.code = code;
    }

    /** HTTP status, or 0. */
    public int status() {
        return status;
    }

    /** A stable name of the fault, for example {@code context_length_exceeded}. */
    public String code() {
        return code;
    }
}
