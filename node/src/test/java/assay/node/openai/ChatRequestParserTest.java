package assay.node.openai;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import assay.node.http.ApiError;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ChatRequestParserTest {
    private static final String MESSAGES = "\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}]";
    private static final String HEAD = "{\"model\":\"m\"," + MESSAGES;

    private static ChatRequest parse(String json) throws ApiError {
        return ChatRequestParser.parse(json.getBytes(StandardCharsets.UTF_8));
    }

    private static ChatRequest with(String fields) throws ApiError {
        return parse(HEAD + "," + fields + "}");
    }

    private static ApiError refused(String json) {
        return assertThrows(ApiError.class, () -> parse(json), json);
    }

    private static void assertRefused(String json, String code, String param) {
        ApiError e = refused(json);
        assertEquals(400, e.status(), json);
        assertEquals(code + " " + param, e.code() + " " + e.param(), json);
    }

    @Test
    void theSmallestRequestHasTheDefaultsOfOpenAi() throws ApiError {
        ChatRequest r = parse(HEAD + "}");
        assertEquals("m", r.model());
        assertEquals(List.of(new Message(Message.Role.USER, "hi", null)), r.messages());
        assertEquals(1.0, r.sampling().temperature());
        assertEquals(1.0, r.sampling().topP());
        assertEquals(0, r.sampling().topK());
        assertEquals(0.0, r.sampling().minP());
        assertEquals(0.0, r.sampling().presencePenalty());
        assertEquals(0.0, r.sampling().frequencyPenalty());
        assertEquals(Map.of(), r.sampling().logitBias());
        assertEquals(1, r.sampling().n());
        assertEquals(List.of(), r.sampling().stop());
        assertFalse(r.sampling().logprobs());
        assertFalse(r.boundsTokens());
        assertFalse(r.stream());
        assertFalse(r.includeUsage());
        assertNull(r.seed());
        assertNull(r.nonce());
        assertNull(r.date());
    }

    @Test
    void theExactBytesAreKept() throws ApiError {
        byte[] body = ("  " + HEAD + " } \n").getBytes(StandardCharsets.UTF_8);
        assertArrayEquals(body, ChatRequestParser.parse(body).body());
    }

    @Test
    void everySupportedFieldIsRead() throws ApiError {
        ChatRequest r = with(
                """
                "temperature":0.7,"top_p":0.9,"top_k":40,"min_p":0.05,"presence_penalty":-1.5,
                "frequency_penalty":2,"logit_bias":{"0":-100,"49151":12.5},"max_tokens":17,
                "max_completion_tokens":17,"seed":-9223372036854775808,"stop":["a","\\n\\n"],"n":3,
                "stream":true,"stream_options":{"include_usage":true,"include_obfuscation":false},
                "logprobs":true,"top_logprobs":5,"user":"u","metadata":{"k":"v"},"store":false,
                "service_tier":"auto","modalities":["text"],"response_format":{"type":"text"},
                "safety_identifier":"s","prompt_cache_key":"p",
                "assay":{"nonce":"000102030405060708090a0b0c0d0e0f","date":"2024-02-29"}
                """);
        assertEquals(0.7, r.sampling().temperature());
        assertEquals(0.9, r.sampling().topP());
        assertEquals(40, r.sampling().topK());
        assertEquals(0.05, r.sampling().minP());
        assertEquals(-1.5, r.sampling().presencePenalty());
        assertEquals(2.0, r.sampling().frequencyPenalty());
        assertEquals(Map.of(0, -100.0, 49151, 12.5), r.sampling().logitBias());
        assertEquals(17, r.sampling().maxTokens());
        assertTrue(r.boundsTokens());
        assertEquals(Long.MIN_VALUE, r.seed());
        assertEquals(List.of("a", "\n\n"), r.sampling().stop());
        assertEquals(3, r.sampling().n());
        assertTrue(r.stream());
        assertTrue(r.includeUsage());
        assertTrue(r.sampling().logprobs());
        assertEquals(5, r.sampling().topLogprobs());
        byte[] nonce = r.nonce();
        assertNotNull(nonce);
        assertEquals("000102030405060708090a0b0c0d0e0f", HexFormat.of().formatHex(nonce));
        assertEquals("2024-02-29", r.date());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "temperature",
                "top_p",
                "top_k",
                "min_p",
                "presence_penalty",
                "frequency_penalty",
                "logit_bias",
                "max_tokens",
                "max_completion_tokens",
                "seed",
                "stop",
                "n",
                "stream",
                "stream_options",
                "logprobs",
                "top_logprobs",
                "user",
                "metadata",
                "store",
                "service_tier",
                "modalities",
                "response_format",
                "tools",
                "tool_choice",
                "functions",
                "function_call",
                "audio",
                "prediction",
                "reasoning_effort",
                "parallel_tool_calls",
                "verbosity",
                "web_search_options"
            })
    void nullMeansAbsent(String field) throws ApiError {
        ChatRequest plain = parse(HEAD + "}");
        ChatRequest r = with("\"" + field + "\":null");
        assertEquals(plain.sampling(), r.sampling());
        assertEquals(plain.messages(), r.messages());
        assertNull(r.seed());
        assertFalse(r.stream());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\"tools\":[]",
                "\"tool_choice\":\"none\"",
                "\"functions\":[]",
                "\"function_call\":\"auto\"",
                "\"audio\":{}",
                "\"prediction\":{}",
                "\"reasoning_effort\":\"low\"",
                "\"parallel_tool_calls\":true",
                "\"verbosity\":\"low\"",
                "\"web_search_options\":{}",
                "\"moderation\":{}",
                "\"prompt_cache_retention\":\"24h\"",
                "\"prompt_cache_options\":{}"
            })
    void whatIsNotOfferedIsRefusedByName(String field) {
        assertRefused(HEAD + "," + field + "}", "unsupported_parameter", field.split("\"", 3)[1]);
    }

    @ParameterizedTest
    @ValueSource(strings = {"foo", "best_of", "Temperature", "", "échec", "max_tokens "})
    void whatNobodyKnowsIsRefusedByName(String field) {
        assertRefused(HEAD + ",\"" + field + "\":1}", "unknown_parameter", field);
        assertRefused(HEAD + ",\"" + field + "\":null}", "unknown_parameter", field);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "temperature | -0.1",
                "temperature | 2.01",
                "temperature | 1e400",
                "top_p | 0",
                "top_p | 1.1",
                "min_p | -1",
                "min_p | 1.5",
                "top_k | -1",
                "top_k | 2147483648",
                "presence_penalty | 2.5",
                "frequency_penalty | -2.5",
                "max_tokens | 0",
                "max_tokens | -5",
                "max_completion_tokens | 0",
                "max_tokens | 99999999999",
                "n | 0",
                "n | 9",
                "seed | 9223372036854775808",
                "seed | -9223372036854775809",
                "seed | 1000000000000000000000000000000",
                "top_logprobs | 21",
                "top_logprobs | 3",
                "stop | [\"\"]",
                "stop | [\"a\",\"b\",\"c\",\"d\",\"e\"]",
                "logit_bias | {\"x\":1}",
                "logit_bias | {\"-1\":1}",
                "logit_bias | {\"01\":1}",
                "logit_bias | {\"1\":101}",
                "logit_bias | {\"9999999999\":1}",
                "store | true",
                "service_tier | \"flex\"",
                "metadata | {\"a\":\"%s\"}"
            })
    void valuesOutOfRangeAreRefusedByName(String field, String value) {
        String filled = value.replace("%s", "x".repeat(513));
        assertRefused(HEAD + ",\"" + field + "\":" + filled + "}", "invalid_value", field);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "stream_options.include_obfuscation | invalid_value | \"stream\":true,\"stream_options\":{\"include_obfuscation\":true}",
                "stream_options.x | unknown_parameter | \"stream\":true,\"stream_options\":{\"x\":true}",
                "stream_options | invalid_value | \"stream_options\":{\"include_usage\":true}",
                "modalities[1] | invalid_value | \"modalities\":[\"text\",\"audio\"]",
                "response_format.type | invalid_value | \"response_format\":{\"type\":\"json_object\"}",
                "response_format.json_schema | unsupported_parameter | \"response_format\":{\"json_schema\":{}}",
                "assay.nonce | invalid_value | \"assay\":{\"nonce\":\"00\"}",
                "assay.date | invalid_value | \"assay\":{\"date\":\"2023-02-29\"}",
                "assay.date | invalid_value | \"assay\":{\"date\":\"today\"}",
                "assay.x | unknown_parameter | \"assay\":{\"x\":1}",
                "max_tokens | invalid_value | \"max_tokens\":3,\"max_completion_tokens\":4",
                "stop[1] | invalid_type | \"stop\":[\"a\",1]",
                "metadata.k | invalid_type | \"metadata\":{\"k\":1}"
            })
    void nestedFaultsNameTheirPath(String param, String code, String fields) {
        assertRefused(HEAD + "," + fields + "}", code, param);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "messages[0].role | invalid_value | {\"role\":\"tool\",\"content\":\"x\"}",
                "messages[0].role | invalid_value | {\"role\":\"User\",\"content\":\"x\"}",
                "messages[0].role | invalid_type | {\"role\":1,\"content\":\"x\"}",
                "messages[0].role | missing_required_parameter | {\"content\":\"x\"}",
                "messages[0].content | missing_required_parameter | {\"role\":\"user\"}",
                "messages[0].content | invalid_type | {\"role\":\"assistant\",\"content\":null}",
                "messages[0].content | invalid_type | {\"role\":\"user\",\"content\":{}}",
                "messages[0].content | invalid_value | {\"role\":\"user\",\"content\":[]}",
                "messages[0].content[0] | invalid_type | {\"role\":\"user\",\"content\":[\"x\"]}",
                "messages[0].content[0].type | missing_required_parameter | {\"role\":\"user\",\"content\":[{\"text\":\"x\"}]}",
                "messages[0].content[0].text | missing_required_parameter | {\"role\":\"user\",\"content\":[{\"type\":\"text\"}]}",
                "messages[0].content[0].type | invalid_value | {\"role\":\"user\",\"content\":[{\"type\":\"image_url\",\"image_url\":{}}]}",
                "messages[0].content[0].image_url | unsupported_parameter | {\"role\":\"user\",\"content\":[{\"image_url\":{}}]}",
                "messages[0].content[0].cache_control | unknown_parameter | {\"role\":\"user\",\"content\":[{\"cache_control\":{}}]}",
                "messages[0].tool_calls | unsupported_parameter | {\"role\":\"assistant\",\"content\":\"x\",\"tool_calls\":[]}",
                "messages[0].annotations | unsupported_parameter | {\"role\":\"assistant\",\"content\":\"x\",\"annotations\":[1]}",
                "messages[0].mood | unknown_parameter | {\"role\":\"user\",\"mood\":\"x\"}",
                "messages[0] | invalid_type | \"hi\""
            })
    void faultsInMessagesNameTheirPath(String param, String code, String message) {
        assertRefused("{\"model\":\"m\",\"messages\":[" + message + "]}", code, param);
    }

    @Test
    void messagesKeepRolesNamesAndParts() throws ApiError {
        ChatRequest r = parse(
                """
                {"messages":[{"content":"be brief","role":"developer"},
                {"role":"system","content":""},
                {"role":"user","name":"Zoë","content":[{"type":"text","text":"one"},{"text":"two","type":"text"}]},
                {"role":"assistant","content":"ok","refusal":null,"annotations":[],"audio":null,
                 "function_call":null,"tool_calls":null}],"model":"m"}
                """);
        assertEquals(
                List.of(
                        new Message(Message.Role.DEVELOPER, "be brief", null),
                        new Message(Message.Role.SYSTEM, "", null),
                        new Message(Message.Role.USER, "one\ntwo", "Zoë"),
                        new Message(Message.Role.ASSISTANT, "ok", null)),
                r.messages());
        assertEquals("system", r.messages().getFirst().role().templateName());
    }

    @Test
    void modelAndMessagesMustBeThere() {
        assertRefused("{" + MESSAGES + "}", "missing_required_parameter", "model");
        assertRefused("{\"model\":\"m\"}", "missing_required_parameter", "messages");
        assertRefused("{\"model\":\"m\",\"messages\":[]}", "invalid_value", "messages");
        assertRefused("{\"model\":null," + MESSAGES + "}", "invalid_type", "model");
        assertRefused("{\"model\":\"m\",\"messages\":null}", "invalid_type", "messages");
    }

    @Test
    void aStopStringMayStandAlone() throws ApiError {
        assertEquals(List.of("END"), with("\"stop\":\"END\"").sampling().stop());
        assertRefused(HEAD + ",\"stop\":\"\"}", "invalid_value", "stop");
    }

    @Test
    void negativeZeroIsZeroSoThatItHasOneText() throws ApiError {
        assertEquals(
                "0.0", Double.toString(with("\"temperature\":-0.0").sampling().temperature()));
        assertEquals(
                "0.0",
                Double.toString(with("\"temperature\":-1e-999").sampling().temperature()));
    }

    @Test
    void integersMustBeWrittenAsIntegers() {
        for (String value : List.of("1.0", "1e2", "\"1\"", "true", "[]", "{}")) {
            assertRefused(HEAD + ",\"seed\":" + value + "}", "invalid_type", "seed");
            assertRefused(HEAD + ",\"max_tokens\":" + value + "}", "invalid_type", "max_tokens");
        }
    }

    @Test
    void wrongTypesEverywhereAreRefusedByName() {
        List<String> fields = List.of(
                "model",
                "messages",
                "temperature",
                "top_p",
                "top_k",
                "min_p",
                "presence_penalty",
                "frequency_penalty",
                "logit_bias",
                "max_tokens",
                "max_completion_tokens",
                "seed",
                "stop",
                "n",
                "stream",
                "stream_options",
                "logprobs",
                "top_logprobs",
                "user",
                "metadata",
                "store",
                "service_tier",
                "modalities",
                "response_format",
                "assay");
        List<String> values = List.of("1", "1.5", "\"x\"", "true", "[1]", "[[[]]]", "{\"a\":{\"a\":1}}", "{}", "[]");
        int refused = 0;
        for (String field : fields) {
            for (String value : values) {
                try {
                    parse("{\"" + field + "\":" + value + "}");
                } catch (ApiError e) {
                    assertEquals(400, e.status());
                    String param = e.param();
                    assertNotNull(param, field + value);
                    refused++;
                }
            }
        }
        assertEquals(fields.size() * values.size(), refused);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "nul",
                "null",
                "[]",
                "\"x\"",
                "1",
                "{",
                "{\"model\"",
                "{\"model\":",
                "{\"model\":\"m",
                "{\"a\"}",
                "{\"model\":\"m\",}",
                "{'model':'m'}",
                "{model:1}",
                "{\"model\":\"m\"}}",
                "{\"model\":\"\\x\"}",
                "{\"model\":\"\\ud800\"}",
                "{\"model\":\"\\udc00\\ud800\"}",
                "{\"model\":\"a\nb\"}",
                "// c\n{}",
                "{\"n\":NaN}",
                "{\"n\":01}",
                "{\"n\":+1}",
                "{\"n\":.5}",
                "\uFEFF{}"
            })
    void bytesThatAreNotTheRightJsonAreRefused(String body) {
        assertEquals(400, refused(body).status());
    }

    @Test
    void duplicateNamesAreRefused() {
        assertEquals("invalid_json", refused(HEAD + ",\"seed\":1,\"seed\":2}").code());
        assertEquals(
                "invalid_json", refused(HEAD + ",\"se\\u0065d\":1,\"seed\":2}").code());
        assertEquals(
                "invalid_json",
                refused("{\"model\":\"m\",\"messages\":[{\"role\":\"user\",\"role\":\"user\"}]}")
                        .code());
    }

    @Test
    void moreThanOneValueIsRefused() {
        assertEquals("invalid_json", refused(HEAD + "} {}").code());
        assertEquals("invalid_json", refused(HEAD + "}x").code());
    }

    @Test
    void bytesThatAreNotUtf8AreRefused() {
        String[] bad = {"ff", "c0af", "eda080", "f4908080", "e282", "80"};
        for (String hex : bad) {
            byte[] inner = HexFormat.of().parseHex(hex);
            byte[] head = "{\"model\":\"".getBytes(StandardCharsets.UTF_8);
            byte[] tail = "\"}".getBytes(StandardCharsets.UTF_8);
            byte[] body = new byte[head.length + inner.length + tail.length];
            System.arraycopy(head, 0, body, 0, head.length);
            System.arraycopy(inner, 0, body, head.length, inner.length);
            System.arraycopy(tail, 0, body, head.length + inner.length, tail.length);
            ApiError e = assertThrows(ApiError.class, () -> ChatRequestParser.parse(body), hex);
            assertEquals("invalid_json", e.code());
        }
        byte[] wide = (HEAD + "}").getBytes(StandardCharsets.UTF_16LE);
        assertEquals(
                "invalid_json",
                assertThrows(ApiError.class, () -> ChatRequestParser.parse(wide))
                        .code());
    }

    @Test
    void deepNestingIsRefusedAndOverflowsNoStack() {
        for (String open : List.of("[", "{\"a\":")) {
            String deep = "{\"messages\":" + open.repeat(1_000_000);
            assertEquals(400, refused(deep).status());
        }
        String content = "{\"model\":\"m\",\"messages\":[{\"role\":\"user\",\"content\":" + "[".repeat(100_000);
        assertEquals(400, refused(content).status());
    }

    @Test
    void everyPrefixOfARequestIsRefused() {
        String whole = HEAD + ",\"stop\":[\"é\"],\"logit_bias\":{\"1\":1.5},\"stream\":true}";
        byte[] bytes = whole.getBytes(StandardCharsets.UTF_8);
        for (int n = 0; n < bytes.length; n++) {
            byte[] cut = java.util.Arrays.copyOf(bytes, n);
            assertEquals(
                    400,
                    assertThrows(ApiError.class, () -> ChatRequestParser.parse(cut))
                            .status());
        }
    }

    @Test
    void randomDamageNeverEscapesAsAnotherException() {
        long seed = 0x5eed;
        SplittableRandom random = new SplittableRandom(seed);
        byte[] good = (HEAD + ",\"stop\":[\"é\"],\"logit_bias\":{\"1\":1.5},\"n\":2,\"assay\":{}}")
                .getBytes(StandardCharsets.UTF_8);
        for (int i = 0; i < 50_000; i++) {
            byte[] bad = good.clone();
            for (int k = random.nextInt(1, 4); k > 0; k--) {
                bad[random.nextInt(bad.length)] = (byte) random.nextInt(256);
            }
            try {
                ChatRequestParser.parse(bad);
            } catch (ApiError e) {
                assertEquals(400, e.status(), "seed " + seed + ", round " + i);
                assertTrue(e.json().length > 0);
            }
        }
    }
}
