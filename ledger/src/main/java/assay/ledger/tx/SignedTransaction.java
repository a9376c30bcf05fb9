package assay.ledger.tx;

import assay.core.base.Hash;
import assay.ledger.crypto.Address;
import assay.ledger.crypto.PrivateKey;
import assay.ledger.crypto.Signature;

/**
 * A transaction with its sender's signature over its EIP-712 digest.
 *
 * @param chainId the chain for which it was signed
 * @param from the sender
 * @param nonce how many transactions of this sender were applied before
 * @param body what is asked
 * @param signature over {@link #id}
 */
public record SignedTransaction(long chainId, Address from, long nonce, Transaction body, Signature signature) {
    /** Checks that the numbers are not negative. */
    public SignedTransaction {
        if (chainId < 0 || nonce < 0) {
            throw new IllegalArgumentException("chain id and nonce are not negative: " + chainId + ", " + nonce);
        }
    }

    /** Signs {@code body} with this key. */
    public static SignedTransaction sign(long chainId, PrivateKey key, long nonce, Transaction body) {
        Hash digest = TypedData.digest(chainId, key.address(), nonce, body);
        return new SignedTransaction(chainId, key.address(), nonce, body, key.sign(digest));
    }

    /** The EIP-712 digest: what is signed, and the transaction's name everywhere. */
    public Hash id() {
        return TypedData.digest(chainId, from, nonce, body);
    }
}
