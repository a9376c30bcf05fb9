package assay.ledger.pay;

import assay.core.base.Hash;

/**
 * The nonce by which a payer's authorisation names the request that it pays: docs/protocol/x402.md, "Binding".
 */
public final class RequestNonce {
    private RequestNonce() {}

    /** The nonce for a request, given {@code Digests.body} of its body, which should hold a fresh nonce of its own. */
    public static Hash of(Hash body) {
        return Hash.tagged("assay/payment/1", body.bytes());
    }
}
