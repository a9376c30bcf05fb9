package assay.node.audit;

import assay.core.base.Hash;
import assay.core.base.MalformedException;
import assay.core.codec.Reader;
import assay.core.codec.Writer;
import assay.ledger.crypto.Address;
import assay.ledger.crypto.Secp256k1;
import assay.ledger.crypto.Signature;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.spec.X509EncodedKeySpec;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;
import javax.crypto.Cipher;
import javax.crypto.KeyAgreement;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * What a drawn auditor gets from a node, sealed for it alone: X25519 (RFC 7748) between a fresh key of each, the key
 * H("assay/delivery/key/1" ‖ secret ‖ auditor's key ‖ node's key), AES-256-GCM with a nonce of zeros, as a key is used
 * once.
 *
 * <p>The auditor's account signs H("assay/delivery/1" ‖ chain (8) ‖ operator ‖ receipt ‖ its fresh key).
 */
final class Delivery {
    /** The longest delivery, bytes. */
    static final int SIZE_MAX_BYTES = 32 << 20;

    private static final int KEY_BYTES = 32;
    private static final byte[] X509_PREFIX = HexFormat.of().parseHex("302a300506032b656e032100");
    private static final byte[] ONCE = new byte[12];

    private Delivery() {}

    /** A fresh key of the auditor's. */
    static KeyPair fresh() {
        try {
            return KeyPairGenerator.getInstance("X25519").generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new AssertionError("X25519 is required of every JDK since 11", e);
        }
    }

    /** The 32 bytes of a public key. */
    static byte[] bytes(PublicKey key) {
        byte[] encoded = key.getEncoded();
        return Arrays.copyOfRange(encoded, encoded.length - KEY_BYTES, encoded.length);
    }

    /** What the auditor signs. */
    static Hash asked(long chainId, Address operator, Hash receipt, byte[] key) {
        return Hash.tagged(
                "assay/delivery/1",
                new Writer()
                        .i64(chainId)
                        .bytes(operator.bytes())
                        .hash(receipt)
                        .bytes(key)
                        .toBytes());
    }

    /** The account that signed a request; empty if none did. */
    static Optional<Address> signer(Hash asked, Signature signature) {
        return Secp256k1.recover(asked, signature) instanceof Secp256k1.Recovery.Signer(Address who)
                ? Optional.of(who)
                : Optional.empty();
    }

    /** Seals a statement and a transcript for who has the other half of a key. */
    static byte[] seal(byte[] auditorKey, byte[] statement, byte[] transcript) throws MalformedException {
        KeyPair own = fresh();
        byte[] mine = bytes(own.getPublic());
        byte[] plain = new Writer().blob(statement).blob(transcript).toBytes();
        try {
            Cipher cipher = cipher(Cipher.ENCRYPT_MODE, key(own.getPrivate(), auditorKey, auditorKey, mine));
            return new Writer().bytes(mine).bytes(cipher.doFinal(plain)).toBytes();
        } catch (GeneralSecurityException e) {
            throw new MalformedException("no X25519 key", -1);
        }
    }

    /** A statement and a transcript. */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Opened(byte[] statement, byte[] transcript) {}

    /** Opens what was sealed for this key. */
    static Opened open(KeyPair own, byte[] sealed) throws MalformedException {
        Reader in = new Reader(sealed);
        byte[] theirs = in.bytes(KEY_BYTES);
        byte[] rest = in.bytes(in.remaining());
        byte[] plain;
        try {
            byte[] mine = bytes(own.getPublic());
            plain = cipher(Cipher.DECRYPT_MODE, key(own.getPrivate(), theirs, mine, theirs))
                    .doFinal(rest);
        } catch (GeneralSecurityException e) {
            throw new MalformedException("a delivery that is not sealed for this key", -1);
        }
        Reader out = new Reader(plain);
        Opened opened = new Opened(out.blob(SIZE_MAX_BYTES), out.blob(SIZE_MAX_BYTES));
        out.end();
        return opened;
    }

    private static byte[] key(PrivateKey own, byte[] theirs, byte[] auditors, byte[] nodes)
            throws GeneralSecurityException {
        byte[] encoded = Arrays.copyOf(X509_PREFIX, X509_PREFIX.length + KEY_BYTES);
        System.arraycopy(theirs, 0, encoded, X509_PREFIX.length, KEY_BYTES);
        KeyAgreement agreement = KeyAgreement.getInstance("X25519");
        agreement.init(own);
        agreement.doPhase(KeyFactory.getInstance("X25519").generatePublic(new X509EncodedKeySpec(encoded)), true);
        return Hash.tagged("assay/delivery/key/1", agreement.generateSecret(), auditors, nodes)
                .bytes();
    }

    private static Cipher cipher(int mode, byte[] key) throws GeneralSecurityException {
        Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
        cipher.init(mode, new SecretKeySpec(key, "AES"), new GCMParameterSpec(128, ONCE));
        return cipher;
    }
}
