package assay.ledger.light;

import java.io.IOException;

/** Where a CometBFT's RPC is asked; nothing that it says is believed. */
public interface Endpoint {
    /** Its address, for people. */
    String name();

    /**
     * The answer to a call, for example {@code commit?height=7}.
     *
     * @throws IOException also if the answer is longer than {@code maxBytes}
     */
    byte[] get(String call, int maxBytes) throws IOException, InterruptedException;
}
