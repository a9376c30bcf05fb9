package assay.ledger.crypto;

import static org.junit.jupiter.api.Assertions.assertEquals;

import assay.core.base.Hash;
import assay.core.codec.Field;
import assay.ledger.Vectors;
import assay.ledger.crypto.Secp256k1.Library;
import assay.ledger.crypto.Secp256k1.Recovery;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

class Secp256k1VectorTest {
    /** Where no binary for this machine is on the class path, Java alone is held to the vectors. */
    @TestFactory
    Stream<DynamicTest> recoveryAgreesWithEthKeys() throws Exception {
        List<Field> vectors = Vectors.of("secp256k1.json");
        return Library.here().stream().flatMap(library -> vectors.stream()
                .map(v -> DynamicTest.dynamicTest(library + " " + name(v), () -> check(library, v))));
    }

    @Test
    void linuxOnACommonProcessorHasTheNativeLibrary() {
        boolean linux = System.getProperty("os.name").equals("Linux");
        Assumptions.assumeTrue(linux && List.of("amd64", "aarch64").contains(System.getProperty("os.arch")));
        assertEquals(List.of(Library.NATIVE, Library.JAVA), Library.here());
    }

    /** Random numbers as signatures: whatever one library says of them, the other says too. */
    @Test
    void bothLibrariesAgreeOnArbitraryBytes() {
        long seed = System.nanoTime();
        SplittableRandom random = new SplittableRandom(seed);
        for (int i = 0; i < 500; i++) {
            byte[] bytes = new byte[Signature.SIZE_BYTES];
            random.nextBytes(bytes);
            bytes[32] &= 0x7f;
            bytes[64] = (byte) (27 + (i & 1));
            if (i % 3 == 0) {
                // A small r or s: x coordinates near zero, and points that are multiples of few bits.
                Arrays.fill(bytes, i % 2 == 0 ? 0 : 32, i % 2 == 0 ? 31 : 63, (byte) 0);
            }
            Hash digest = Hash.sha256(bytes);
            Signature signature = Signature.ofBytes(bytes);
            Recovery expected = Secp256k1.recover(Library.JAVA, digest, signature);
            for (Library library : Library.here()) {
                assertEquals(expected, Secp256k1.recover(library, digest, signature), "seed " + seed + ", " + i);
            }
        }
    }

    private static void check(Library library, Field v) throws Exception {
        Hash digest = Hash.ofHex(v.at("digest").string());
        Signature signature =
                Signature.ofBytes(HexFormat.of().parseHex(v.at("signature").string()));
        String expect = v.at("expect").string();
        Recovery recovery = Secp256k1.recover(library, digest, signature);
        switch (expect) {
            case "high-s" -> assertEquals(new Recovery.HighS(), recovery);
            case "invalid" -> assertEquals(new Recovery.Invalid(), recovery);
            default -> assertEquals(new Recovery.Signer(Address.parse(expect)), recovery);
        }
        if (v.find("privateKey").isPresent() && expect.startsWith("0x")) {
            byte[] secret = HexFormat.of().parseHex(v.at("privateKey").string());
            Address address = Secp256k1.addressOf(library, secret);
            assertEquals(expect, address.toString());
            assertEquals(signature, Secp256k1.sign(library, digest, secret, address), "RFC 6979 and the lower s");
        }
    }

    private static String name(Field v) {
        try {
            return v.at("id").string();
        } catch (assay.core.base.MalformedException e) {
            throw new AssertionError(e);
        }
    }
}
