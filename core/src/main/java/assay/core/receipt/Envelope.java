package assay.core.receipt;

import assay.core.base.Hash;
import assay.core.base.MalformedException;
import assay.core.base.NodeKey;
import assay.core.base.NodeSigner;
import assay.core.codec.Field;
import assay.core.codec.Json;
import assay.core.codec.JsonText;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;

/**
 * A DSSE envelope (Dead Simple Signing Envelope 1.0) with exactly one Ed25519 signature.
 *
 * <p>The signature covers {@code DSSEv1 SP len(type) SP type SP len(payload) SP payload}. Stricter
 * than DSSE: one signature, members in one order, canonical base64, so that one envelope has one
 * spelling. The key id is a hint, checked and never used to choose a key.
 *
 * @param payloadType media type of the payload
 * @param payload bytes
 * @param keyId first 16 hex digits of the SHA-256 of the key's 32 bytes
 * @param signature 64 bytes
 */
@SuppressWarnings("ArrayRecordComponent") // compared by its encoding
public record Envelope(String payloadType, byte[] payload, String keyId, byte[] signature) {

    /** Copies the arrays. */
    public Envelope {
        payload = payload.clone();
        signature = signature.clone();
    }

    /** The payload, signed. */
    public static Envelope sign(String payloadType, byte[] payload, NodeSigner signer) {
        return new Envelope(payloadType, payload, keyId(signer.key()), signer.sign(signedBytes(payloadType, payload)));
    }

    /** Whether this key signed this payload under this type, and the key id is its own. */
    public boolean signedBy(NodeKey key) {
        return keyId.equals(keyId(key)) && key.verify(signedBytes(payloadType, payload), signature);
    }

    @Override
    public byte[] payload() {
        return payload.clone();
    }

    @Override
    public byte[] signature() {
        return signature.clone();
    }

    /** The key id of a key. */
    public static String keyId(NodeKey key) {
        return Hash.sha256(key.bytes()).hex().substring(0, 16);
    }

    /** The envelope as JSON. */
    public Json.Obj json() {
        return Json.object()
                .put("payloadType", payloadType)
                .put("payload", base64(payload))
                .put(
                        "signatures",
                        Json.of(List.of(Json.object()
                                .put("keyid", keyId)
                                .put("sig", base64(signature))
                                .build())))
                .build();
    }

    /** {@link #json} as bytes. */
    public byte[] encode() {
        return JsonText.writeBytes(json());
    }

    /**
     * The envelope that this object is.
     *
     * @param maxBytes the longest payload accepted
     */
    public static Envelope parse(Field envelope, int maxBytes) throws MalformedException {
        envelope.only("payloadType", "payload", "signatures");
        List<Field> signatures = envelope.at("signatures").items(1);
        if (signatures.isEmpty()) {
            throw envelope.at("signatures").fault("exactly one signature expected, got none");
        }
        Field signature = signatures.getFirst();
        signature.only("keyid", "sig");
        byte[] bytes = signature.at("sig").base64(NodeKey.SIGNATURE_SIZE_BYTES);
        if (bytes.length != NodeKey.SIGNATURE_SIZE_BYTES) {
            throw signature.at("sig").fault("64 bytes expected, got " + bytes.length);
        }
        return new Envelope(
                envelope.at("payloadType").string(128),
                envelope.at("payload").base64(maxBytes),
                signature.at("keyid").string(64),
                bytes);
    }

    private static byte[] signedBytes(String type, byte[] payload) {
        byte[] typeBytes = type.getBytes(StandardCharsets.UTF_8);
        byte[] head = ("DSSEv1 " + typeBytes.length + " " + type + " " + payload.length + " ")
                .getBytes(StandardCharsets.UTF_8);
        byte[] out = new byte[head.length + payload.length];
        System.arraycopy(head, 0, out, 0, head.length);
        System.arraycopy(payload, 0, out, head.length, payload.length);
        return out;
    }

    private static String base64(byte[] bytes) {
        return Base64.getEncoder().encodeToString(bytes);
    }
}
