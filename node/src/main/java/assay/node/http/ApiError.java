package assay.node.http;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.SortedSet;
import org.jspecify.annotations.Nullable;

/**
 * A refusal as a client sees it: an HTTP status and OpenAI's error object.
 *
 * <p>Thrown by whoever finds the fault, turned into bytes at the edge only. The message is for a
 * person and holds nothing private; {@code code} is for a program and stays stable.
 */
public final class ApiError extends Exception {
    private static final long serialVersionUID = 1;

    private static final JsonFactory JSON = new JsonFactory();
    private static final String INVALID = "invalid_request_error";

    private final int status;
    private final String type;
    private final String code;
    private final @Nullable String param;
    private final transient Map<String, String> headers;
    private final transient byte @Nullable [] body;

    private ApiError(
            int status, String type, String code, @Nullable String param, String message, Map<String, String> headers) {
        this(status, type, code, param, message, headers, null);
    }

    private ApiError(
            int status,
            String type,
            String code,
            @Nullable String param,
            String message,
            Map<String, String> headers,
            byte @Nullable [] body) {
        super(wellFormed(message), null, false, false);
        this.body = body;
        this.status = status;
        this.type = type;
        this.code = code;
        this.param = param;
        this.headers = Map.copyOf(headers);
    }

    /** 400: the bytes are not the JSON that they should be. */
    public static ApiError invalidJson(String message) {
        return new ApiError(400, INVALID, "invalid_json", null, message, Map.of());
    }

    /** 400: a known field holds a value that it may not hold. */
    public static ApiError invalidValue(String param, String message) {
        return new ApiError(400, INVALID, "invalid_value", param, message, Map.of());
    }

    /** 400: a field that must be there is not. */
    public static ApiError missing(String param) {
        String message = "Missing required parameter: '" + param + "'.";
        return new ApiError(400, INVALID, "missing_required_parameter", param, message, Map.of());
    }

    /** 400: a field, or what it asks for, that this node does not offer. */
    public static ApiError unsupported(String param, String message) {
        return new ApiError(400, INVALID, "unsupported_parameter", param, message, Map.of());
    }

    /** 400: the prompt, or the prompt and the tokens asked for, do not fit; nothing is truncated. */
    public static ApiError contextLength(int contextTokens, int promptTokens, int askedTokens) {
        String message = "This model's maximum context length is " + contextTokens
                + " tokens. However, you requested " + ((long) promptTokens + askedTokens) + " tokens ("
                + promptTokens + " in the messages, " + askedTokens
                + " in the completion). Please reduce the length of the messages or completion.";
        return new ApiError(400, INVALID, "context_length_exceeded", "messages", message, Map.of());
    }

    /** 401: a key is configured, and the request does not carry it. */
    public static ApiError unauthorized(String message) {
        return new ApiError(
                401, INVALID, "invalid_api_key", null, message, Map.of("WWW-Authenticate", "Bearer realm=\"assay\""));
    }

    /** 402: the payment behind the request cannot be made. */
    public static ApiError insufficientQuota(String message) {
        return new ApiError(402, "insufficient_quota", "insufficient_quota", null, message, Map.of());
    }

    /**
     * 402: the request is to be paid by x402.
     *
     * @param headers that state the terms in version 2
     * @param body that states them in version 1, in place of the error object
     */
    public static ApiError paymentRequired(String code, String message, Map<String, String> headers, byte[] body) {
        return new ApiError(402, "payment_required", code, null, message, headers, body);
    }

    /** 403: the request comes from where none may come from. */
    public static ApiError forbidden(String message) {
        return new ApiError(403, INVALID, "forbidden", null, message, Map.of());
    }

    /** 404: no such model here, but {@code served}. */
    public static ApiError modelNotFound(String model, String served) {
        String message = "The model '" + clip(model) + "' does not exist or you do not have access to it. Served here: "
                + served + ".";
        return new ApiError(404, INVALID, "model_not_found", "model", message, Map.of());
    }

    /** 404: nothing of that name. */
    public static ApiError notFound(String code, String message) {
        return new ApiError(404, INVALID, code, null, message, Map.of());
    }

    /** 405: the path exists, with other methods. */
    public static ApiError methodNotAllowed(String method, String path, SortedSet<String> allowed) {
        String list = String.join(", ", allowed);
        String message = clip(method) + " is not allowed on " + clip(path) + "; allowed: " + list + ".";
        return new ApiError(405, INVALID, "method_not_allowed", null, message, Map.of("Allow", list));
    }

    /** 409: a name that the client gave is taken by another request of its. */
    public static ApiError conflict(String code, String message) {
        return new ApiError(409, INVALID, code, null, message, Map.of());
    }

    /** 409: not yet; to be asked again after so many seconds. */
    public static ApiError tooEarly(String message, int retryAfterSeconds) {
        return new ApiError(409, INVALID, "too_early", null, message, retry(retryAfterSeconds));
    }

    /** 413: the body is longer than the node reads. */
    public static ApiError bodyTooLarge(long limitBytes) {
        String message = "The request body is over the limit of " + limitBytes + " bytes.";
        return new ApiError(413, INVALID, "body_too_large", null, message, Map.of("Connection", "close"));
    }

    /** 415: the body does not say that it is JSON. */
    public static ApiError notJson(String contentType) {
        String message = "Expected Content-Type: application/json, got " + clip(contentType) + ".";
        return new ApiError(415, INVALID, "unsupported_media_type", null, message, Map.of());
    }

    /** 421: the Host header names somebody else, as a rebound DNS name does. */
    public static ApiError misdirected(String host) {
        String message = "This node does not answer for the host '" + clip(host)
                + "'; allow it in the configuration if it is meant.";
        return new ApiError(421, INVALID, "host_not_allowed", null, message, Map.of());
    }

    /** 429: the queue is full; nothing was computed and nothing is owed. */
    public static ApiError busy(String message, int retryAfterSeconds) {
        return new ApiError(429, "rate_limit_error", "rate_limit_exceeded", null, message, retry(retryAfterSeconds));
    }

    /** 503: the node takes no new work now (starting, stopping, disk full). */
    public static ApiError unavailable(String code, String message, int retryAfterSeconds) {
        return new ApiError(503, "server_error", code, null, message, retry(retryAfterSeconds));
    }

    /** 500: the fault is ours. */
    public static ApiError internal(String code, String message) {
        return new ApiError(500, "server_error", code, null, message, Map.of());
    }

    /** HTTP status, 400 to 599. */
    public int status() {
        return status;
    }

    /** OpenAI's error type, for example {@code invalid_request_error}. */
    public String type() {
        return type;
    }

    /** A stable name of the fault. */
    public String code() {
        return code;
    }

    /** The field at fault, or null. */
    public @Nullable String param() {
        return param;
    }

    /** Headers that belong to the answer, such as Retry-After and Allow. */
    public Map<String, String> headers() {
        return headers;
    }

    /** {@code {"error":{"message":…,"type":…,"param":…,"code":…}}} in UTF-8. */
    public byte[] json() {
        if (body != null) {
            return body.clone();
        }
        ByteArrayOutputStream out = new ByteArrayOutputStream(256);
        try (JsonGenerator g = JSON.createGenerator(out)) {
            g.writeStartObject();
            g.writeObjectFieldStart("error");
            g.writeStringField("message", getMessage());
            g.writeStringField("type", type);
            g.writeStringField("param", param);
            g.writeStringField("code", code);
            g.writeEndObject();
            g.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException("a buffer in memory does not fail", e);
        }
        return out.toByteArray();
    }

    private static Map<String, String> retry(int seconds) {
        return Map.of("Retry-After", Integer.toString(Math.max(1, seconds)));
    }

    /** The message with every lone surrogate replaced, so that it can be written as UTF-8. */
    private static String wellFormed(String message) {
        return new String(message.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8);
    }

    /** What a client sent, short enough and plain enough to send back. */
    static String clip(String text) {
        String plain = text.codePoints()
                .limit(100)
                .map(c -> Character.isISOControl(c) || c >= 0xD800 && c <= 0xDFFF ? '?' : c)
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString();
        return text.codePointCount(0, text.length()) > 100 ? plain + "…" : plain;
    }
}
