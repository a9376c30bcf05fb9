package assay.client.proxy;

import assay.core.base.Amount;
import assay.core.base.Hash;
import java.net.URI;

/**
 * One paid request.
 *
 * @param node that was asked
 * @param body exact bytes that were sent
 * @param nonce in the body, which its receipt has to hold
 * @param header the payment, as it was sent
 * @param authorisation the payment's digest, which its receipt has to hold
 * @param payer who pays
 * @param payee who is paid, and has to sign
 * @param most what was signed for
 * @param reservation in {@link Spending}
 */
@SuppressWarnings("ArrayRecordComponent") // a body, never compared
record Deal(
        URI node,
        byte[] body,
        String nonce,
        String header,
        Hash authorisation,
        String payer,
        String payee,
        Amount most,
        String reservation) {}
