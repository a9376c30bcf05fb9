package assay.core.base;

import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.SecureRandom; // tidy: an argument, never drawn from here
import java.security.Signature;
import java.security.interfaces.EdECPrivateKey;
import java.security.spec.NamedParameterSpec;
import java.util.Arrays;
import java.util.function.UnaryOperator;

/** An Ed25519 key pair (RFC 8032) that signs; safe for use by several threads. */
public final class NodeSigner {
    /** Length of a secret seed in bytes. */
    public static final int SEED_SIZE_BYTES = 32;

    private final PrivateKey secret;
    private final NodeKey key;
    private final UnaryOperator<byte[]> sign;

    private NodeSigner(PrivateKey secret, NodeKey key, UnaryOperator<byte[]> sign) {
        this.secret = secret;
        this.key = key;
        this.sign = sign;
    }

    /** The pair of this secret seed of 32 bytes. */
    public static NodeSigner ofSeed(byte[] seed) {
        if (seed.length != SEED_SIZE_BYTES) {
            throw new IllegalArgumentException("an Ed25519 seed has 32 bytes, got " + seed.length);
        }
        return ofRandom(new FixedBytes(seed.clone()));
    }

    /** A fresh pair; {@code random} gives 32 bytes. */
    public static NodeSigner ofRandom(SecureRandom random) { // tidy: an argument
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("Ed25519");
            generator.initialize(NamedParameterSpec.ED25519, random);
            KeyPair pair = generator.generateKeyPair();
            byte[] encoded = pair.getPublic().getEncoded();
            byte[] raw = Arrays.copyOfRange(encoded, encoded.length - NodeKey.SIZE_BYTES, encoded.length);
            return new NodeSigner(pair.getPrivate(), NodeKey.ofBytes(raw), message -> sign(pair.getPrivate(), message));
        } catch (GeneralSecurityException | MalformedException e) {
            throw new AssertionError("Ed25519 is required of every JDK since 15", e);
        }
    }

    /**
     * The same pair, signing with a faster implementation; Ed25519 gives everybody the same 64 bytes.
     *
     * @throws IllegalArgumentException if this one gives others
     */
    public NodeSigner by(UnaryOperator<byte[]> faster) {
        byte[] message = key.bytes();
        if (!Arrays.equals(sign(message), faster.apply(message))) {
            throw new IllegalArgumentException("it does not sign as Ed25519 with this key");
        }
        return new NodeSigner(secret, key, faster);
    }

    /** The secret seed, to be stored. */
    public byte[] seed() {
        return ((EdECPrivateKey) secret).getBytes().orElseThrow(); // tidy: no charset here, a key
    }

    /** The public key. */
    public NodeKey key() {
        return key;
    }

    /** The signature of 64 bytes over this message; it is never replaced by anything on failure. */
    public byte[] sign(byte[] message) {
        return sign.apply(message);
    }

    private static byte[] sign(PrivateKey secret, byte[] message) {
        try {
            Signature signer = Signature.getInstance("Ed25519");
            signer.initSign(secret);
            signer.update(message);
            return signer.sign();
        } catch (GeneralSecurityException e) {
            throw new AssertionError("signing with an Ed25519 key cannot fail", e);
        }
    }

    /** Hands the JDK's generator the seed, since it derives a public key in no other way. */
    private static final class FixedBytes extends SecureRandom { // tidy: gives fixed bytes
        private static final long serialVersionUID = 1;

        @SuppressWarnings("serial") // never serialised
        private final byte[] seed;

        private FixedBytes(byte[] seed) {
            this.seed = seed;
        }

        @Override
        public void nextBytes(byte[] bytes) {
            Checks.that(bytes.length == seed.length, "the generator asks for exactly one seed");
            System.arraycopy(seed, 0, bytes, 0, bytes.length);
        }
    }
}
