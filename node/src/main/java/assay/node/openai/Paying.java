package assay.node.openai;

import java.util.Optional;

/** How the sender of a request means to pay for it. */
public sealed interface Paying {
    /** From the node's own wallet, whose key the sender holds. */
    record Wallet() implements Paying {}

    /**
     * By x402.
     *
     * @param payment the header's value, in base64; empty while the sender asks for the terms
     * @param resource address of what is paid for
     */
    record X402(Optional<String> payment, String resource) implements Paying {}
}
