package assay.ledger.light;

import java.io.IOException;

/** An endpoint showed something that is not to be trusted. */
public final class LightException extends IOException {
    private static final long serialVersionUID = 1;

    private final HeaderCheck.Fault fault;

    LightException(HeaderCheck.Fault fault, String endpoint, String why) {
        super(endpoint + " is not to be trusted: " + why + " (" + fault + ")");
        this.fault = fault;
    }

    /** What is wrong. */
    public HeaderCheck.Fault fault() {
        return fault;
    }
}
