package assay.ledger.tx;

import assay.ledger.crypto.Address;
import assay.ledger.crypto.PrivateKey;
import assay.ledger.crypto.Signature;

/**
 * A key and the chain for which it signs.
 *
 * @param key the account's key
 * @param chainId the chain
 */
public record Signer(PrivateKey key, long chainId) {
    /** The account. */
    public Address address() {
        return key.address();
    }

    /** Signs a transaction with this nonce. */
    public SignedTransaction sign(long nonce, Transaction body) {
        return SignedTransaction.sign(chainId, key, nonce, body);
    }

    /** Signs a voucher or an acknowledgment. */
    public Signature sign(Promise promise) {
        return key.sign(TypedData.digest(chainId, promise));
    }
}
