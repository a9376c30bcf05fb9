package assay.ledger.crypto;

import org.jspecify.annotations.Nullable;

/**
 * The arithmetic of secp256k1 (SEC 2) behind {@link Secp256k1}, which checks all ranges first. Numbers
 * are 32 bytes, big-endian; a public key is its x ‖ y. Safe for many threads.
 */
interface Curve {
    /**
     * The public key that made a signature (SEC 1, section 4.1.6), or null if there is none.
     *
     * @param rs r ‖ s, each from 1 to the group's order less 1
     * @param odd 1 if the y of the point r is odd, else 0
     */
    byte @Nullable [] recover(byte[] digest, byte[] rs, int odd);

    /** r ‖ s, s at most half the group's order; deterministic (RFC 6979 with HMAC-SHA-256). */
    byte[] sign(byte[] digest, byte[] secret);

    /** The public key of a secret from 1 to the group's order less 1. */
    byte[] publicKey(byte[] secret);
}
