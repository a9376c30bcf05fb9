package assay.core.attest;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;

import assay.core.base.MalformedException;
import java.util.HexFormat;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** The examples of RFC 8949, appendix A, that attestation documents can hold; and the others are refused. */
class CborTest {
    private static Cbor parse(String hex) throws MalformedException {
        return Cbor.parse(HexFormat.of().parseHex(hex));
    }

    @Test
    void theExamplesOfTheStandardAreRead() throws Exception {
        assertEquals(new Cbor.Whole(0), parse("00"));
        assertEquals(new Cbor.Whole(23), parse("17"));
        assertEquals(new Cbor.Whole(100), parse("1864"));
        assertEquals(new Cbor.Whole(1_000_000_000_000L), parse("1b000000e8d4a51000"));
        assertEquals(new Cbor.Whole(-1), parse("20"));
        assertEquals(new Cbor.Whole(-1000), parse("3903e7"));
        assertEquals(new Cbor.Bool(false), parse("f4"));
        assertEquals(new Cbor.Null(), parse("f6"));
        assertEquals(new Cbor.Text("\u6c34"), parse("63e6b0b4"));
        assertArrayEquals(new byte[] {1, 2, 3, 4}, ((Cbor.Bytes) parse("4401020304")).value());
        assertEquals(3, ((Cbor.Items) parse("8301820203820405")).items().size());
        Cbor.Pairs map = (Cbor.Pairs) parse("a26161016162820203");
        assertEquals(new Cbor.Whole(1), map.find("a").orElseThrow());
        assertInstanceOf(Cbor.Items.class, map.find("b").orElseThrow());
        assertEquals(new Cbor.Tagged(1, new Cbor.Whole(1363896240)), parse("c11a514b67b0"));
    }

    @Test
    void whatDocumentsDoNotHoldIsRefused() {
        for (String hex : new String[] {
            "", // nothing
            "0000", // bytes after the end
            "f90000", // a float
            "5f42010243030405ff", // indefinite
            "9fff",
            "bf61610161629f0203ffff",
            "f7", // undefined
            "a201020103", // a key twice
            "a1820102" + "03", // an array as key
            "61ff", // no UTF-8
            "1bffffffffffffffff", // 64 bits
            "3bffffffffffffffff",
            "5bffffffffffffffff",
            "5a7fffffff00", // longer than what is left
            "9a7fffffff00",
            "ba7fffffff00",
            "81".repeat(10) + "00", // ten levels
            "1c", // reserved
        }) {
            assertThrows(MalformedException.class, () -> parse(hex), hex);
        }
    }

    @Test
    void noiseEndsInAValueOrARefusal() {
        SplittableRandom random = new SplittableRandom(3);
        for (int i = 0; i < 20_000; i++) {
            byte[] noise = new byte[random.nextInt(40)];
            random.nextBytes(noise);
            try {
                Cbor.parse(noise);
            } catch (MalformedException expected) {
                // That is how noise ends.
            }
        }
    }
}
