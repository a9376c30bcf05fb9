package assay.ledger.light;

import java.io.IOException;

/** An endpoint said no to a call; nobody need believe it. */
public final class RpcRefusedException extends IOException {
    private static final long serialVersionUID = 1;

    RpcRefusedException(String why) {
        super(why);
    }
}
