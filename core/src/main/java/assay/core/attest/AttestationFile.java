package assay.core.attest;

import assay.core.base.MalformedException;
import assay.core.codec.Field;
import assay.core.codec.Json;
import assay.core.codec.JsonText;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/**
 * Evidence of a trusted execution environment as a file beside a receipt:
 * {@code {"format":"assay/attestation/1","kind":"nitro","evidence":"…","certificates":["…"],"nonce":"…"}}, bytes in
 * base64. {@code certificates} is VCEK, ASK and ARK for SEV-SNP; the others carry theirs, and have none.
 */
public final class AttestationFile {
    /** Name and version of the format. */
    public static final String FORMAT = "assay/attestation/1";

    /** The longest file, bytes. */
    public static final int SIZE_MAX_BYTES = 64 * 1024;

    /** The longest nonce, bytes. */
    public static final int NONCE_MAX_BYTES = 64;

    private final Tee kind;
    private final byte[] evidence;
    private final List<byte[]> certificates;
    private final byte[] nonce;

    /** Of these parts. */
    public AttestationFile(Tee kind, byte[] evidence, List<byte[]> certificates, byte[] nonce) {
        this.kind = kind;
        this.evidence = evidence.clone();
        this.certificates = certificates.stream().map(byte[]::clone).toList();
        this.nonce = nonce.clone();
    }

    /** Whose evidence it is. */
    public Tee kind() {
        return kind;
    }

    /** The document, quote or report. */
    byte[] evidence() {
        return evidence.clone();
    }

    /** What the verifier asked to have stated in it; none if nobody asked. */
    public byte[] nonce() {
        return nonce.clone();
    }

    /** The certificates that travel beside it, leaf first. */
    List<X509Certificate> chain() throws MalformedException {
        List<X509Certificate> out = new ArrayList<>();
        for (byte[] der : certificates) {
            out.add(Certificates.parse(der));
        }
        return out;
    }

    /** The file. */
    public byte[] encode() {
        List<Json> list = new ArrayList<>();
        certificates.forEach(der -> list.add(new Json.Str(base64(der))));
        return JsonText.writeBytes(Json.object()
                .put("format", FORMAT)
                .put("kind", kind.wire())
                .put("evidence", base64(evidence))
                .put("certificates", Json.of(list))
                .put("nonce", base64(nonce))
                .build());
    }

    /** The file in these bytes. */
    public static AttestationFile parse(byte[] file) throws MalformedException {
        Field root = Field.root(JsonText.parse(file, 4, SIZE_MAX_BYTES));
        root.only("format", "kind", "evidence", "certificates", "nonce");
        if (!root.at("format").string(64).equals(FORMAT)) {
            throw root.at("format").fault("expected " + FORMAT);
        }
        Tee kind = Tee.parse(root.at("kind").string(16));
        List<byte[]> certificates = new ArrayList<>();
        for (Field item : root.at("certificates").items(Certificates.CHAIN_MAX)) {
            certificates.add(item.base64(Certificates.SIZE_MAX_BYTES));
        }
        if (kind != Tee.SEV_SNP && !certificates.isEmpty()) {
            throw root.at("certificates").fault("none expected: this evidence carries its own");
        }
        return new AttestationFile(
                kind,
                root.at("evidence").base64(Nitro.SIZE_MAX_BYTES),
                certificates,
                root.at("nonce").base64(NONCE_MAX_BYTES));
    }

    private static String base64(byte[] bytes) {
        return Base64.getEncoder().encodeToString(bytes);
    }
}
