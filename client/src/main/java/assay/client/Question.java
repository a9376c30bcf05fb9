package assay.client;

import assay.core.codec.Json;
import assay.core.codec.JsonText;
import assay.core.kernel.Sampling;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A request, before it is sent.
 *
 * @param model what the node calls the model
 * @param messages the conversation so far, at least one message
 * @param sampling how the answer is drawn; {@code logit_bias} and log-probabilities are not sent
 * @param seed of the sampler, if it is to be this one
 */
public record Question(String model, List<Message> messages, Sampling sampling, Optional<Long> seed) {
    /** Copies the list. */
    public Question {
        messages = List.copyOf(messages);
        if (messages.isEmpty()) {
            throw new IllegalArgumentException("a question has at least one message");
        }
    }

    /**
     * One message.
     *
     * @param role system, user or assistant
     * @param content its text
     */
    public record Message(String role, String content) {}

    /**
     * The body that is sent: streamed, with usage.
     *
     * @param nonce fresh, lower-case hex of 16 to 32 bytes: it makes the receipt one for this request alone
     */
    byte[] body(String nonce) {
        List<Json> told = new ArrayList<>();
        messages.forEach(m -> told.add(
                Json.object().put("role", m.role()).put("content", m.content()).build()));
        Json.Members body = Json.object()
                .put("model", model)
                .put("messages", Json.of(told))
                .put("max_tokens", sampling.maxTokens())
                .put("temperature", number(sampling.temperature()))
                .put("top_p", number(sampling.topP()))
                .put("stream", true)
                .put("stream_options", Json.object().put("include_usage", true).build());
        if (sampling.topK() > 0) {
            body.put("top_k", sampling.topK());
        }
        if (sampling.minP() > 0) {
            body.put("min_p", number(sampling.minP()));
        }
        if (!sampling.stop().isEmpty()) {
            body.put("stop", Json.of(sampling.stop().stream().map(Json::of).toList()));
        }
        seed.ifPresent(s -> body.put("seed", s));
        body.put("assay", Json.object().put("nonce", nonce).build());
        return JsonText.writeBytes(body.build());
    }

    private static Json number(double value) {
        return new Json.Num(Double.toString(value));
    }
}
