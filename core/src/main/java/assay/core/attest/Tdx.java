package assay.core.attest;

import assay.core.base.Hash;
import assay.core.base.MalformedException;
import assay.core.codec.Reader;
import java.nio.charset.StandardCharsets;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;

/**
 * Intel TDX quotes of version 4 and 5 with ECDSA P-256: the machine's report is signed by an attestation key, that
 * key is in the report of Intel's quoting enclave, and that report is signed by the platform's key, whose certificate
 * chain ends at Intel's SGX root. Source: Intel, "TDX DCAP Quote Generation Library and Quote Verification Library",
 * appendix 3 (quote format).
 *
 * <p>Little-endian. Header 48 bytes; body 584 (TDX 1.0) or 648 (TDX 1.5, version 5 only); then the signatures.
 */
final class Tdx {
    /** The longest quote, bytes. */
    static final int SIZE_MAX_BYTES = 32 * 1024;

    private static final int HEADER_BYTES = 48;
    private static final int BODY_10_BYTES = 584;
    private static final int BODY_15_BYTES = 648;
    private static final int QE_REPORT_BYTES = 384;
    private static final int TEE_TDX = 0x81;

    /** Who signs Intel's TD quoting enclave (MRSIGNER), as Intel's QE identity names it. */
    private static final String QE_SIGNER = "dc9e2a7c6f948f17474e34a7fc43ed030f7c1563f1babddf6340c82e0e54a8c5";

    /** Its product number (ISVPRODID). */
    private static final int QE_PRODUCT = 2;

    private Tdx() {}

    /**
     * A quote in its form.
     *
     * @param signed header and body, as they are signed
     * @param body the machine's report
     * @param signature of {@code signed} by {@code key}
     * @param key the attestation key, x ‖ y
     * @param qeReport the quoting enclave's report
     * @param qeSignature of {@code qeReport} by the platform's key
     * @param qeData what the quoting enclave put beside its key
     */
    @SuppressWarnings("ArrayRecordComponent") // private and never compared
    private record Quote(
            byte[] signed,
            byte[] body,
            byte[] signature,
            byte[] key,
            byte[] qeReport,
            byte[] qeSignature,
            byte[] qeData,
            List<X509Certificate> chain) {}

    /** Whether a quote is Intel's, judged at this time. */
    static Finding check(byte[] quote, SortedSet<Hash> roots, long atMillis) throws MalformedException {
        Quote q = parse(quote);
        Optional<String> fault = Certificates.fault(q.chain, roots, atMillis);
        if (fault.isPresent()) {
            return new Finding.False(fault.get());
        }
        if (!Ecdsa.P256.verify(q.chain.getFirst().getPublicKey(), q.qeReport, q.qeSignature)) {
            return new Finding.False("the quoting enclave's report is not signed by the platform's certificate");
        }
        Optional<String> enclave = enclaveFault(q);
        if (enclave.isPresent()) {
            return new Finding.False(enclave.get());
        }
        if (!Ecdsa.P256.verify(q.key, q.signed, q.signature)) {
            return new Finding.False("the quote is not signed by its attestation key");
        }
        // MRSIGNERSEAM and SEAMATTRIBUTES are zero for Intel's own TDX module.
        if (!isZero(q.body, 64, 120)) {
            return new Finding.False("the TDX module is not Intel's");
        }
        return new Finding.Genuine(report(q.body));
    }

    private static Optional<String> enclaveFault(Quote q) {
        byte[] said = Arrays.copyOfRange(q.qeReport, 320, 352);
        if (!Arrays.equals(said, Hash.sha256(q.key, q.qeData).bytes()) || !isZero(q.qeReport, 352, 384)) {
            return Optional.of("the quoting enclave does not vouch for this attestation key");
        }
        String signer = HexFormat.of().formatHex(q.qeReport, 128, 160);
        int product = q.qeReport[256] & 0xff | (q.qeReport[257] & 0xff) << 8;
        if (!signer.equals(QE_SIGNER) || product != QE_PRODUCT) {
            return Optional.of("the quoting enclave is not Intel's: signer " + signer + ", product " + product);
        }
        boolean debug = (q.qeReport[48] & 2) != 0;
        return debug ? Optional.of("the quoting enclave runs in debug mode") : Optional.empty();
    }

    private static Quote parse(byte[] quote) throws MalformedException {
        if (quote.length > SIZE_MAX_BYTES) {
            throw new MalformedException("a quote has at most " + SIZE_MAX_BYTES + " bytes", -1);
        }
        Reader in = new Reader(quote);
        int version = in.u16();
        int keyType = in.u16();
        long tee = in.u32();
        if (version != 4 && version != 5 || keyType != 2 || tee != TEE_TDX) {
            throw new MalformedException(
                    "a TDX quote of version 4 or 5 with ECDSA P-256 expected, got version " + version + ", key type "
                            + keyType + ", TEE " + tee,
                    0);
        }
        in.bytes(HEADER_BYTES - in.offset());
        byte[] body = in.bytes(version == 4 ? BODY_10_BYTES : bodyBytes(in));
        byte[] signed = Arrays.copyOf(quote, in.offset());
        int length = in.count(SIZE_MAX_BYTES, 1);
        if (length > in.remaining()) {
            throw new MalformedException("signatures of " + length + " bytes announced", in.offset());
        }
        int end = in.offset() + length;
        byte[] signature = in.bytes(64);
        byte[] key = in.bytes(64);
        int outerType = in.u16();
        int outerBytes = in.count(SIZE_MAX_BYTES, 1);
        int outerEnd = in.offset() + outerBytes;
        byte[] qeReport = in.bytes(QE_REPORT_BYTES);
        byte[] qeSignature = in.bytes(64);
        byte[] qeData = in.bytes(in.u16());
        int innerType = in.u16();
        byte[] pem = in.blob(SIZE_MAX_BYTES);
        if (outerType != 6 || innerType != 5 || in.offset() != outerEnd || in.offset() != end) {
            throw new MalformedException("a quoting enclave's report and a PEM chain expected", in.offset());
        }
        // Quotes come in buffers that may be longer; what follows must be nothing.
        if (!isZero(quote, end, quote.length)) {
            throw new MalformedException("bytes after the signatures", end);
        }
        String text = new String(pem, StandardCharsets.US_ASCII);
        return new Quote(signed, body, signature, key, qeReport, qeSignature, qeData, Certificates.parsePem(text));
    }

    private static int bodyBytes(Reader in) throws MalformedException {
        int type = in.u16();
        long size = in.u32();
        if (!(type == 2 && size == BODY_10_BYTES || type == 3 && size == BODY_15_BYTES)) {
            throw new MalformedException("a TDX report expected, got type " + type + " of " + size + " bytes", 48);
        }
        return (int) size;
    }

    private static Report report(byte[] body) {
        SortedMap<String, String> measured = new TreeMap<>();
        Report.put(measured, "teetcbsvn", body, 0, 16);
        Report.put(measured, "mrseam", body, 16, 48);
        Report.put(measured, "tdattributes", body, 120, 8);
        Report.put(measured, "xfam", body, 128, 8);
        Report.put(measured, "mrtd", body, 136, 48);
        Report.put(measured, "mrconfigid", body, 184, 48);
        Report.put(measured, "mrowner", body, 232, 48);
        Report.put(measured, "mrownerconfig", body, 280, 48);
        for (int i = 0; i < 4; i++) {
            Report.put(measured, "rtmr" + i, body, 328 + 48 * i, 48);
        }
        if (body.length == BODY_15_BYTES) {
            Report.put(measured, "teetcbsvn2", body, 584, 16);
            Report.put(measured, "mrservicetd", body, 600, 48);
        }
        String said = HexFormat.of().formatHex(body, 520, 584);
        return new Report(Tee.TDX, measured, said, "", body[120] != 0, -1);
    }

    private static boolean isZero(byte[] bytes, int from, int to) {
        for (int i = from; i < to; i++) {
            if (bytes[i] != 0) {
                return false;
            }
        }
        return true;
    }
}
