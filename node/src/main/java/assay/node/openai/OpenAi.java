package assay.node.openai;

import assay.core.text.ChatRequest;
import assay.node.http.ApiError;
import assay.node.http.Exchange;
import assay.node.http.Handler;
import assay.node.http.Router;
import assay.node.metrics.Metrics;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/** The routes of the OpenAI API, receipts, health and metrics, over one {@link ChatService}. */
public final class OpenAi {
    /** OpenAI's routes that are not built yet; whoever calls them is told so. */
    private static final List<String> NOT_BUILT = List.of(
            "/v1/completions",
            "/v1/embeddings",
            "/v1/responses",
            "/v1/responses/{rest*}",
            "/v1/audio/{rest*}",
            "/v1/images/{rest*}",
            "/v1/moderations",
            "/v1/files",
            "/v1/files/{rest*}",
            "/v1/batches",
            "/v1/batches/{rest*}");

    /** How keys of a node begin. */
    private static final String KEY_PREFIX = "assay-";

    private final ChatService service;
    private final Metrics metrics;
    private final ChatMetrics chatMetrics;
    private final OpenAiOptions options;
    private final SecureRandom random = new SecureRandom();

    private OpenAi(ChatService service, Metrics metrics, OpenAiOptions options) {
        this.service = service;
        this.metrics = metrics;
        this.options = options;
        chatMetrics = new ChatMetrics(metrics, service);
    }

    /** Adds the routes; call once for a router and a set of metrics. */
    public static void route(Router router, ChatService service, Metrics metrics, OpenAiOptions options) {
        OpenAi api = new OpenAi(service, metrics, options);
        router.on("POST", "/v1/chat/completions", api::chat)
                .on("GET", "/v1/models", api.open(api::models))
                .on("GET", "/v1/models/{id*}", api.open(api::model))
                .on("GET", "/v1/receipts/{id}", api.open(api::receipt))
                .on("GET", "/health", api::health)
                .on("GET", "/ready", api::ready)
                .on("GET", "/metrics", api::figures);
        for (String pattern : NOT_BUILT) {
            for (String method : List.of("GET", "POST", "DELETE")) {
                router.on(method, pattern, api.keyed(OpenAi::notBuilt));
            }
        }
    }

    private Handler keyed(Handler inner) {
        return exchange -> {
            checkKey(exchange);
            inner.handle(exchange);
        };
    }

    /** For everybody where everybody may pay. */
    private Handler open(Handler inner) {
        return options.payable() ? inner : keyed(inner);
    }

    /** Whoever brings a payment pays by it; else whoever has the key, by the wallet; else nobody yet. */
    private Paying paying(Exchange exchange) throws ApiError {
        Optional<String> payment = exchange.header("PAYMENT-SIGNATURE").or(() -> exchange.header("X-PAYMENT"));
        if (options.payable() && payment.isEmpty() && isOthersKey(exchange)) {
            return new Paying.X402(Optional.empty(), resource(exchange));
        }
        if (options.payable() && payment.isPresent()) {
            return new Paying.X402(payment, resource(exchange));
        }
        checkKey(exchange);
        return new Paying.Wallet();
    }

    /** Stock clients cannot be without a key; one that is not made like ours says that they have none. */
    private boolean isOthersKey(Exchange exchange) {
        String key = options.apiKey();
        String given = exchange.header("Authorization").orElse("");
        return key != null && !isBearer(given, key) && !given.startsWith("Bearer " + KEY_PREFIX);
    }

    private static String resource(Exchange exchange) {
        return "http://" + exchange.header("Host").orElse("localhost") + exchange.path();
    }

    private void checkKey(Exchange exchange) throws ApiError {
        String key = options.apiKey();
        if (key == null) {
            return;
        }
        String given = exchange.header("Authorization").orElse("");
        if (given.isEmpty()) {
            throw ApiError.unauthorized("You didn't provide an API key. Send it as 'Authorization: Bearer KEY'.");
        }
        if (!isBearer(given, key)) {
            throw ApiError.unauthorized("Incorrect API key provided. This network's is printed by: assay wallet key");
        }
    }

    /** Takes the same time wherever the two differ. */
    private static boolean isBearer(String given, String key) {
        byte[] expected = ("Bearer " + key).getBytes(StandardCharsets.UTF_8);
        return MessageDigest.isEqual(expected, given.getBytes(StandardCharsets.UTF_8));
    }

    private void chat(Exchange exchange) throws ApiError, IOException, InterruptedException {
        ChatCall call;
        AnswerPipe pipe;
        ChatHandle handle;
        try {
            Paying paying = paying(exchange);
            call = ChatCall.parse(exchange.jsonBody());
            ChatRequest request = call.request();
            // A whole answer has its reader in this process and needs no bound of its own.
            int deltasMax = request.stream() ? options.deltasMax() : Integer.MAX_VALUE;
            pipe = new AnswerPipe(deltasMax, request.sampling().n());
            handle = service.submit(call, paying, pipe);
        } catch (ApiError e) {
            chatMetrics.refused(e.code());
            throw e;
        }
        pipe.attach(handle);
        answer(exchange, call.request(), pipe, handle);
    }

    private void answer(Exchange exchange, ChatRequest request, AnswerPipe pipe, ChatHandle handle)
            throws ApiError, IOException, InterruptedException {
        ModelCard model = handle.model();
        exchange.beforeHead(() -> handle.headers().forEach(exchange::setHeader));
        ChatJson json = new ChatJson(
                newId(), options.clock().instant().getEpochSecond(), model, request.stream() && request.includeUsage());
        AnswerWatch watch =
                new AnswerWatch(chatMetrics, model.id(), request.sampling().n());
        try {
            if (request.stream()) {
                new StreamedAnswer(pipe, json, request).send(exchange, watch, options.keepAliveMillis());
            } else {
                new WholeAnswer(pipe, json, request).send(exchange, watch, options.keepAliveMillis());
            }
        } finally {
            if (!watch.ended()) {
                pipe.cancel(CancelReason.CLIENT_GONE);
                chatMetrics.aborted(model.id());
            }
        }
    }

    private String newId() {
        byte[] id = new byte[16];
        random.nextBytes(id);
        return "chatcmpl-" + HexFormat.of().formatHex(id);
    }

    private void models(Exchange exchange) throws IOException {
        exchange.sendJson(200, ChatJson.object(g -> {
            g.writeStringField("object", "list");
            g.writeArrayFieldStart("data");
            for (ModelCard card : service.models()) {
                g.writeStartObject();
                card(g, card);
                g.writeEndObject();
            }
            g.writeEndArray();
        }));
    }

    private void model(Exchange exchange) throws ApiError, IOException {
        String id = exchange.param("id");
        for (ModelCard card : service.models()) {
            if (card.id().equals(id)) {
                exchange.sendJson(200, ChatJson.object(g -> card(g, card)));
                return;
            }
        }
        throw ApiError.modelNotFound(
                id, service.models().stream().map(ModelCard::id).collect(Collectors.joining(", ")));
    }

    private static void card(JsonGenerator g, ModelCard card) throws IOException {
        g.writeStringField("id", card.id());
        g.writeStringField("object", "model");
        g.writeNumberField("created", card.createdSeconds());
        g.writeStringField("owned_by", card.ownedBy());
        g.writeNumberField("max_model_len", card.contextTokens());
        g.writeObjectFieldStart("assay");
        g.writeStringField("program", card.programRoot().hex());
        g.writeEndObject();
    }

    private void receipt(Exchange exchange) throws ApiError, IOException {
        String id = exchange.param("id");
        ReceiptFile file =
                id.matches("[A-Za-z0-9_-]{1,128}") ? service.receipt(id).orElse(null) : null;
        if (file == null) {
            throw ApiError.notFound("receipt_not_found", "No receipt of that id here.");
        }
        exchange.setHeader("Content-Disposition", "attachment; filename=\"" + id + ".receipt\"");
        exchange.sendRange(file.contentType(), new ByteArrayInputStream(file.bytes()), file.bytes().length);
    }

    private void health(Exchange exchange) throws IOException {
        exchange.sendJson(200, healthJson(service.health()));
    }

    private void ready(Exchange exchange) throws IOException {
        Health health = service.health();
        exchange.sendJson(health.state() == Health.State.READY ? 200 : 503, healthJson(health));
    }

    private static byte[] healthJson(Health health) {
        return ChatJson.object(g -> {
            g.writeStringField("status", health.state().name().toLowerCase(Locale.ROOT));
            g.writeStringField("detail", health.detail());
            g.writeNumberField("running", health.running());
            g.writeNumberField("waiting", health.waiting());
            g.writeNumberField("queue_max", health.queueMax());
        });
    }

    private void figures(Exchange exchange) throws IOException {
        exchange.send(
                200, "text/plain; version=0.0.4; charset=utf-8", metrics.text().getBytes(StandardCharsets.UTF_8));
    }

    private static void notBuilt(Exchange exchange) throws ApiError {
        throw ApiError.notFound(
                "not_built",
                "The route " + exchange.method() + " " + exchange.path()
                        + " is not built yet; /v1/chat/completions is.");
    }
}
