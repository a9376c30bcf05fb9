package assay.core.attest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import assay.core.base.Hash;
import assay.core.base.MalformedException;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Real documents of AWS: genuine as they are, at their time, under AWS's root; and nothing else. */
class NitroVectorTest {
    private static final SortedSet<Hash> AWS = AttestationPolicy.makers().get(Tee.NITRO);
    private static final List<String> FILES = List.of(
            "evervault_valid_2022-10-13.cose", "evervault_debug_2022-10-12.cose", "evervault_debug_2023-09-18.cose");

    private static byte[] file(String name) throws Exception {
        return AttestVectors.read("nitro/" + name);
    }

    /** The timestamp in the document, found without our reader: text(9) "timestamp", then 8 bytes. */
    private static long timestamp(byte[] document) {
        byte[] key = {0x69, 't', 'i', 'm', 'e', 's', 't', 'a', 'm', 'p', 0x1b};
        for (int at = 0; at < document.length - 19; at++) {
            if (java.util.Arrays.equals(document, at, at + key.length, key, 0, key.length)) {
                return java.nio.ByteBuffer.wrap(document, at + key.length, 8).getLong();
            }
        }
        throw new AssertionError("no timestamp");
    }

    @TestFactory
    Stream<DynamicTest> realDocumentsAreGenuineAtTheirTime() {
        return FILES.stream()
                .map(name -> DynamicTest.dynamicTest(name, () -> {
                    byte[] document = file(name);
                    long at = timestamp(document);
                    Finding.Genuine genuine = assertInstanceOf(Finding.Genuine.class, Nitro.check(document, AWS, at));
                    Report report = genuine.report();
                    assertEquals(at, report.timeMillis());
                    assertEquals(name.contains("debug"), report.debug());
                    assertEquals(16, report.measured().size());
                    if (name.contains("valid")) {
                        assertTrue(report.measured().get("pcr0").startsWith("f4d48b81"));
                    }
                }));
    }

    @TestFactory
    Stream<DynamicTest> theirCertificatesEnd() {
        return FILES.stream()
                .map(name -> DynamicTest.dynamicTest(name, () -> {
                    byte[] document = file(name);
                    long at = timestamp(document);
                    for (long hours : new long[] {-2, 4, 24 * 365 * 3}) {
                        assertInstanceOf(Finding.False.class, Nitro.check(document, AWS, at + hours * 3_600_000));
                    }
                }));
    }

    @Test
    void anotherRootIsNotBelieved() throws Exception {
        byte[] document = file(FILES.getFirst());
        SortedSet<Hash> other = new TreeSet<>(List.of(Hash.sha256(new byte[] {1})));
        assertInstanceOf(Finding.False.class, Nitro.check(document, other, timestamp(document)));
        assertInstanceOf(Finding.False.class, Nitro.check(document, new TreeSet<>(), timestamp(document)));
    }

    /** Each value of the payload is given another byte, in its middle; the signature knows. */
    @Test
    void noFieldOfARealDocumentCanBeChanged() throws Exception {
        byte[] document = file(FILES.getFirst());
        long at = timestamp(document);
        Cbor.Items outer = (Cbor.Items) Cbor.parse(document);
        byte[] payload = ((Cbor.Bytes) outer.items().get(2)).value();
        Cbor.Pairs map = (Cbor.Pairs) Cbor.parse(payload);
        List<String> changed = new ArrayList<>();
        for (Cbor.Pair field : map.pairs()) {
            String key = ((Cbor.Text) field.key()).value();
            byte[] wanted = key.getBytes(java.nio.charset.StandardCharsets.US_ASCII);
            int where = indexOf(document, wanted) + wanted.length + 4;
            byte[] bent = document.clone();
            bent[where] ^= 1;
            refuses(bent, at);
            changed.add(key);
        }
        assertEquals(
                List.of(
                        "cabundle",
                        "certificate",
                        "digest",
                        "module_id",
                        "nonce",
                        "pcrs",
                        "public_key",
                        "timestamp",
                        "user_data"),
                changed.stream().sorted().toList());
    }

    @Test
    void noByteOfARealDocumentCanBeChanged() throws Exception {
        byte[] document = file(FILES.getFirst());
        long at = timestamp(document);
        for (int i = 0; i < document.length; i += i < 64 || i > document.length - 110 ? 5 : 61) {
            byte[] bent = document.clone();
            bent[i] ^= (byte) (1 << i % 8);
            refuses(bent, at);
        }
        for (int length = 0; length < document.length; length += 37) {
            refuses(java.util.Arrays.copyOf(document, length), at);
        }
        refuses(java.util.Arrays.copyOf(document, document.length + 1), at);
    }

    private static void refuses(byte[] bent, long at) {
        try {
            assertInstanceOf(Finding.False.class, Nitro.check(bent, AWS, at));
        } catch (MalformedException expected) {
            // That is a refusal too.
        }
    }

    private static int indexOf(byte[] in, byte[] what) {
        for (int at = 0; at <= in.length - what.length; at++) {
            if (java.util.Arrays.equals(in, at, at + what.length, what, 0, what.length)) {
                return at;
            }
        }
        throw new AssertionError("not there");
    }
}
