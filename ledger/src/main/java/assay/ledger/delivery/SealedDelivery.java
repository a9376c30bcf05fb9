package assay.ledger.delivery;

import assay.core.base.Hash;
import assay.core.base.MalformedException;
import assay.core.codec.Reader;
import assay.core.codec.Writer;
import assay.core.receipt.Receipt;
import assay.core.receipt.Statement;
import assay.core.receipt.Transcript;
import assay.core.verify.TranscriptCheck;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.security.GeneralSecurityException;
import java.util.Base64;
import java.util.zip.DataFormatException;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.Inflater;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * A receipt's statement and its transcript, sealed for one auditor: the node's fresh X25519 key (32 bytes), then
 * AES-256-GCM with a nonce of zeros, as a key is used once, of what deflates (RFC 1950) to length ‖ statement ‖ length
 * ‖ transcript. The key is H("assay/delivery/key/1" ‖ shared secret ‖ auditor's key ‖ node's key).
 *
 * <p>The transcript is without its prompt ids: they follow from the request, which is in it. Everything here is a pure
 * function of its bytes but {@link #seal}.
 */
public final class SealedDelivery {
    /** The longest that a delivery opens to, bytes. */
    public static final int PLAIN_MAX_BYTES = 8 << 20;

    /** What sealing adds to the deflated bytes. */
    public static final int OVERHEAD_BYTES = Hash.SIZE_BYTES + 16;

    private static final byte[] ONCE = new byte[12];
    private static final int TAG_BITS = 128;

    private SealedDelivery() {}

    /**
     * What was delivered.
     *
     * @param transcript without its prompt ids
     */
    public record Contents(Receipt receipt, Transcript transcript) {}

    /** Seals a statement and its transcript for this key; a key of small order is refused. */
    public static byte[] seal(Hash key, byte[] statement, Transcript transcript) throws MalformedException {
        DeliveryKey own = DeliveryKey.fresh();
        byte[] plain = new Writer()
                .blob(statement)
                .blob(transcript.withoutPrompt().encode())
                .toBytes();
        try {
            Cipher cipher = cipher(Cipher.ENCRYPT_MODE, own.shared(key), key, own.publicKey());
            return new Writer()
                    .hash(own.publicKey())
                    .bytes(cipher.doFinal(deflated(plain)))
                    .toBytes();
        } catch (GeneralSecurityException e) {
            throw new AssertionError("AES-GCM is required of every JDK", e);
        }
    }

    /** The same as text, as answers on the ledger are. */
    public static String sealText(Hash key, byte[] statement, Transcript transcript) throws MalformedException {
        return Base64.getEncoder().encodeToString(seal(key, statement, transcript));
    }

    /** How many bytes a transcript takes when it is sealed, beside the statement. */
    public static int deflatedBytes(byte[] bytes) {
        return deflated(bytes).length;
    }

    /** Whether this answer on the ledger is a delivery of this receipt, sealed for this key. */
    public static boolean holds(DeliveryKey own, String answer, Hash receipt) {
        try {
            openText(own, answer, receipt);
            return true;
        } catch (MalformedException e) {
            return false;
        }
    }

    /** Opens an answer on the ledger. */
    public static Contents openText(DeliveryKey own, String answer, Hash receipt) throws MalformedException {
        byte[] sealed;
        try {
            sealed = Base64.getDecoder().decode(answer);
        } catch (IllegalArgumentException e) {
            throw new MalformedException("a delivery is in base64", -1);
        }
        return open(own, sealed, receipt);
    }

    /** Opens what was sealed for this key, and refuses what is not what this receipt is about. */
    public static Contents open(DeliveryKey own, byte[] sealed, Hash receipt) throws MalformedException {
        Reader in = new Reader(sealed);
        Hash theirs = in.hash();
        byte[] rest = in.bytes(in.remaining());
        byte[] plain;
        try {
            Cipher cipher = cipher(Cipher.DECRYPT_MODE, own.shared(theirs), own.publicKey(), theirs);
            plain = inflated(cipher.doFinal(rest));
        } catch (GeneralSecurityException e) {
            throw new MalformedException("a delivery that is not sealed for this key", -1);
        }
        Reader out = new Reader(plain);
        byte[] statement = out.blob(PLAIN_MAX_BYTES);
        byte[] transcript = out.blob(PLAIN_MAX_BYTES);
        out.end();
        if (!Statement.digest(statement).equals(receipt)) {
            throw new MalformedException("a delivery of another receipt", -1);
        }
        Contents contents = new Contents(Statement.parse(statement), Transcript.parse(transcript));
        if (!TranscriptCheck.isAbout(contents.receipt(), contents.transcript())) {
            throw new MalformedException("a transcript that the receipt is not about", -1);
        }
        return contents;
    }

    private static Cipher cipher(int mode, byte[] shared, Hash auditors, Hash nodes) throws GeneralSecurityException {
        Hash key = Hash.tagged("assay/delivery/key/1", shared, auditors.bytes(), nodes.bytes());
        Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding", "SunJCE");
        cipher.init(mode, new SecretKeySpec(key.bytes(), "AES"), new GCMParameterSpec(TAG_BITS, ONCE));
        return cipher;
    }

    private static byte[] deflated(byte[] bytes) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (DeflaterOutputStream deflate = new DeflaterOutputStream(out)) {
            deflate.write(bytes);
        } catch (IOException e) {
            throw new UncheckedIOException("into memory", e);
        }
        return out.toByteArray();
    }

    /** Exactly one stream, of at most {@link #PLAIN_MAX_BYTES}. */
    private static byte[] inflated(byte[] bytes) throws MalformedException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        byte[] part = new byte[1 << 16];
        Inflater inflater = new Inflater();
        try {
            inflater.setInput(bytes);
            while (!inflater.finished()) {
                int read = inflater.inflate(part);
                out.write(part, 0, read);
                if (read == 0 && !inflater.finished() || out.size() > PLAIN_MAX_BYTES) {
                    throw new MalformedException("a delivery that does not inflate, or to too much", -1);
                }
            }
            if (inflater.getRemaining() > 0) {
                throw new MalformedException("bytes after a delivery", bytes.length - inflater.getRemaining());
            }
            return out.toByteArray();
        } catch (DataFormatException e) {
            throw new MalformedException("a delivery that does not inflate", -1);
        } finally {
            inflater.end();
        }
    }
}
