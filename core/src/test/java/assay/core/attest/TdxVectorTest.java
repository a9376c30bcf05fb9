package assay.core.attest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import assay.core.base.Hash;
import assay.core.base.MalformedException;
import java.time.Instant;
import java.util.Arrays;
import java.util.SortedSet;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** A real quote of a production machine: genuine as it is, while its certificates are valid, under Intel's root. */
class TdxVectorTest {
    private static final SortedSet<Hash> INTEL = AttestationPolicy.makers().get(Tee.TDX);
    private static final long AT = Instant.parse("2023-07-01T00:00:00Z").toEpochMilli();

    /** The published file has a remark of its testers after the quote. */
    private static byte[] quote() throws Exception {
        byte[] file = AttestVectors.read("tdx/tdx_prod_quote_SPR_E4.dat");
        return Arrays.copyOf(file, file.length - "extra bytes(only for testing purpose)\n\n".length());
    }

    @Test
    void aRemarkAfterAQuoteIsRefused() throws Exception {
        byte[] file = AttestVectors.read("tdx/tdx_prod_quote_SPR_E4.dat");
        assertThrows(MalformedException.class, () -> Tdx.check(file, INTEL, AT));
    }

    @Test
    void aRealQuoteIsGenuine() throws Exception {
        Finding finding = Tdx.check(quote(), INTEL, AT);
        Report report = assertInstanceOf(Finding.Genuine.class, finding, finding::toString)
                .report();
        assertFalse(report.debug());
        assertEquals(96, report.measured().get("mrtd").length());
        // The body begins after the header of 48 bytes; MRTD is 136 bytes into it.
        assertEquals(
                java.util.HexFormat.of().formatHex(quote(), 184, 232),
                report.measured().get("mrtd"));
        assertEquals(java.util.HexFormat.of().formatHex(quote(), 568, 632), report.said());
    }

    @Test
    void itsCertificatesBeginAndEnd() throws Exception {
        for (String at : new String[] {"2017-01-01T00:00:00Z", "2060-01-01T00:00:00Z"}) {
            assertInstanceOf(
                    Finding.False.class,
                    Tdx.check(quote(), INTEL, Instant.parse(at).toEpochMilli()));
        }
        assertInstanceOf(Finding.False.class, Tdx.check(quote(), new TreeSet<>(), AT));
    }

    @Test
    void noByteThatSaysSomethingCanBeChanged() throws Exception {
        byte[] quote = quote();
        int refused = 0;
        for (int i = 0; i < quote.length; i += i < 1_300 ? 11 : 67) {
            byte[] bent = quote.clone();
            bent[i] ^= (byte) (1 << i % 8);
            try {
                Finding finding = Tdx.check(bent, INTEL, AT);
                // White space in PEM says nothing.
                boolean same =
                        finding instanceof Finding.Genuine g && g.equals(Tdx.check(quote, INTEL, AT)) && i > 1_300;
                assertTrue(same || finding instanceof Finding.False, "byte " + i);
                refused += same ? 0 : 1;
            } catch (MalformedException expected) {
                refused++;
            }
        }
        assertTrue(refused > 150, "refused " + refused);
    }
}
