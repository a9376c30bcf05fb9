package assay.core.attest;

import assay.core.attest.TestPki.Extension;
import assay.core.attest.TestPki.Issued;
import assay.core.base.Hash;
import java.io.ByteArrayOutputStream;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.security.KeyPair;
import java.security.interfaces.ECPublicKey;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/** Evidence made for tests from the makers' specifications, under roots of our own; any part of it can be changed. */
final class MadeEvidence {
    static final long AT = TestPki.FROM + 1_000_000_000L;
    private static final Issued NITRO = TestPki.root("nitro root", "secp384r1");
    private static final Issued NITRO_ZONE = TestPki.issue(NITRO, "nitro zone", "secp384r1", true, List.of());
    static final Issued NITRO_LEAF = TestPki.issue(NITRO_ZONE, "nitro leaf", "secp384r1", false, List.of());
    private static final Issued INTEL = TestPki.root("sgx root", "secp256r1");
    private static final Issued INTEL_CA = TestPki.issue(INTEL, "pck ca", "secp256r1", true, List.of());
    private static final Issued PCK = TestPki.issue(INTEL_CA, "pck", "secp256r1", false, List.of());
    private static final KeyPair ATTESTATION_KEY = TestPki.keys("secp256r1");
    private static final Issued ARK = TestPki.root("ark", "secp384r1");
    private static final Issued ASK = TestPki.issue(ARK, "ask", "secp384r1", true, List.of());
    static final byte[] CHIP = Hash.tagged("chip").bytes();

    private MadeEvidence() {}

    /** The roots of these makers. */
    static SortedMap<Tee, SortedSet<Hash>> roots() {
        SortedMap<Tee, SortedSet<Hash>> out = new TreeMap<>();
        out.put(Tee.NITRO, new TreeSet<>(List.of(Hash.sha256(NITRO.der()))));
        out.put(Tee.TDX, new TreeSet<>(List.of(Hash.sha256(INTEL.der()))));
        out.put(Tee.SEV_SNP, new TreeSet<>(List.of(Hash.sha256(ARK.der()))));
        return out;
    }

    /** The map of a Nitro document; change it and give it to {@link #nitro}. */
    static Map<Object, Object> document(byte[] userData, byte[] nonce) {
        Map<Object, Object> pcrs = new LinkedHashMap<>();
        for (long i = 0; i < 16; i++) {
            byte[] pcr = new byte[48];
            Arrays.fill(pcr, (byte) (i + 1));
            pcrs.put(i, pcr);
        }
        Map<Object, Object> out = new LinkedHashMap<>();
        out.put("module_id", "i-0123-enc4567");
        out.put("digest", "SHA384");
        out.put("timestamp", AT - 1_000);
        out.put("pcrs", pcrs);
        out.put("certificate", NITRO_LEAF.der());
        out.put("cabundle", List.of(NITRO.der(), NITRO_ZONE.der()));
        out.put("public_key", null);
        out.put("user_data", userData);
        out.put("nonce", nonce);
        return out;
    }

    static byte[] nitro(Map<Object, Object> document) {
        return nitro(document, new byte[] {(byte) 0xa1, 1, 0x38, 0x22}, NITRO_LEAF.keys());
    }

    static byte[] nitro(Map<Object, Object> document, byte[] head, KeyPair by) {
        byte[] payload = cbor(document);
        byte[] signed = cbor(Arrays.asList("Signature1", head, new byte[0], payload));
        byte[] signature = TestPki.sign(by, signed, "SHA384withECDSAinP1363Format");
        return cbor(Arrays.asList(head, new LinkedHashMap<>(), payload, signature));
    }

    static byte[] cbor(Object value) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        cbor(out, value);
        return out.toByteArray();
    }

    private static void cbor(ByteArrayOutputStream out, Object value) {
        switch (value) {
            case null -> out.write(0xf6);
            case Long n -> head(out, 0, n);
            case byte[] bytes -> {
                head(out, 2, bytes.length);
                out.writeBytes(bytes);
            }
            case String text -> {
                byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
                head(out, 3, utf8.length);
                out.writeBytes(utf8);
            }
            case List<?> items -> {
                head(out, 4, items.size());
                items.forEach(item -> cbor(out, item));
            }
            case Map<?, ?> map -> {
                head(out, 5, map.size());
                map.forEach((k, v) -> {
                    cbor(out, k);
                    cbor(out, v);
                });
            }
            default -> throw new AssertionError(value);
        }
    }

    private static void head(ByteArrayOutputStream out, int major, long n) {
        int bytes = n < 24 ? 0 : n < 256 ? 1 : n < 65536 ? 2 : n < 1L << 32 ? 4 : 8;
        out.write(major << 5 | (bytes == 0 ? (int) n : 24 + Integer.numberOfTrailingZeros(bytes)));
        for (int i = bytes - 1; i >= 0; i--) {
            out.write((int) (n >>> 8 * i));
        }
    }

    /** What goes into a TDX quote; change it before {@link #tdx}. */
    static final class Quote {
        int version = 4;
        byte[] body = new byte[584];
        byte[] qeReport = new byte[384];
        byte[] qeData = "qe".getBytes(StandardCharsets.UTF_8);
        KeyPair quoteSigner = ATTESTATION_KEY;
        KeyPair reportSigner = PCK.keys();
        boolean qeVouches = true;
        List<byte[]> chain = new ArrayList<>(List.of(PCK.der(), INTEL_CA.der(), INTEL.der()));

        Quote(byte[] reportData) {
            Arrays.fill(body, 136, 184, (byte) 7);
            System.arraycopy(reportData, 0, body, 520, 64);
            byte[] signer = new BigInteger("dc9e2a7c6f948f17474e34a7fc43ed030f7c1563f1babddf6340c82e0e54a8c5", 16)
                    .toByteArray();
            System.arraycopy(signer, signer.length - 32, qeReport, 128, 32);
            qeReport[256] = 2;
        }
    }

    static byte[] tdx(Quote q) {
        ByteBuffer signed = ByteBuffer.allocate(1024).order(ByteOrder.LITTLE_ENDIAN);
        signed.putShort((short) q.version).putShort((short) 2).putInt(0x81).position(48);
        if (q.version == 5) {
            signed.putShort((short) (q.body.length == 648 ? 3 : 2)).putInt(q.body.length);
        }
        signed.put(q.body);
        byte[] head = Arrays.copyOf(signed.array(), signed.position());
        byte[] key = point(ATTESTATION_KEY);
        if (q.qeVouches) {
            System.arraycopy(Hash.sha256(key, q.qeData).bytes(), 0, q.qeReport, 320, 32);
        }
        StringBuilder pem = new StringBuilder();
        for (byte[] der : q.chain) {
            pem.append("-----BEGIN CERTIFICATE-----\n")
                    .append(Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der))
                    .append("\n-----END CERTIFICATE-----\n");
        }
        byte[] chain = pem.toString().getBytes(StandardCharsets.US_ASCII);
        ByteBuffer out = ByteBuffer.allocate(16 * 1024).order(ByteOrder.LITTLE_ENDIAN);
        int inner = 384 + 64 + 2 + q.qeData.length + 6 + chain.length;
        out.put(head).putInt(128 + 6 + inner);
        out.put(TestPki.sign(q.quoteSigner, head, "SHA256withECDSAinP1363Format"))
                .put(key);
        out.putShort((short) 6).putInt(inner).put(q.qeReport);
        out.put(TestPki.sign(q.reportSigner, q.qeReport, "SHA256withECDSAinP1363Format"));
        out.putShort((short) q.qeData.length).put(q.qeData);
        out.putShort((short) 5).putInt(chain.length).put(chain);
        return Arrays.copyOf(out.array(), out.position());
    }

    private static byte[] point(KeyPair keys) {
        ECPublicKey key = (ECPublicKey) keys.getPublic();
        byte[] out = new byte[64];
        put(out, 0, key.getW().getAffineX());
        put(out, 32, key.getW().getAffineY());
        return out;
    }

    private static void put(byte[] out, int at, BigInteger n) {
        byte[] bytes = n.toByteArray();
        int length = Math.min(32, bytes.length);
        System.arraycopy(bytes, bytes.length - length, out, at + 32 - length, length);
    }

    /** A chip's certificate for this product and TCB version (boot loader, TEE, SNP, microcode). */
    static Issued vcek(String product, int... tcb) {
        List<Extension> more = new ArrayList<>();
        more.add(new Extension("1.3.6.1.4.1.3704.1.2", product.getBytes(StandardCharsets.US_ASCII)));
        int[] oids = {1, 2, 3, 8};
        for (int i = 0; i < 4; i++) {
            more.add(new Extension("1.3.6.1.4.1.3704.1.3." + oids[i], TestPki.integer(tcb[i])));
        }
        more.add(new Extension("1.3.6.1.4.1.3704.1.4", Arrays.copyOf(CHIP, 64)));
        return TestPki.issue(ASK, "vcek", "secp384r1", false, more);
    }

    /** A report without its signature, TCB version 1, 2, 3, 200 laid out as Milan does. */
    static byte[] report(byte[] reportData) {
        byte[] out = new byte[SevSnp.SIZE_BYTES];
        out[0] = 2;
        out[0x34] = 1;
        System.arraycopy(reportData, 0, out, 0x50, 64);
        Arrays.fill(out, 0x90, 0xc0, (byte) 9);
        System.arraycopy(CHIP, 0, out, 0x1a0, 32);
        out[0x180] = 1;
        out[0x181] = 2;
        out[0x186] = 3;
        out[0x187] = (byte) 200;
        return out;
    }

    /** The report signed with this key. */
    static byte[] signed(byte[] report, KeyPair by) {
        byte[] out = report.clone();
        byte[] signature = TestPki.sign(by, Arrays.copyOf(report, 672), "SHA384withECDSAinP1363Format");
        for (int i = 0; i < 48; i++) {
            out[672 + i] = signature[47 - i];
            out[672 + 72 + i] = signature[95 - i];
        }
        return out;
    }

    static AttestationFile snp(byte[] signed, Issued vcek, byte[] nonce) {
        return new AttestationFile(Tee.SEV_SNP, signed, List.of(vcek.der(), ASK.der(), ARK.der()), nonce);
    }
}
