package assay.node.openai;

import assay.core.codec.Json;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Writes one answer in OpenAI's JSON: whole, or as chunks that all carry the same id.
 *
 * @param id of the answer, {@code chatcmpl-…}
 * @param createdSeconds Unix time of the request
 * @param model that answers
 * @param nullUsage whether chunks carry {@code "usage":null}, as OpenAI's do when usage was asked for
 */
record ChatJson(String id, long createdSeconds, ModelCard model, boolean nullUsage) {
    /** OpenAI's stand-in for minus infinity, which JSON cannot say. */
    private static final double LOGPROB_MIN = -9999;

    private static final JsonFactory JSON = new JsonFactory();

    /** A complete choice. */
    record Choice(String text, FinishReason reason, @Nullable List<TokenLogprob> logprobs) {}

    interface Body {
        void write(JsonGenerator g) throws IOException;
    }

    static byte[] object(Body body) {
        ByteArrayOutputStream out = new ByteArrayOutputStream(320);
        try (JsonGenerator g = JSON.createGenerator(out)) {
            g.writeStartObject();
            body.write(g);
            g.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException("a buffer in memory does not fail", e);
        }
        return out.toByteArray();
    }

    /** The first chunk of a choice: who speaks. */
    byte[] role(int choice) {
        return chunk(choice, null, null, null, g -> {
            g.writeStringField("role", "assistant");
            g.writeStringField("content", "");
            g.writeNullField("refusal");
        });
    }

    /** A chunk of text. */
    byte[] delta(Delta delta) {
        List<TokenLogprob> logprobs = delta.logprobs().isEmpty() ? null : delta.logprobs();
        return chunk(delta.choice(), logprobs, null, null, g -> g.writeStringField("content", delta.text()));
    }

    /** The last chunk of a choice; the last of all names the receipt unless a usage chunk follows. */
    byte[] finish(int choice, FinishReason reason, @Nullable ReceiptRef receipt) {
        return chunk(choice, null, reason, receipt, g -> {});
    }

    /** The chunk without choices that ends a stream if usage was asked for. */
    byte[] usage(Usage usage, ReceiptRef receipt) {
        return object(g -> {
            head(g, "chat.completion.chunk");
            g.writeArrayFieldStart("choices");
            g.writeEndArray();
            usage(g, usage);
            receipt(g, receipt);
        });
    }

    /** The whole answer. */
    byte[] whole(List<Choice> choices, Usage usage, ReceiptRef receipt) {
        return object(g -> {
            head(g, "chat.completion");
            g.writeArrayFieldStart("choices");
            for (int i = 0; i < choices.size(); i++) {
                Choice choice = choices.get(i);
                g.writeStartObject();
                g.writeNumberField("index", i);
                g.writeObjectFieldStart("message");
                g.writeStringField("role", "assistant");
                g.writeStringField("content", choice.text());
                g.writeNullField("refusal");
                g.writeEndObject();
                logprobs(g, choice.logprobs());
                g.writeStringField("finish_reason", choice.reason().wire());
                g.writeEndObject();
            }
            g.writeEndArray();
            usage(g, usage);
            receipt(g, receipt);
        });
    }

    private byte[] chunk(
            int choice,
            @Nullable List<TokenLogprob> logprobs,
            @Nullable FinishReason reason,
            @Nullable ReceiptRef receipt,
            Body delta) {
        return object(g -> {
            head(g, "chat.completion.chunk");
            g.writeArrayFieldStart("choices");
            g.writeStartObject();
            g.writeNumberField("index", choice);
            g.writeObjectFieldStart("delta");
            delta.write(g);
            g.writeEndObject();
            logprobs(g, logprobs);
            g.writeStringField("finish_reason", reason == null ? null : reason.wire());
            g.writeEndObject();
            g.writeEndArray();
            if (nullUsage) {
                g.writeNullField("usage");
            }
            if (receipt != null) {
                receipt(g, receipt);
            }
        });
    }

    private void head(JsonGenerator g, String object) throws IOException {
        g.writeStringField("id", id);
        g.writeStringField("object", object);
        g.writeNumberField("created", createdSeconds);
        g.writeStringField("model", model.id());
        g.writeStringField("system_fingerprint", model.fingerprint());
    }

    private static void usage(JsonGenerator g, Usage usage) throws IOException {
        g.writeObjectFieldStart("usage");
        g.writeNumberField("prompt_tokens", usage.promptTokens());
        g.writeNumberField("completion_tokens", usage.completionTokens());
        g.writeNumberField("total_tokens", (long) usage.promptTokens() + usage.completionTokens());
        g.writeObjectFieldStart("prompt_tokens_details");
        g.writeNumberField("cached_tokens", usage.cachedTokens());
        g.writeEndObject();
        g.writeEndObject();
    }

    private static void receipt(JsonGenerator g, ReceiptRef receipt) throws IOException {
        g.writeObjectFieldStart("assay");
        g.writeStringField("receipt", receipt.id());
        g.writeStringField("digest", receipt.digest().hex());
        g.writeStringField("url", "/v1/receipts/" + receipt.id());
        members(g, receipt.extra());
        g.writeEndObject();
    }

    private static void logprobs(JsonGenerator g, @Nullable List<TokenLogprob> tokens) throws IOException {
        if (tokens == null) {
            g.writeNullField("logprobs");
            return;
        }
        g.writeObjectFieldStart("logprobs");
        g.writeArrayFieldStart("content");
        for (TokenLogprob token : tokens) {
            g.writeStartObject();
            token(g, token);
            g.writeArrayFieldStart("top_logprobs");
            for (TokenLogprob other : token.top()) {
                g.writeStartObject();
                token(g, other);
                g.writeEndObject();
            }
            g.writeEndArray();
            g.writeEndObject();
        }
        g.writeEndArray();
        g.writeNullField("refusal");
        g.writeEndObject();
    }

    private static void token(JsonGenerator g, TokenLogprob token) throws IOException {
        g.writeStringField("token", new String(token.bytes(), StandardCharsets.UTF_8));
        g.writeNumberField("logprob", Math.max(LOGPROB_MIN, token.logprob()));
        g.writeArrayFieldStart("bytes");
        for (byte b : token.bytes()) {
            g.writeNumber(b & 0xFF);
        }
        g.writeEndArray();
    }

    private static void members(JsonGenerator g, Json.Obj object) throws IOException {
        for (Map.Entry<String, Json> member : object.members().entrySet()) {
            g.writeFieldName(member.getKey());
            value(g, member.getValue());
        }
    }

    private static void value(JsonGenerator g, Json value) throws IOException {
        switch (value) {
            case Json.Obj object -> {
                g.writeStartObject();
                members(g, object);
                g.writeEndObject();
            }
            case Json.Arr array -> {
                g.writeStartArray();
                for (Json item : array.items()) {
                    value(g, item);
                }
                g.writeEndArray();
            }
            case Json.Str string -> g.writeString(string.value());
            case Json.Num number -> g.writeNumber(number.literal());
            case Json.Bool bool -> g.writeBoolean(bool.value());
            case Json.Null n -> g.writeNull();
        }
    }
}
