package assay.core.attest;

import assay.core.base.Hash;
import assay.core.base.MalformedException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
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
 * AMD SEV-SNP attestation reports, signed with ECDSA P-384 by the chip's versioned key (VCEK), whose certificate chain
 * is VCEK, ASK, ARK. Sources: AMD, "SEV Secure Nested Paging Firmware ABI Specification" (56860), section 7.3, and
 * "Versioned Chip Endorsement Key Certificate and KDS Interface Specification" (57230), section 3.
 *
 * <p>1,184 bytes, little-endian; the first 672 are signed.
 */
final class SevSnp {
    /** Bytes of a report. */
    static final int SIZE_BYTES = 1184;

    private static final int SIGNED_BYTES = 672;
    private static final String OID = "1.3.6.1.4.1.3704.1.";

    private SevSnp() {}

    /**
     * Whether a report is AMD's, judged at this time.
     *
     * @param chain VCEK, ASK, ARK
     */
    static Finding check(byte[] report, List<X509Certificate> chain, SortedSet<Hash> roots, long atMillis)
            throws MalformedException {
        if (report.length != SIZE_BYTES) {
            throw new MalformedException("a report of " + SIZE_BYTES + " bytes expected, got " + report.length, -1);
        }
        ByteBuffer in = ByteBuffer.wrap(report).order(ByteOrder.LITTLE_ENDIAN);
        if (in.getInt(0) < 2 || in.getInt(0) > 5 || in.getInt(0x34) != 1) {
            throw new MalformedException(
                    "a report of version 2 to 5 with ECDSA P-384 expected, got version " + in.getInt(0) + ", algorithm "
                            + in.getInt(0x34),
                    0);
        }
        if ((in.getInt(0x48) >>> 2 & 7) != 0) {
            throw new MalformedException("a report signed by the VCEK expected", 0x48);
        }
        Optional<String> fault = Certificates.fault(chain, roots, atMillis).or(() -> chipFault(report, chain));
        if (fault.isPresent()) {
            return new Finding.False(fault.get());
        }
        byte[] signed = Arrays.copyOf(report, SIGNED_BYTES);
        Optional<byte[]> signature = signature(report);
        if (signature.isEmpty() || !Ecdsa.P384.verify(chain.getFirst().getPublicKey(), signed, signature.get())) {
            return new Finding.False("the report is not signed by the chip's certificate");
        }
        return new Finding.Genuine(said(report, in));
    }

    /** The certificate is for this chip at this version of its firmware. */
    private static Optional<String> chipFault(byte[] report, List<X509Certificate> chain) {
        X509Certificate vcek = chain.getFirst();
        boolean masked = (report[0x48] & 2) != 0;
        byte[] chip = Arrays.copyOfRange(report, 0x1a0, 0x1e0);
        Optional<byte[]> named = Certificates.extension(vcek, OID + "4");
        if (!masked && named.filter(hwid -> Arrays.equals(hwid, chip)).isEmpty()) {
            return Optional.of("the certificate is of another chip");
        }
        String product = Certificates.extension(vcek, OID + "2")
                .map(text -> new String(text, StandardCharsets.US_ASCII))
                .orElse("");
        // Bytes of a TCB version: (boot loader, TEE, SNP, microcode); Turin put one before them.
        boolean turin = product.contains("Turin");
        int[] at = turin ? new int[] {1, 2, 3, 7} : new int[] {0, 1, 6, 7};
        int[] oids = {1, 2, 3, 8};
        for (int i = 0; i < 4; i++) {
            if (number(vcek, "3." + oids[i]) != (report[0x180 + at[i]] & 0xff)) {
                return Optional.of("the certificate is of another version of the chip's firmware");
            }
        }
        return Optional.empty();
    }

    /** An INTEGER of 0 to 255 in an extension; -1 if it is none. */
    private static int number(X509Certificate certificate, String oid) {
        byte[] der = Certificates.extension(certificate, OID + oid).orElse(new byte[0]);
        boolean one = der.length == 3 && der[0] == 2 && der[1] == 1 && der[2] >= 0;
        boolean two = der.length == 4 && der[0] == 2 && der[1] == 2 && der[2] == 0 && der[3] < 0;
        return one || two ? der[der.length - 1] & 0xff : -1;
    }

    /** r and s, 72 bytes each, little-endian, as 48 + 48 big-endian; what follows them is zero. */
    private static Optional<byte[]> signature(byte[] report) {
        byte[] out = new byte[96];
        for (int part = 0; part < 2; part++) {
            int from = SIGNED_BYTES + 72 * part;
            for (int i = 0; i < 72; i++) {
                if (i < 48) {
                    out[48 * part + 47 - i] = report[from + i];
                } else if (report[from + i] != 0) {
                    return Optional.empty();
                }
            }
        }
        for (int i = SIGNED_BYTES + 144; i < SIZE_BYTES; i++) {
            if (report[i] != 0) {
                return Optional.empty();
            }
        }
        return Optional.of(out);
    }

    private static Report said(byte[] report, ByteBuffer in) {
        SortedMap<String, String> measured = new TreeMap<>();
        Report.put(measured, "measurement", report, 0x90, 48);
        Report.put(measured, "hostdata", report, 0xc0, 32);
        Report.put(measured, "idkeydigest", report, 0xe0, 48);
        Report.put(measured, "authorkeydigest", report, 0x110, 48);
        Report.put(measured, "familyid", report, 0x10, 16);
        Report.put(measured, "imageid", report, 0x20, 16);
        Report.put(measured, "policy", report, 0x08, 8);
        Report.put(measured, "vmpl", report, 0x30, 4);
        Report.put(measured, "reportedtcb", report, 0x180, 8);
        boolean debug = (in.getLong(0x08) >>> 19 & 1) != 0;
        return new Report(Tee.SEV_SNP, measured, HexFormat.of().formatHex(report, 0x50, 0x90), "", debug, -1);
    }
}
