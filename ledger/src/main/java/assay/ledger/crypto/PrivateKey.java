package assay.ledger.crypto;

import assay.core.base.Hash;
import assay.core.base.MalformedException;
import java.math.BigInteger;
import java.security.SecureRandom;

/** A secp256k1 private key with its address. Immutable; never printed by {@link #toString}. */
public final class PrivateKey {
    private final BigInteger secret;
    private final Address address;

    private PrivateKey(BigInteger secret) {
        this.secret = secret;
        address = Secp256k1.addressOf(secret);
    }

    /** A fresh key. */
    public static PrivateKey generate(SecureRandom random) {
        while (true) {
            BigInteger candidate = new BigInteger(256, random);
            if (inRange(candidate)) {
                return new PrivateKey(candidate);
            }
        }
    }

    /** The key with these 32 big-endian bytes, which must be from 1 to the group's order less 1. */
    public static PrivateKey ofBytes(byte[] bytes) throws MalformedException {
        BigInteger secret = new BigInteger(1, bytes);
        if (bytes.length != 32 || !inRange(secret)) {
            throw new MalformedException("a private key is 32 bytes, neither zero nor past the group's order", -1);
        }
        return new PrivateKey(secret);
    }

    /** The account that this key signs for. */
    public Address address() {
        return address;
    }

    /** Signs a digest: deterministic, lower s. */
    public Signature sign(Hash digest) {
        return Secp256k1.sign(digest, secret, address);
    }

    /** The secret's 32 bytes, for a key file. */
    byte[] secretBytes() {
        byte[] out = new byte[32];
        Secp256k1.put32(secret, out, 0);
        return out;
    }

    @Override
    public String toString() {
        return "key of " + address;
    }

    private static boolean inRange(BigInteger secret) {
        return secret.signum() > 0 && secret.compareTo(Secp256k1.N) < 0;
    }
}
