package assay.core.text;

import assay.core.base.MalformedException;
import assay.core.codec.Field;
import assay.core.codec.Json;
import assay.core.codec.JsonText;
import assay.core.kernel.Sampling;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The body of a chat request (OpenAI's {@code POST /v1/chat/completions}), as the node and every
 * checker understand it: the same function of the same bytes.
 *
 * <p>A field that would change the answer and is not supported is refused by its name; fields that
 * change nothing here ({@code user}, {@code metadata}, ...) are accepted. A {@code null} is the same
 * as an absent field. {@code top_k} and {@code min_p} are the usual extensions; {@code assay} holds
 * ours ({@code nonce}, {@code date}, {@code sealed}).
 *
 * @param model the model that the body names
 * @param messages at least one
 * @param sampling parsed; {@code maxTokens} is {@link #UNSAID} if the body sets no limit
 * @param seeded whether the body has a seed
 * @param seed the body's seed, else 0
 * @param stream whether the answer is to be streamed
 * @param includeUsage whether a stream ends with a usage chunk
 * @param nonce the client's nonce, lower-case hex of 16 to 32 bytes; empty if it sent none
 * @param date today for the template, {@code 2026-11-30}; empty if the node's date is wanted
 * @param sealed whether the payer asks that this request is never drawn for an audit
 */
public record ChatRequest(
        String model,
        List<Message> messages,
        Sampling sampling,
        boolean seeded,
        long seed,
        boolean stream,
        boolean includeUsage,
        String nonce,
        String date,
        boolean sealed) {

    /** Value of {@code sampling.maxTokens} if the body sets no limit. */
    public static final int UNSAID = Integer.MAX_VALUE;

    private static final int DEPTH_MAX = 32;
    private static final int MESSAGES_MAX = 4096;
    private static final int BIASES_MAX = 1024;
    private static final String NONCE = "([0-9a-f]{2}){16,32}";
    private static final String DATE = "[0-9]{4}-[0-9]{2}-[0-9]{2}";
    private static final String[] KNOWN = {
        "model", "messages", "temperature", "top_p", "top_k", "min_p", "presence_penalty", "frequency_penalty",
        "logit_bias", "max_tokens", "max_completion_tokens", "stop", "n", "logprobs", "top_logprobs", "seed",
        "stream", "stream_options", "assay", "user", "metadata", "safety_identifier", "prompt_cache_key", "store",
        "service_tier", "modalities", "response_format", "tools", "tool_choice", "parallel_tool_calls"
    };

    /**
     * One message.
     *
     * @param role system, user or assistant ({@code developer} is read as system)
     * @param content the text; parts of a list are joined by a line feed
     * @param name the speaker's name, empty if there is none
     */
    public record Message(String role, String content, String name) {}

    /** Copies the list. */
    public ChatRequest {
        messages = List.copyOf(messages);
        if (messages.isEmpty()) {
            throw new IllegalArgumentException("messages must not be empty");
        }
    }

    /** The same with other messages, at least one. */
    ChatRequest with(List<Message> others) {
        return new ChatRequest(model, others, sampling, seeded, seed, stream, includeUsage, nonce, date, sealed);
    }

    /** The sampling with {@code mostTokens} in place of a limit that the body does not set. */
    public Sampling sampling(int mostTokens) {
        return sampling.maxTokens() == UNSAID ? limited(sampling, mostTokens) : sampling;
    }

    /**
     * The request that this body spells.
     *
     * @param maxBytes the longest body accepted
     * @throws MalformedException whose message starts with the path of the field at fault
     */
    public static ChatRequest parse(byte[] body, int maxBytes) throws MalformedException {
        Field root = Field.root(JsonText.parse(body, DEPTH_MAX, maxBytes));
        refuseUnsupported(root);
        List<Message> messages = new ArrayList<>();
        for (Field message : root.at("messages").items(MESSAGES_MAX)) {
            messages.add(message(message));
        }
        if (messages.isEmpty()) {
            throw root.at("messages").fault("at least one message expected");
        }
        Optional<Field> seed = root.find("seed");
        Optional<Field> ours = root.find("assay");
        return new ChatRequest(
                root.at("model").string(256),
                messages,
                sampling(root),
                seed.isPresent(),
                seed.isPresent() ? seed.get().integer(Long.MIN_VALUE, Long.MAX_VALUE) : 0,
                bool(root, "stream"),
                includeUsage(root),
                ours.isPresent() ? hidden(ours.get(), "nonce", NONCE, "lower-case hex of 16 to 32 bytes") : "",
                ours.isPresent() ? hidden(ours.get(), "date", DATE, "a date as 2026-11-30") : "",
                ours.isPresent() && bool(ours.get(), "sealed"));
    }

    private static void refuseUnsupported(Field root) throws MalformedException {
        for (String key : root.object().members().keySet()) {
            if (!List.of(KNOWN).contains(key) && root.find(key).isPresent()) {
                throw root.find(key).get().fault("not supported");
            }
        }
        allow(root, "store", Json.of(false));
        allow(root, "service_tier", Json.of("auto"), Json.of("default"));
        allow(root, "modalities", Json.of(List.of(Json.of("text"))));
        allow(root, "response_format", Json.object().put("type", "text").build());
        allow(root, "tools", Json.of(List.of()));
        allow(root, "tool_choice", Json.of("none"), Json.of("auto"));
        Optional<Field> ours = root.find("assay");
        if (ours.isPresent()) {
            ours.get().only("nonce", "date", "sealed");
        }
    }

    private static void allow(Field root, String key, Json... values) throws MalformedException {
        Optional<Field> field = root.find(key);
        if (field.isPresent() && !List.of(values).contains(field.get().value())) {
            throw field.get().fault("not supported, except " + JsonText.write(values[0]));
        }
    }

    private static Message message(Field message) throws MalformedException {
        for (String key : message.object().members().keySet()) {
            if (!List.of("role", "content", "name", "annotations").contains(key)
                    && message.find(key).isPresent()) {
                throw message.find(key).get().fault("not supported");
            }
        }
        allow(message, "annotations", Json.of(List.of()));
        Optional<Field> speaker = message.find("name");
        Field role = message.at("role");
        String word =
                switch (role.string()) {
                    case "system", "developer" -> "system";
                    case "user" -> "user";
                    case "assistant" -> "assistant";
                    default -> throw role.fault("system, developer, user or assistant expected");
                };
        String name = speaker.isPresent() ? speaker.get().string() : "";
        Field content = message.at("content");
        if (content.value() instanceof Json.Str(var text)) {
            return new Message(word, text, name);
        }
        List<String> parts = new ArrayList<>();
        for (Field part : content.items(MESSAGES_MAX)) {
            if (!part.at("type").string().equals("text")) {
                throw part.at("type").fault("not supported, except \"text\"");
            }
            part.only("type", "text");
            parts.add(part.at("text").string());
        }
        return new Message(word, String.join("\n", parts), name);
    }

    private static Sampling sampling(Field root) throws MalformedException {
        boolean logprobs = bool(root, "logprobs");
        int topLogprobs = integer(root, "top_logprobs", 0, 0, 20);
        if (topLogprobs > 0 && !logprobs) {
            throw root.at("top_logprobs").fault("needs logprobs to be true");
        }
        try {
            return new Sampling(
                    decimal(root, "temperature", 1),
                    integer(root, "top_k", 0, 0, Integer.MAX_VALUE),
                    decimal(root, "top_p", 1),
                    decimal(root, "min_p", 0),
                    decimal(root, "presence_penalty", 0),
                    decimal(root, "frequency_penalty", 0),
                    biases(root),
                    maxTokens(root),
                    stops(root),
                    integer(root, "n", 1, 1, 8),
                    logprobs,
                    topLogprobs);
        } catch (IllegalArgumentException e) {
            // The record names the field first: "top_p must be ...".
            String message = String.valueOf(e.getMessage());
            throw new MalformedException(message.replaceFirst(" ", ": "), -1);
        }
    }

    private static int maxTokens(Field root) throws MalformedException {
        int older = integer(root, "max_tokens", UNSAID, 1, UNSAID);
        int newer = integer(root, "max_completion_tokens", older, 1, UNSAID);
        if (older != UNSAID && older != newer) {
            throw root.at("max_tokens").fault("differs from max_completion_tokens");
        }
        return newer;
    }

    private static List<String> stops(Field root) throws MalformedException {
        Optional<Field> stop = root.find("stop");
        if (stop.isEmpty()) {
            return List.of();
        }
        if (stop.get().value() instanceof Json.Str(var one)) {
            return List.of(one);
        }
        List<String> stops = new ArrayList<>();
        for (Field item : stop.get().items(4)) {
            stops.add(item.string());
        }
        return stops;
    }

    private static TreeMap<Integer, Double> biases(Field root) throws MalformedException {
        TreeMap<Integer, Double> biases = new TreeMap<>();
        Optional<Field> map = root.find("logit_bias");
        if (map.isEmpty()) {
            return biases;
        }
        if (map.get().object().members().size() > BIASES_MAX) {
            throw map.get().fault("at most " + BIASES_MAX + " entries expected");
        }
        for (Map.Entry<String, Json> e : map.get().object().members().entrySet()) {
            Field bias = map.get().at(e.getKey());
            if (!e.getKey().matches("0|[1-9][0-9]{0,8}")) {
                throw bias.fault("the key must be a token id");
            }
            biases.put(Integer.parseInt(e.getKey()), bias.decimal());
        }
        return biases;
    }

    private static boolean includeUsage(Field root) throws MalformedException {
        Optional<Field> options = root.find("stream_options");
        if (options.isEmpty()) {
            return false;
        }
        if (!bool(root, "stream")) {
            throw options.get().fault("needs stream to be true");
        }
        options.get().only("include_usage", "include_obfuscation");
        allow(options.get(), "include_obfuscation", Json.of(false));
        return bool(options.get(), "include_usage");
    }

    private static String hidden(Field ours, String key, String pattern, String what) throws MalformedException {
        Optional<Field> field = ours.find(key);
        if (field.isPresent() && !field.get().string().matches(pattern)) {
            throw field.get().fault(what + " expected");
        }
        return field.isPresent() ? field.get().string() : "";
    }

    private static boolean bool(Field root, String key) throws MalformedException {
        Optional<Field> field = root.find(key);
        return field.isPresent() && field.get().bool();
    }

    private static int integer(Field root, String key, int absent, int min, int max) throws MalformedException {
        Optional<Field> field = root.find(key);
        return field.isPresent() ? field.get().int32(min, max) : absent;
    }

    private static double decimal(Field root, String key, double absent) throws MalformedException {
        Optional<Field> field = root.find(key);
        return field.isPresent() ? field.get().decimal() : absent;
    }

    private static Sampling limited(Sampling s, int maxTokens) {
        return new Sampling(
                s.temperature(),
                s.topK(),
                s.topP(),
                s.minP(),
                s.presencePenalty(),
                s.frequencyPenalty(),
                s.logitBias(),
                maxTokens,
                s.stop(),
                s.n(),
                s.logprobs(),
                s.topLogprobs());
    }
}
