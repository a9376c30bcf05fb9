package assay.core.text;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import assay.core.base.MalformedException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class ChatRequestTest {
    private static final String HELLO = "\"model\":\"m\",\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}]";

    private static ChatRequest parse(String members) throws MalformedException {
        return ChatRequest.parse(("{" + members + "}").getBytes(StandardCharsets.UTF_8), 1 << 16);
    }

    private static void refuses(String members, String message) {
        assertEquals(
                message,
                assertThrows(MalformedException.class, () -> parse(members)).getMessage());
    }

    @Test
    void theShortestRequestHasTheDocumentedDefaults() throws Exception {
        ChatRequest r = parse(HELLO);
        assertEquals(List.of(new ChatRequest.Message("user", "hi", "")), r.messages());
        assertEquals(1, r.sampling().temperature());
        assertEquals(1, r.sampling().topP());
        assertEquals(1, r.sampling().n());
        assertEquals(ChatRequest.UNSAID, r.sampling().maxTokens());
        assertEquals(7, r.sampling(7).maxTokens());
        assertFalse(r.seeded() || r.stream() || r.includeUsage() || r.sealed());
    }

    @Test
    void everySupportedFieldIsRead() throws Exception {
        ChatRequest r = parse("\"model\":\"m\",\"messages\":[{\"role\":\"developer\",\"content\":\"s\"},"
                + "{\"role\":\"user\",\"name\":\"bo\",\"annotations\":[],\"content\":[{\"type\":\"text\",\"text\":\"a\"},{\"type\":\"text\",\"text\":\"b\"}]}],"
                + "\"temperature\":0.5,\"top_k\":40,\"top_p\":0.9,\"min_p\":0.05,\"presence_penalty\":-1,"
                + "\"frequency_penalty\":2,\"logit_bias\":{\"7\":-100,\"5\":1.5},\"max_tokens\":9,"
                + "\"max_completion_tokens\":9,\"stop\":[\"x\",\"y\"],\"n\":2,\"logprobs\":true,\"top_logprobs\":3,"
                + "\"seed\":-5,\"stream\":true,\"stream_options\":{\"include_usage\":true},\"user\":\"u\","
                + "\"store\":false,\"tools\":null,\"response_format\":{\"type\":\"text\"},"
                + "\"assay\":{\"nonce\":\"" + "0f".repeat(16) + "\",\"sealed\":true,\"date\":\"2026-11-30\"}");
        assertEquals(
                List.of(new ChatRequest.Message("system", "s", ""), new ChatRequest.Message("user", "a\nb", "bo")),
                r.messages());
        assertEquals(new TreeMap<>(Map.of(5, 1.5, 7, -100.0)), r.sampling().logitBias());
        assertEquals(List.of("x", "y"), r.sampling().stop());
        assertEquals(9, r.sampling(100).maxTokens());
        assertEquals(0.05, r.sampling().minP());
        assertEquals(3, r.sampling().topLogprobs());
        assertEquals(-5, r.seed());
        assertTrue(r.seeded() && r.stream() && r.includeUsage() && r.sealed());
        assertEquals(32, r.nonce().length());
        assertEquals("2026-11-30", r.date());
    }

    @Test
    void whatWouldBeIgnoredIsRefusedByName() {
        refuses(HELLO + ",\"audio\":{}", "audio: not supported");
        refuses(HELLO + ",\"tools\":[{}]", "tools: not supported, except []");
        refuses(HELLO + ",\"store\":true", "store: not supported, except false");
        refuses(
                HELLO + ",\"response_format\":{\"type\":\"json_object\"}",
                "response_format: not supported, except {\"type\":\"text\"}");
        refuses(HELLO + ",\"assay\":{\"salt\":1}", "assay.salt: unknown field");
        refuses(
                "\"model\":\"m\",\"messages\":[{\"role\":\"user\",\"content\":\"\",\"tool_calls\":[]}]",
                "messages[0].tool_calls: not supported");
        refuses(
                "\"model\":\"m\",\"messages\":[{\"role\":\"user\",\"content\":[{\"type\":\"image_url\"}]}]",
                "messages[0].content[0].type: not supported, except \"text\"");
    }

    @Test
    void wrongValuesAreRefusedByName() {
        refuses(HELLO + ",\"temperature\":2.1", "temperature: must be from 0 to 2, got 2.1");
        refuses(HELLO + ",\"top_p\":0", "top_p: must be above 0, got 0");
        refuses(HELLO + ",\"n\":9", "n: expected 1 to 8, got 9");
        refuses(HELLO + ",\"n\":1.5", "n: expected an integer, got 1.5");
        refuses(
                HELLO + ",\"max_tokens\":1,\"max_completion_tokens\":2",
                "max_tokens: differs from max_completion_tokens");
        refuses(HELLO + ",\"stop\":[\"a\",\"b\",\"c\",\"d\",\"e\"]", "stop: at most 4 items expected, got 5");
        refuses(HELLO + ",\"logit_bias\":{\"x\":1}", "logit_bias.x: the key must be a token id");
        refuses(HELLO + ",\"top_logprobs\":1", "top_logprobs: needs logprobs to be true");
        refuses(HELLO + ",\"stream_options\":{}", "stream_options: needs stream to be true");
        refuses("\"model\":\"m\",\"messages\":[]", "messages: at least one message expected");
        refuses("\"messages\":[{\"role\":\"user\",\"content\":\"\"}]", "model: missing");
        refuses(
                "\"model\":\"m\",\"messages\":[{\"role\":\"bot\",\"content\":\"\"}]",
                "messages[0].role: system, developer, user or assistant expected");
    }
}
