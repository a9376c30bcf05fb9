package assay.core.attest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import assay.core.base.Hash;
import assay.core.base.MalformedException;
import java.nio.charset.StandardCharsets;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** A real report of a Milan chip: genuine as it is, under AMD's root, with that chip's certificate. */
class SevSnpVectorTest {
    private static final SortedSet<Hash> AMD = AttestationPolicy.makers().get(Tee.SEV_SNP);
    private static final long AT = Instant.parse("2023-07-01T00:00:00Z").toEpochMilli();

    private static byte[] report() throws Exception {
        return AttestVectors.read("sev-snp/milan-report.bin");
    }

    private static List<X509Certificate> chain() throws Exception {
        List<X509Certificate> chain = new ArrayList<>();
        chain.add(Certificates.parse(AttestVectors.read("sev-snp/milan-vcek.der")));
        chain.addAll(Certificates.parsePem(
                new String(AttestVectors.read("sev-snp/milan-ask-ark.pem"), StandardCharsets.US_ASCII)));
        return chain;
    }

    @Test
    void aRealReportIsGenuine() throws Exception {
        Finding finding = SevSnp.check(report(), chain(), AMD, AT);
        Report report = assertInstanceOf(Finding.Genuine.class, finding, finding::toString)
                .report();
        assertTrue(report.debug(), "its guest policy 0xb0000 has bit 19: debugging is allowed");
        assertEquals(
                HexFormat.of().formatHex(report(), 0x90, 0xc0),
                report.measured().get("measurement"));
        assertEquals(HexFormat.of().formatHex(report(), 0x50, 0x90), report.said());
    }

    @Test
    void itsCertificatesBeginAndEnd() throws Exception {
        for (String at : new String[] {"2020-01-01T00:00:00Z", "2030-01-01T00:00:00Z"}) {
            assertInstanceOf(
                    Finding.False.class,
                    SevSnp.check(report(), chain(), AMD, Instant.parse(at).toEpochMilli()));
        }
        assertInstanceOf(Finding.False.class, SevSnp.check(report(), chain(), new TreeSet<>(), AT));
        assertInstanceOf(Finding.False.class, SevSnp.check(report(), chain().subList(1, 3), AMD, AT));
    }

    @Test
    void noByteCanBeChanged() throws Exception {
        byte[] report = report();
        for (int i = 0; i < report.length; i += i < 672 + 150 ? 7 : 41) {
            byte[] bent = report.clone();
            bent[i] ^= (byte) (1 << i % 8);
            try {
                assertInstanceOf(Finding.False.class, SevSnp.check(bent, chain(), AMD, AT), "byte " + i);
            } catch (MalformedException expected) {
                // That is a refusal too.
            }
        }
    }
}
