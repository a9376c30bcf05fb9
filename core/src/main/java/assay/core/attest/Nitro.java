package assay.core.attest;

import assay.core.base.Hash;
import assay.core.base.MalformedException;
import assay.core.codec.Writer;
import java.nio.charset.StandardCharsets;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;

/**
 * AWS Nitro attestation documents: COSE_Sign1 (RFC 9052) with ES384 over a CBOR map that names the enclave's
 * measurements (PCRs), and a certificate chain to AWS's root. Source: AWS, "Nitro Enclaves attestation process".
 *
 * <pre>
 *  18([ h'A1013822', {}, payload, signature ])
 *  payload: { module_id, digest "SHA384", timestamp, pcrs {0: h'…', …}, certificate, cabundle [root, …],
 *             public_key, user_data, nonce }
 * </pre>
 */
final class Nitro {
    /** The longest document, bytes. */
    static final int SIZE_MAX_BYTES = 32 * 1024;

    /** {1: -35}: the algorithm is ES384. */
    private static final byte[] PROTECTED = {(byte) 0xa1, 1, 0x38, 0x22};

    private static final int PCR_BYTES = 48;

    private Nitro() {}

    /**
     * What a document in its form says.
     *
     * @param signed the bytes that are signed
     * @param chain leaf first, root last
     */
    @SuppressWarnings("ArrayRecordComponent") // package-private and never compared
    private record Document(byte[] signed, byte[] signature, List<X509Certificate> chain, Report report) {}

    /** Whether a document is AWS's, judged at this time. */
    static Finding check(byte[] document, SortedSet<Hash> roots, long atMillis) throws MalformedException {
        Document d = parse(document);
        Optional<String> fault = Certificates.fault(d.chain, roots, atMillis);
        if (fault.isPresent()) {
            return new Finding.False(fault.get());
        }
        if (!Ecdsa.P384.verify(d.chain.getFirst().getPublicKey(), d.signed, d.signature)) {
            return new Finding.False("the signature is not that of the document's certificate");
        }
        return new Finding.Genuine(d.report);
    }

    private static Document parse(byte[] document) throws MalformedException {
        if (document.length > SIZE_MAX_BYTES) {
            throw new MalformedException("a document has at most " + SIZE_MAX_BYTES + " bytes", -1);
        }
        Cbor outer = Cbor.parse(document);
        if (outer instanceof Cbor.Tagged(long tag, Cbor inner) && tag == 18) {
            outer = inner;
        }
        if (!(outer instanceof Cbor.Items(List<Cbor> parts))
                || parts.size() != 4
                || !(parts.get(0) instanceof Cbor.Bytes(byte[] head))
                || !(parts.get(1) instanceof Cbor.Pairs(List<Cbor.Pair> unprotected))
                || !(parts.get(2) instanceof Cbor.Bytes(byte[] payload))
                || !(parts.get(3) instanceof Cbor.Bytes(byte[] signature))) {
            throw new MalformedException("COSE_Sign1 expected", 0);
        }
        if (!java.util.Arrays.equals(head, PROTECTED) || !unprotected.isEmpty()) {
            throw new MalformedException("ES384 and no other header expected", 0);
        }
        if (signature.length != 96) {
            throw new MalformedException("a signature of 96 bytes expected, got " + signature.length, -1);
        }
        if (!(Cbor.parse(payload) instanceof Cbor.Pairs map)) {
            throw new MalformedException("a map expected in the payload", 0);
        }
        return new Document(toBeSigned(head, payload), signature, chain(map), report(map));
    }

    /** Sig_structure of RFC 9052, section 4.4: ["Signature1", protected, h'', payload]. */
    private static byte[] toBeSigned(byte[] head, byte[] payload) {
        byte[] context = "Signature1".getBytes(StandardCharsets.US_ASCII);
        Writer out = new Writer().u8(0x84).u8(0x60 | context.length).bytes(context);
        out.u8(0x40 | head.length).bytes(head).u8(0x40);
        if (payload.length < 24) {
            out.u8(0x40 | payload.length);
        } else if (payload.length < 256) {
            out.u8(0x58).u8(payload.length);
        } else {
            out.u8(0x59).u8(payload.length >>> 8).u8(payload.length & 0xff);
        }
        return out.bytes(payload).toBytes();
    }

    private static List<X509Certificate> chain(Cbor.Pairs map) throws MalformedException {
        if (!(map.find("cabundle").orElse(new Cbor.Null()) instanceof Cbor.Items(List<Cbor> bundle))
                || bundle.isEmpty()
                || bundle.size() >= Certificates.CHAIN_MAX) {
            throw new MalformedException("cabundle: 1 to 7 certificates expected", -1);
        }
        List<X509Certificate> chain = new ArrayList<>();
        chain.add(Certificates.parse(bytes(map, "certificate", 1, Certificates.SIZE_MAX_BYTES)));
        for (Cbor item : bundle.reversed()) {
            if (!(item instanceof Cbor.Bytes(byte[] der))) {
                throw new MalformedException("cabundle: certificates expected", -1);
            }
            chain.add(Certificates.parse(der));
        }
        return chain;
    }

    private static Report report(Cbor.Pairs map) throws MalformedException {
        if (!map.find("digest").orElse(new Cbor.Null()).equals(new Cbor.Text("SHA384"))) {
            throw new MalformedException("digest: SHA384 expected", -1);
        }
        if (!(map.find("timestamp").orElse(new Cbor.Null()) instanceof Cbor.Whole(long time)) || time < 0) {
            throw new MalformedException("timestamp: milliseconds since 1970 expected", -1);
        }
        if (!(map.find("module_id").orElse(new Cbor.Null()) instanceof Cbor.Text(String module)) || module.isEmpty()) {
            throw new MalformedException("module_id: text expected", -1);
        }
        SortedMap<String, String> measured = pcrs(map);
        // An enclave in debug mode is measured as zeros.
        boolean debug = "0".repeat(2 * PCR_BYTES).equals(measured.get("pcr0"));
        String nonce = HexFormat.of().formatHex(bytes(map, "nonce", 0, 512));
        String said = HexFormat.of().formatHex(bytes(map, "user_data", 0, 512));
        bytes(map, "public_key", 0, 1024);
        return new Report(Tee.NITRO, measured, said, nonce, debug, time);
    }

    private static SortedMap<String, String> pcrs(Cbor.Pairs map) throws MalformedException {
        if (!(map.find("pcrs").orElse(new Cbor.Null()) instanceof Cbor.Pairs(List<Cbor.Pair> pcrs))
                || pcrs.isEmpty()
                || pcrs.size() > 32) {
            throw new MalformedException("pcrs: 1 to 32 expected", -1);
        }
        SortedMap<String, String> out = new TreeMap<>();
        for (Cbor.Pair pcr : pcrs) {
            if (!(pcr.key() instanceof Cbor.Whole(long index))
                    || index < 0
                    || index > 31
                    || !(pcr.value() instanceof Cbor.Bytes(byte[] value))
                    || value.length != PCR_BYTES) {
                throw new MalformedException("pcrs: numbers 0 to 31 with 48 bytes each expected", -1);
            }
            out.put("pcr" + index, HexFormat.of().formatHex(value));
        }
        return out;
    }

    /** The bytes under this key; none where it is absent or null and may be. */
    private static byte[] bytes(Cbor.Pairs map, String key, int least, int most) throws MalformedException {
        Cbor value = map.find(key).orElse(new Cbor.Null());
        if (value instanceof Cbor.Null && least == 0) {
            return new byte[0];
        }
        if (!(value instanceof Cbor.Bytes(byte[] bytes)) || bytes.length < least || bytes.length > most) {
            throw new MalformedException(key + ": " + least + " to " + most + " bytes expected", -1);
        }
        return bytes;
    }
}
