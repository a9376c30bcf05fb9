package assay.node.http;

import java.io.IOException;

/** The connection to the client broke, or the client stopped reading: nobody is there to answer. */
public final class ClientGone extends IOException {
    private static final long serialVersionUID = 1;

    ClientGone(String what, IOException cause) {
        super(what, cause);
    }
}
