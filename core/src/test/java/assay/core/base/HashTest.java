package assay.core.base;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class HashTest {
    /** FIPS 180-4, example "abc". */
    @Test
    void sha256MatchesTheStandardsExample() throws Exception {
        Hash abc = Hash.sha256("abc".getBytes(StandardCharsets.UTF_8));
        assertEquals("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad", abc.hex());
        assertEquals(abc, Hash.ofHex(abc.hex()));
        assertEquals(abc, Hash.tagged("a", "bc".getBytes(StandardCharsets.UTF_8)));
    }

    @Test
    void upperCaseAndShortHexAreRefused() {
        assertThrows(MalformedException.class, () -> Hash.ofHex("AB"));
        assertThrows(MalformedException.class, () -> Hash.ofHex("A".repeat(64)));
    }
}
