package assay.ledger.crypto;

import assay.core.base.Hash;
import assay.core.base.MalformedException;
import java.security.SecureRandom;

/** A secp256k1 private key with its address. Immutable; never printed by {@link #toString}. */
public final class PrivateKey {
    private final byte[] secret;
    private final Address address;

    private PrivateKey(byte[] owned) {
        secret = owned;
        address = Secp256k1.addressOf(owned);
    }

    /** A fresh key. */
    public static PrivateKey generate(SecureRandom random) {
        byte[] candidate = new byte[32];
        do {
            random.nextBytes(candidate);
        } while (!Secp256k1.inRange(candidate));
        return new PrivateKey(candidate);
    }

    /** The key with these 32 big-endian bytes, which must be from 1 to the group's order less 1. */
    public static PrivateKey ofBytes(byte[] bytes) throws MalformedException {
        if (bytes.length != 32 || !Secp256k1.inRange(bytes)) {
            throw new MalformedException("a private key is 32 bytes, neither zero nor past the group's order", -1);
        }
        return new PrivateKey(bytes.clone());
    }

    /** The account that this key signs for. */
    public Address address() {
        return address;
    }

    /** Signs a digest: deterministic, lower s. */
    public Signature sign(Hash digest) {
        return Secp256k1.sign(digest, secret, address);
    }

    /** A copy of the secret's 32 bytes, for a key file. */
    byte[] secretBytes() {
        return secret.clone();
    }

    @Override
    public String toString() {
        return "key of " + address;
    }
}
