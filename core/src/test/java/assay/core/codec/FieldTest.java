package assay.core.codec;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import assay.core.base.MalformedException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

class FieldTest {
    private static Field field(String text) throws MalformedException {
        return Field.root(JsonText.parse(text.getBytes(StandardCharsets.UTF_8), 16, 1 << 16));
    }

    private static void says(String message, Executable action) {
        assertEquals(message, assertThrows(MalformedException.class, action).getMessage());
    }

    @Test
    void aWrongFieldIsNamedByItsPath() throws Exception {
        Field root = field("{\"usage\":{\"prompt_tokens\":\"7\"},\"messages\":[{\"role\":1}]}");
        says(
                "usage.prompt_tokens: expected an integer, got \"7\"",
                () -> root.at("usage").at("prompt_tokens").integer(0, 9));
        says(
                "messages[0].role: expected a string, got 1",
                () -> root.at("messages").items(9).getFirst().at("role").string());
        says("usage.total: missing", () -> root.at("usage").at("total"));
        says("messages: unknown field", () -> root.only("usage"));
        says("document: expected an array, got an object", () -> root.items(3));
        says("messages: at most 0 items expected, got 1", () -> root.at("messages")
                .items(0));
    }

    @Test
    void integersAreIntegersInTheirRange() throws Exception {
        assertEquals(Long.MIN_VALUE, field("-9223372036854775808").integer(Long.MIN_VALUE, Long.MAX_VALUE));
        assertEquals(0, field("-0").integer(0, 0));
        for (String bad : new String[] {"1.0", "1e3", "true", "null", "\"1\"", "9223372036854775808", "11", "-1"}) {
            assertThrows(MalformedException.class, () -> field(bad).integer(0, 10), bad);
        }
        says("document: expected 0 to 10, got 11", () -> field("11").int32(0, 10));
    }

    @Test
    void nullAndAbsentAreTheSameToFind() throws Exception {
        assertTrue(field("{\"a\":null}").find("a").isEmpty());
        assertTrue(field("{}").find("a").isEmpty());
        assertTrue(field("{\"a\":0}").find("a").isPresent());
    }

    @Test
    void base64HasOneSpelling() throws Exception {
        assertArrayEquals(new byte[] {1}, field("\"AQ==\"").base64(1));
        for (String bad : new String[] {"AR==", "AQ", "AQ=", "AQ==\\n", " AQ==", "AQ===", "A_==", "QUI=", "=="}) {
            assertThrows(
                    MalformedException.class, () -> field("\"" + bad + "\"").base64(1), bad);
        }
    }

    @Test
    void decimalsAreFinite() throws Exception {
        assertEquals(0.7, field("0.7").decimal());
        assertEquals(1000, field("1e3").decimal());
        assertThrows(MalformedException.class, () -> field("1e999").decimal());
    }
}
