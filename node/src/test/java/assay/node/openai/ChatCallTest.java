package assay.node.openai;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import assay.node.http.ApiError;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Bodies at the edge: what is refused is a 400 that names its field, and costs little. */
class ChatCallTest {
    private static final String MESSAGES = "\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}]";
    private static final String HEAD = "{\"model\":\"m\"," + MESSAGES;

    private static ChatCall parse(String json) throws ApiError {
        return ChatCall.parse(json.getBytes(StandardCharsets.UTF_8));
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
    void theExactBytesAreKeptBesideTheirMeaning() throws ApiError {
        byte[] body =
                ("  " + HEAD + ",\"seed\":-9223372036854775808,\"top_k\":40 } \n").getBytes(StandardCharsets.UTF_8);
        ChatCall call = ChatCall.parse(body);
        assertArrayEquals(body, call.body());
        assertEquals(Long.MIN_VALUE, call.request().seed());
        assertEquals(40, call.request().sampling().topK());
        assertEquals(1.0, call.request().sampling().temperature());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\"tools\":[{\"type\":\"function\"}]",
                "\"tool_choice\":\"required\"",
                "\"functions\":[]",
                "\"function_call\":\"auto\"",
                "\"audio\":{}",
                "\"prediction\":{}",
                "\"reasoning_effort\":\"low\"",
                "\"verbosity\":\"low\"",
                "\"web_search_options\":{}",
                "\"moderation\":{}",
                "\"prompt_cache_retention\":\"24h\"",
                "\"prompt_cache_options\":{}",
                "\"store\":true",
                "\"service_tier\":\"flex\"",
                "\"modalities\":[\"text\",\"audio\"]",
                "\"response_format\":{\"type\":\"json_object\"}",
                "\"response_format\":{\"type\":\"json_schema\",\"json_schema\":{}}",
                "\"foo\":1",
                "\"best_of\":2",
                "\"Temperature\":1",
                "\"échec\":1"
            })
    void whatIsNotOfferedIsRefusedByName(String field) {
        ApiError e = refused(HEAD + "," + field + "}");
        assertEquals(400, e.status());
        assertEquals(field.split("\"", 3)[1], e.param());
        assertTrue(List.of("unsupported_parameter", "invalid_value").contains(e.code()), e.code());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "temperature | -0.1",
                "temperature | 2.01",
                "temperature | 1e400",
                "temperature | \"1\"",
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
                "max_tokens | 1.0",
                "max_tokens | 1e2",
                "max_completion_tokens | 0",
                "max_tokens | 99999999999",
                "n | 0",
                "n | 9",
                "n | true",
                "seed | 9223372036854775808",
                "seed | -9223372036854775809",
                "seed | 1000000000000000000000000000000",
                "seed | 1.0",
                "seed | \"1\"",
                "top_logprobs | 21",
                "top_logprobs | 3",
                "stop | [\"\"]",
                "stop | \"\"",
                "stop | [\"a\",\"b\",\"c\",\"d\",\"e\"]",
                "stop | 1",
                "logit_bias | []",
                "logit_bias | {\"1\":101}",
                "stream | 1",
                "stream | \"true\"",
                "logprobs | 1",
                "stream_options | {\"include_usage\":true}",
                "messages | {}",
                "messages | []",
                "messages | null",
                "model | 1",
                "model | null"
            })
    void valuesThatMayNotBeAreRefusedByName(String field, String value) {
        String rest =
                field.equals("messages") ? "\"model\":\"m\"" : field.equals("model") ? MESSAGES : HEAD.substring(1);
        assertRefused("{" + rest + ",\"" + field + "\":" + value + "}", "invalid_value", field);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "logit_bias.x | \"logit_bias\":{\"x\":1}",
                "logit_bias.-1 | \"logit_bias\":{\"-1\":1}",
                "logit_bias.1 | \"logit_bias\":{\"1\":\"2\"}",
                "stop[1] | \"stop\":[\"a\",1]",
                "stream_options.x | \"stream\":true,\"stream_options\":{\"x\":true}",
                "stream_options.include_obfuscation | \"stream\":true,\"stream_options\":{\"include_obfuscation\":true}",
                "assay.nonce | \"assay\":{\"nonce\":\"00\"}",
                "assay.x | \"assay\":{\"x\":1}",
                "max_tokens | \"max_tokens\":3,\"max_completion_tokens\":4"
            })
    void nestedFaultsNameTheirPath(String param, String fields) {
        ApiError e = refused(HEAD + "," + fields + "}");
        assertEquals(param, e.param());
        assertEquals(400, e.status());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "messages[0].role | {\"role\":\"tool\",\"content\":\"x\"}",
                "messages[0].role | {\"role\":\"User\",\"content\":\"x\"}",
                "messages[0].role | {\"role\":1,\"content\":\"x\"}",
                "messages[0].role | {\"content\":\"x\"}",
                "messages[0].content | {\"role\":\"user\"}",
                "messages[0].content | {\"role\":\"assistant\",\"content\":null}",
                "messages[0].content | {\"role\":\"user\",\"content\":{}}",
                "messages[0].content[0] | {\"role\":\"user\",\"content\":[\"x\"]}",
                "messages[0].content[0].type | {\"role\":\"user\",\"content\":[{\"text\":\"x\"}]}",
                "messages[0].content[0].text | {\"role\":\"user\",\"content\":[{\"type\":\"text\"}]}",
                "messages[0].content[0].type | {\"role\":\"user\",\"content\":[{\"type\":\"image_url\",\"image_url\":{}}]}",
                "messages[0].tool_calls | {\"role\":\"assistant\",\"content\":\"x\",\"tool_calls\":[]}",
                "messages[0].mood | {\"role\":\"user\",\"mood\":\"x\"}",
                "messages[0] | \"hi\""
            })
    void faultsInMessagesNameTheirPath(String param, String message) {
        ApiError e = refused("{\"model\":\"m\",\"messages\":[" + message + "]}");
        assertEquals(param, e.param());
        assertEquals(400, e.status());
    }

    @Test
    void modelAndMessagesMustBeThere() {
        assertRefused("{" + MESSAGES + "}", "missing_required_parameter", "model");
        assertRefused("{\"model\":\"m\"}", "missing_required_parameter", "messages");
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
                "store",
                "service_tier",
                "modalities",
                "response_format",
                "assay");
        for (String field : fields) {
            for (String value : List.of("-7.5", "[1]", "[[[]]]", "{\"a\":{\"a\":1}}")) {
                ApiError e = refused("{\"" + field + "\":" + value + "}");
                assertEquals(400, e.status());
                assertNotNull(e.param(), field + value);
            }
        }
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
                "{}{}",
                "{\"model\":\"\\x\"}",
                "{\"model\":\"\\ud800\"}",
                "{\"model\":\"\\udc00\\ud800\"}",
                "{\"model\":\"a\nb\"}",
                "// c\n{}",
                "{\"n\":NaN}",
                "{\"n\":01}",
                "{\"n\":+1}",
                "{\"n\":.5}",
                "\uFEFF{}",
                "{\"seed\":1,\"seed\":2}",
                "{\"se\\u0065d\":1,\"seed\":2}"
            })
    void bytesThatAreNotAJsonObjectAreRefused(String body) {
        ApiError e = refused(body);
        assertEquals("400 invalid_json", e.status() + " " + e.code());
    }

    @Test
    void bytesThatAreNotUtf8AreRefused() {
        for (String hex : List.of("ff", "c0af", "eda080", "f4908080", "e282", "80")) {
            String latin = new String(HexFormat.of().parseHex(hex), StandardCharsets.ISO_8859_1);
            byte[] body = ("{\"model\":\"" + latin + "\"}").getBytes(StandardCharsets.ISO_8859_1);
            ApiError e = assertThrows(ApiError.class, () -> ChatCall.parse(body), hex);
            assertEquals("invalid_json", e.code());
        }
        byte[] wide = (HEAD + "}").getBytes(StandardCharsets.UTF_16LE);
        ApiError e = assertThrows(ApiError.class, () -> ChatCall.parse(wide));
        assertEquals("invalid_json", e.code());
    }

    @Test
    void deepNestingIsRefusedAndOverflowsNoStack() {
        for (String open : List.of("[", "{\"a\":", "[\"\\\"\",")) {
            for (int depth : List.of(40, 10_000, 1_000_000)) {
                assertEquals(
                        "invalid_json",
                        refused("{\"messages\":" + open.repeat(depth)).code());
            }
        }
    }

    @Test
    void manyValuesAreRefusedBeforeTheyTakeMemory() throws ApiError {
        String values = "[],".repeat(ChatCall.VALUES_MAX);
        assertTrue(String.valueOf(refused("{\"messages\":[" + values + "[]]}").getMessage())
                .contains("values"));
        String commas = "\\\",[{".repeat(ChatCall.VALUES_MAX);
        assertNotNull(parse("{\"model\":\"m\",\"messages\":[{\"role\":\"user\",\"content\":\"" + commas + "\"}]}"));
    }

    @Test
    void everyPrefixOfARequestIsRefused() {
        String whole = HEAD + ",\"stop\":[\"é\"],\"logit_bias\":{\"1\":1.5},\"stream\":true}";
        byte[] bytes = whole.getBytes(StandardCharsets.UTF_8);
        for (int n = 0; n < bytes.length; n++) {
            byte[] cut = Arrays.copyOf(bytes, n);
            ApiError e = assertThrows(ApiError.class, () -> ChatCall.parse(cut));
            assertEquals(400, e.status());
        }
    }

    @Test
    void randomDamageNeverEscapesAsAnotherException() {
        long seed = 0x5eed;
        SplittableRandom random = new SplittableRandom(seed);
        byte[] good = (HEAD + ",\"stop\":[\"é\"],\"logit_bias\":{\"1\":1.5},\"n\":2,\"assay\":{}}")
                .getBytes(StandardCharsets.UTF_8);
        for (int i = 0; i < 10_000; i++) {
            byte[] bad = good.clone();
            for (int k = random.nextInt(1, 4); k > 0; k--) {
                bad[random.nextInt(bad.length)] = (byte) random.nextInt(256);
            }
            try {
                ChatCall.parse(bad);
            } catch (ApiError e) {
                assertEquals(400, e.status(), "seed " + seed + ", round " + i);
                assertTrue(e.json().length > 0);
            }
        }
    }
}
