package assay.ledger.delivery;

import assay.core.base.Hash;
import assay.core.base.MalformedException;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.spec.NamedParameterSpec;
import java.security.spec.X509EncodedKeySpec;
import java.security.spec.XECPrivateKeySpec;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;
import javax.crypto.KeyAgreement;

/** An X25519 pair of keys (RFC 7748) for one delivery; the secret is shown if the delivery is wrong. */
public final class DeliveryKey {
    private static final byte[] X509_PREFIX = HexFormat.of().parseHex("302a300506032b656e032100");
    private static final Hash BASE = point(9);

    /** Any scalar: with a key of small order it leads to zero, as each does. */
    private static final DeliveryKey PROBE = of(BASE).orElseThrow();

    private final Hash secret;
    private final PrivateKey scalar;
    private final Hash publicKey;

    private DeliveryKey(Hash secret) throws GeneralSecurityException {
        this.secret = secret;
        this.scalar = KeyFactory.getInstance("X25519", "SunEC")
                .generatePrivate(new XECPrivateKeySpec(NamedParameterSpec.X25519, secret.bytes()));
        this.publicKey = Hash.ofBytes(agree(BASE));
    }

    /** The pair of this scalar of 32 bytes, which RFC 7748 clamps; empty if it leads to no key. */
    public static Optional<DeliveryKey> of(Hash secret) {
        try {
            return Optional.of(new DeliveryKey(secret));
        } catch (GeneralSecurityException e) {
            return Optional.empty();
        }
    }

    /** A fresh pair. */
    public static DeliveryKey fresh() {
        byte[] scalar = new byte[Hash.SIZE_BYTES];
        new SecureRandom().nextBytes(scalar);
        return of(Hash.ofBytes(scalar)).orElseThrow();
    }

    /** Whether something can be sealed for this public key: it is no point of small order. */
    public static boolean isUsable(Hash publicKey) {
        try {
            PROBE.shared(publicKey);
            return true;
        } catch (MalformedException e) {
            return false;
        }
    }

    /** The public key, 32 bytes. */
    public Hash publicKey() {
        return publicKey;
    }

    /** The scalar, as it was given. */
    public Hash secret() {
        return secret;
    }

    /** The secret that this pair and the holder of another key share; refuses a key of small order. */
    byte[] shared(Hash theirs) throws MalformedException {
        try {
            return agree(theirs);
        } catch (GeneralSecurityException e) {
            throw new MalformedException("no X25519 key", -1);
        }
    }

    private byte[] agree(Hash theirs) throws GeneralSecurityException {
        byte[] encoded = Arrays.copyOf(X509_PREFIX, X509_PREFIX.length + Hash.SIZE_BYTES);
        System.arraycopy(theirs.bytes(), 0, encoded, X509_PREFIX.length, Hash.SIZE_BYTES);
        PublicKey key = KeyFactory.getInstance("X25519", "SunEC").generatePublic(new X509EncodedKeySpec(encoded));
        KeyAgreement agreement = KeyAgreement.getInstance("X25519", "SunEC");
        agreement.init(scalar);
        agreement.doPhase(key, true);
        return agreement.generateSecret();
    }

    private static Hash point(int u) {
        byte[] bytes = new byte[Hash.SIZE_BYTES];
        bytes[0] = (byte) u;
        return Hash.ofBytes(bytes);
    }
}
