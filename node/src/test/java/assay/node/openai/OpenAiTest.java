package assay.node.openai;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import assay.node.http.Router;
import assay.node.http.WebOptions;
import assay.node.http.WebServer;
import assay.node.metrics.Metrics;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The OpenAI surface over a real socket, with a service that echoes. */
class OpenAiTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final HttpClient CLIENT = HttpClient.newHttpClient();
    private static final InstantSource CLOCK = InstantSource.fixed(Instant.ofEpochSecond(1_760_000_000));

    private final FakeChatService service = new FakeChatService();
    private WebServer server;

    @BeforeEach
    void start() throws IOException {
        server = serve(new OpenAiOptions(null, 64, 100, CLOCK, false));
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private WebServer serve(OpenAiOptions options) throws IOException {
        Router router = new Router();
        OpenAi.route(router, service, new Metrics(), options);
        WebOptions plain = WebOptions.loopback(0);
        return WebServer.start(
                new WebOptions(
                        plain.bind(),
                        plain.hosts(),
                        plain.origins(),
                        plain.bodyMaxBytes(),
                        plain.bodiesMaxBytes(),
                        1,
                        0),
                router);
    }

    private static String chat(String text, String more) {
        return "{\"model\":\"echo\",\"messages\":[{\"role\":\"user\",\"content\":\"" + text + "\"}]" + more + "}";
    }

    private HttpResponse<String> post(String body) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(server.uri().resolve("/v1/chat/completions"))
                .header("Content-Type", "application/json; charset=utf-8")
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .build();
        return CLIENT.send(request, HttpResponse.BodyHandlers.ofString());
    }

    private HttpResponse<String> get(String path) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(server.uri().resolve(path)).build();
        return CLIENT.send(request, HttpResponse.BodyHandlers.ofString());
    }

    private static List<String> events(String body) {
        List<String> out = new ArrayList<>();
        for (String block : body.split("\n\n", -1)) {
            if (block.startsWith("data: ")) {
                out.add(block.substring(6));
            }
        }
        return out;
    }

    private static void await(BooleanSupplier holds) throws InterruptedException {
        for (int i = 0; i < 500 && !holds.getAsBoolean(); i++) {
            Thread.sleep(10);
        }
        assertTrue(holds.getAsBoolean());
    }

    @Test
    void aWholeAnswerHasTheShapeOfOpenAi() throws Exception {
        HttpResponse<String> response = post(chat("one two three", ""));
        assertEquals(200, response.statusCode());
        assertEquals(
                "application/json",
                response.headers().firstValue("content-type").orElse(""));
        JsonNode body = JSON.readTree(response.body());
        assertTrue(body.get("id").textValue().matches("chatcmpl-[0-9a-f]{32}"));
        assertEquals("chat.completion", body.get("object").textValue());
        assertEquals(1_760_000_000, body.get("created").longValue());
        assertEquals("echo", body.get("model").textValue());
        assertEquals("fp_092c79e8f80e559e", body.get("system_fingerprint").textValue());
        assertEquals(
                "[{\"index\":0,\"message\":{\"role\":\"assistant\",\"content\":\"one two three\",\"refusal\":null},"
                        + "\"logprobs\":null,\"finish_reason\":\"stop\"}]",
                body.get("choices").toString());
        assertEquals(
                "{\"prompt_tokens\":3,\"completion_tokens\":3,\"total_tokens\":6,"
                        + "\"prompt_tokens_details\":{\"cached_tokens\":1}}",
                body.get("usage").toString());
        JsonNode assay = body.get("assay");
        assertEquals(
                "/v1/receipts/" + assay.get("receipt").textValue(),
                assay.get("url").textValue());
        assertEquals(64, assay.get("digest").textValue().length());
        assertEquals("0.000143", assay.get("paid").textValue());
        assertEquals(41, assay.get("log_index").intValue());
    }

    @Test
    void aStreamIsRoleDeltasFinishAndDone() throws Exception {
        HttpResponse<String> response = post(chat("one two", ",\"stream\":true"));
        assertEquals(
                "text/event-stream; charset=utf-8",
                response.headers().firstValue("content-type").orElse(""));
        List<String> events = events(response.body());
        assertEquals("[DONE]", events.removeLast());
        List<JsonNode> chunks = new ArrayList<>();
        for (String event : events) {
            chunks.add(JSON.readTree(event));
        }
        assertEquals(4, chunks.size());
        assertEquals(1, chunks.stream().map(c -> c.get("id")).distinct().count());
        assertTrue(chunks.stream().allMatch(c -> c.get("object").textValue().equals("chat.completion.chunk")));
        assertFalse(chunks.stream().anyMatch(c -> c.has("usage")));
        assertEquals(
                "{\"role\":\"assistant\",\"content\":\"\",\"refusal\":null}",
                chunks.get(0).at("/choices/0/delta").toString());
        assertEquals(
                "{\"content\":\"one\"}", chunks.get(1).at("/choices/0/delta").toString());
        assertEquals(
                "{\"content\":\" two\"}", chunks.get(2).at("/choices/0/delta").toString());
        assertTrue(chunks.get(2).at("/choices/0/finish_reason").isNull());
        assertEquals("{}", chunks.get(3).at("/choices/0/delta").toString());
        assertEquals("stop", chunks.get(3).at("/choices/0/finish_reason").textValue());
        assertTrue(chunks.get(3).at("/assay/receipt").isTextual());
        assertFalse(chunks.get(2).has("assay"));
    }

    @Test
    void usageComesLastWithoutChoicesAndNamesTheReceipt() throws Exception {
        List<String> events =
                events(post(chat("one two", ",\"stream\":true,\"stream_options\":{\"include_usage\":true}"))
                        .body());
        assertEquals("[DONE]", events.removeLast());
        JsonNode last = JSON.readTree(events.removeLast());
        assertEquals("[]", last.get("choices").toString());
        assertEquals(2, last.at("/usage/completion_tokens").intValue());
        assertTrue(last.at("/assay/receipt").isTextual());
        for (String event : events) {
            JsonNode chunk = JSON.readTree(event);
            assertTrue(chunk.has("usage") && chunk.get("usage").isNull());
            assertFalse(chunk.has("assay"));
            assertEquals(1, chunk.get("choices").size());
        }
    }

    @Test
    void severalChoicesEachHaveRoleTextAndFinish() throws Exception {
        List<String> events =
                events(post(chat("a b", ",\"n\":3,\"stream\":true")).body());
        assertEquals("[DONE]", events.removeLast());
        StringBuilder[] texts = {new StringBuilder(), new StringBuilder(), new StringBuilder()};
        int[] finished = new int[3];
        for (String event : events) {
            JsonNode choice = JSON.readTree(event).at("/choices/0");
            int index = choice.get("index").intValue();
            texts[index].append(choice.at("/delta/content").asText());
            finished[index] += choice.get("finish_reason").isNull() ? 0 : 1;
        }
        for (int i = 0; i < 3; i++) {
            assertEquals("a b", texts[i].toString());
            assertEquals(1, finished[i]);
        }
        assertTrue(JSON.readTree(events.getLast()).has("assay"));
        JsonNode whole = JSON.readTree(post(chat("a b", ",\"n\":3")).body());
        assertEquals(3, whole.get("choices").size());
        assertEquals(6, whole.at("/usage/completion_tokens").intValue());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", ",\"stream\":true"})
    void logprobsGiveTokensBytesAndAlternatives(String stream) throws Exception {
        HttpResponse<String> response = post(chat("é x", ",\"logprobs\":true,\"top_logprobs\":3" + stream));
        String json =
                stream.isEmpty() ? response.body() : events(response.body()).get(1);
        JsonNode logprobs = JSON.readTree(json).at("/choices/0/logprobs");
        assertEquals(
                "{\"token\":\"é\",\"logprob\":-0.5,\"bytes\":[195,169],\"top_logprobs\":["
                        + "{\"token\":\"é\",\"logprob\":-0.5,\"bytes\":[195,169]},"
                        + "{\"token\":\"\uFFFD\",\"logprob\":-1.5,\"bytes\":[226,130]},"
                        + "{\"token\":\"é\",\"logprob\":-9999.0,\"bytes\":[195,169]}]}",
                logprobs.at("/content/0").toString());
        assertTrue(logprobs.get("refusal").isNull());
    }

    @Test
    void theServiceSeesTheExactBytes() throws Exception {
        String body = " " + chat("x", ",\"seed\" : 7 ");
        post(body);
        assertArrayEquals(
                body.getBytes(StandardCharsets.UTF_8), service.calls.getLast().body());
        assertEquals(7L, service.calls.getLast().request().seed());
    }

    @ParameterizedTest
    @CsvSource({
        "!busy, 429, rate_limit_exceeded, 7",
        "!full, 503, disk_full, 30",
        "!long, 400, context_length_exceeded, ''",
        "!poor, 402, insufficient_quota, ''",
        "!boom, 500, internal_error, ''",
        "!sick, 500, engine_failed, ''"
    })
    void refusalsBeforeTheFirstTokenHaveAStatusStreamedOrNot(String text, int status, String code, String retry)
            throws Exception {
        for (String stream : List.of("", ",\"stream\":true")) {
            HttpResponse<String> response = post(chat(text, stream));
            assertEquals(status, response.statusCode());
            JsonNode error = JSON.readTree(response.body()).get("error");
            assertEquals(code, error.get("code").textValue());
            assertTrue(error.has("param")
                    && error.get("message").isTextual()
                    && error.get("type").isTextual());
            assertEquals(retry, response.headers().firstValue("retry-after").orElse(""));
            assertFalse(response.body().contains("secret"));
        }
    }

    @Test
    void aFailureInMidStreamIsAnErrorEventAndNoDone() throws Exception {
        List<String> events =
                events(post(chat("!fail a b c", ",\"stream\":true")).body());
        assertEquals(
                "engine_failed",
                JSON.readTree(events.getLast()).at("/error/code").textValue());
        assertFalse(events.contains("[DONE]"));
        assertEquals(500, post(chat("!fail a b c", "")).statusCode());
    }

    @Test
    void aClientThatVanishesFromAStreamStopsTheComputation() throws Exception {
        service.paceMillis = 20;
        Socket socket = open(chat("!endless x", ",\"stream\":true"));
        readUntil(socket.getInputStream(), "endless");
        int computedBefore = service.lastComputed;
        socket.close();
        await(() -> !service.cancelled.isEmpty());
        FakeChatService.Cancelled cancelled = service.cancelled.getFirst();
        assertEquals(CancelReason.CLIENT_GONE, cancelled.reason());
        int sent = cancelled.tokensSent().getFirst();
        assertTrue(sent >= 1 && sent <= cancelled.tokensComputed(), cancelled.toString());
        // The write after the client's end closed may still be taken by the system; the next is not.
        assertTrue(cancelled.tokensComputed() <= computedBefore + 4, cancelled.toString());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", ",\"stream\":true"})
    void aClientThatVanishesWhileNothingComesIsNoticed(String stream) throws Exception {
        Socket socket = open(chat("!hang", stream));
        await(() -> !service.calls.isEmpty());
        socket.close();
        await(() -> !service.cancelled.isEmpty());
        assertEquals(CancelReason.CLIENT_GONE, service.cancelled.getFirst().reason());
        assertEquals(List.of(0), service.cancelled.getFirst().tokensSent());
    }

    @Test
    void aReaderThatStopsReadingIsCutOffAndNeverBlocksTheService() throws Exception {
        service.paceMillis = 0;
        try (Socket socket = new Socket()) {
            socket.setReceiveBufferSize(4096);
            socket.connect(address());
            send(socket, chat("!endless x", ",\"stream\":true,\"max_tokens\":100000000"));
            await(() -> !service.cancelled.isEmpty());
            assertEquals(CancelReason.SLOW_READER, service.cancelled.getFirst().reason());
        }
    }

    @Test
    void aSlowWholeAnswerBeginsWithSpacesAndIsStillJson() throws Exception {
        service.paceMillis = 30;
        HttpResponse<String> response = post(chat("!endless x", ",\"max_tokens\":12"));
        assertTrue(response.body().startsWith(" "));
        JsonNode body = JSON.readTree(response.body());
        assertEquals("length", body.at("/choices/0/finish_reason").textValue());
    }

    @Test
    void modelsAreListedAndFound() throws Exception {
        JsonNode list = JSON.readTree(get("/v1/models").body());
        assertEquals("list", list.get("object").textValue());
        JsonNode card = list.at("/data/0");
        assertEquals("echo", card.get("id").textValue());
        assertEquals("model", card.get("object").textValue());
        assertEquals("tests", card.get("owned_by").textValue());
        assertEquals(1_700_000_000, card.get("created").longValue());
        assertEquals(card, JSON.readTree(get("/v1/models/echo").body()));
        HttpResponse<String> missing = get("/v1/models/some/other");
        assertEquals(404, missing.statusCode());
        assertEquals(
                "model_not_found",
                JSON.readTree(missing.body()).at("/error/code").textValue());
        HttpResponse<String> chat = post(chat("x", "").replace("\"echo\"", "\"gpt-4o\""));
        assertEquals(404, chat.statusCode());
        assertEquals(
                "model_not_found", JSON.readTree(chat.body()).at("/error/code").textValue());
    }

    @Test
    void aReceiptIsGivenAsItsBytes() throws Exception {
        JsonNode body = JSON.readTree(post(chat("x y", "")).body());
        HttpResponse<String> receipt = get(body.at("/assay/url").textValue());
        assertEquals(200, receipt.statusCode());
        assertEquals("{\"receiptFor\":\"" + body.at("/assay/digest").textValue() + "\"}", receipt.body());
        assertEquals(404, get("/v1/receipts/none").statusCode());
        assertEquals(404, get("/v1/receipts/..%2F..%2Fetc").statusCode());
    }

    @ParameterizedTest
    @ValueSource(strings = {"/v1/completions", "/v1/embeddings", "/v1/responses", "/v1/responses/x"})
    void routesNotBuiltYetSaySo(String path) throws Exception {
        HttpResponse<String> response = get(path);
        assertEquals(404, response.statusCode());
        assertEquals(
                "not_built", JSON.readTree(response.body()).at("/error/code").textValue());
    }

    @Test
    void otherPathsAndMethodsAreAnsweredWithAnObject() throws Exception {
        HttpResponse<String> unknown = get("/v2/nothing");
        assertEquals(404, unknown.statusCode());
        assertEquals(
                "unknown_url", JSON.readTree(unknown.body()).at("/error/code").textValue());
        HttpResponse<String> method = get("/v1/chat/completions");
        assertEquals(405, method.statusCode());
        assertEquals("POST", method.headers().firstValue("allow").orElse(""));
        assertEquals(
                "method_not_allowed",
                JSON.readTree(method.body()).at("/error/code").textValue());
    }

    @Test
    void aConfiguredKeyIsDemandedOnV1AndNotForHealth() throws Exception {
        server.close();
        server = serve(new OpenAiOptions("sk-local", 64, 100, CLOCK, false));
        HttpResponse<String> none = get("/v1/models");
        assertEquals(401, none.statusCode());
        assertEquals(
                "invalid_api_key", JSON.readTree(none.body()).at("/error/code").textValue());
        for (String header : List.of("Bearer sk-locaL", "Bearer sk-local ", "sk-local", "Basic x")) {
            assertEquals(header.equals("Bearer sk-local ") ? 200 : 401, withKey(header), header);
        }
        assertEquals(200, withKey("Bearer sk-local"));
        assertEquals(401, post(chat("x", "")).statusCode());
        assertEquals(200, get("/health").statusCode());
        assertEquals(200, get("/metrics").statusCode());
    }

    @Test
    void aNodeThatIsNotReadySaysSo() throws Exception {
        assertEquals(200, get("/ready").statusCode());
        service.state = Health.State.REFUSING;
        assertEquals(503, get("/ready").statusCode());
        HttpResponse<String> health = get("/health");
        assertEquals(200, health.statusCode());
        assertEquals("refusing", JSON.readTree(health.body()).get("status").textValue());
    }

    @Test
    void metricsCountUnderTheNamesOfVllm() throws Exception {
        post(chat("one two three", ""));
        post(chat("!busy", ""));
        String text = get("/metrics").body();
        assertTrue(text.contains("vllm:num_requests_running 1\n"));
        assertTrue(text.contains("vllm:num_requests_waiting 2\n"));
        assertTrue(text.contains("vllm:kv_cache_usage_perc 0.25\n"));
        assertTrue(text.contains("vllm:prompt_tokens_total{model_name=\"echo\"} 3\n"));
        assertTrue(text.contains("vllm:generation_tokens_total{model_name=\"echo\"} 3\n"));
        assertTrue(text.contains("vllm:prefix_cache_hits_total{model_name=\"echo\"} 1\n"));
        assertTrue(text.contains("vllm:request_success_total{finished_reason=\"stop\",model_name=\"echo\"} 1\n"));
        assertTrue(text.contains("vllm:time_to_first_token_seconds_count{model_name=\"echo\"} 1\n"));
        assertTrue(text.contains("assay:requests_refused_total{code=\"rate_limit_exceeded\"} 1\n"));
    }

    @Test
    void everyFigureIsInTheDocumentation() throws Exception {
        Path here = Path.of("docs/http.md");
        String page = Files.readString(Files.exists(here) ? here : Path.of("..").resolve(here));
        List<String> missing = get("/metrics")
                .body()
                .lines()
                .filter(l -> l.startsWith("# TYPE "))
                .map(l -> "`" + l.split(" ", 4)[2] + "`")
                .filter(name -> !page.contains(name))
                .toList();
        assertEquals(List.of(), missing);
    }

    @Test
    void theIdIsFreshEachTime() throws Exception {
        JsonNode first = JSON.readTree(post(chat("x", "")).body());
        JsonNode second = JSON.readTree(post(chat("x", "")).body());
        assertNotEquals(first.get("id"), second.get("id"));
    }

    private int withKey(String header) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(server.uri().resolve("/v1/models"))
                .header("Authorization", header)
                .build();
        return CLIENT.send(request, HttpResponse.BodyHandlers.ofString()).statusCode();
    }

    private java.net.InetSocketAddress address() {
        return new java.net.InetSocketAddress("127.0.0.1", server.uri().getPort());
    }

    private Socket open(String body) throws IOException {
        Socket socket = new Socket();
        socket.connect(address());
        send(socket, body);
        return socket;
    }

    private static void send(Socket socket, String body) throws IOException {
        byte[] content = body.getBytes(StandardCharsets.UTF_8);
        String head = "POST /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                + "Content-Length: " + content.length + "\r\n\r\n";
        socket.getOutputStream().write(head.getBytes(StandardCharsets.US_ASCII));
        socket.getOutputStream().write(content);
        socket.getOutputStream().flush();
    }

    private static void readUntil(InputStream in, String text) throws IOException {
        StringBuilder seen = new StringBuilder();
        while (seen.indexOf(text) < 0) {
            int c = in.read();
            assertTrue(c >= 0, seen.toString());
            seen.append((char) c);
        }
    }
}
