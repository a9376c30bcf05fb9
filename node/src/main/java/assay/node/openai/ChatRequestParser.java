package assay.node.openai;

import assay.core.kernel.Sampling;
import assay.node.http.ApiError;
import com.fasterxml.jackson.core.JsonToken;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Reads the body of {@code POST /v1/chat/completions}.
 *
 * <p>Every field of the OpenAI API is honoured or refused by name; a field that nobody knows is
 * refused too, so that a request never means less than it says. null means absent, as in OpenAI's
 * own schema. The body is read in one pass: memory stays a small multiple of its length.
 */
public final class ChatRequestParser {
    /** OpenAI's fields that this node does not offer. */
    private static final Set<String> UNSUPPORTED = Set.of(
            "audio",
            "function_call",
            "functions",
            "moderation",
            "parallel_tool_calls",
            "prediction",
            "prompt_cache_options",
            "prompt_cache_retention",
            "reasoning_effort",
            "tool_choice",
            "tools",
            "verbosity",
            "web_search_options");

    /** Fields in which null stands for "absent". */
    private static final Set<String> NULLABLE = Set.of(
            "assay",
            "frequency_penalty",
            "logit_bias",
            "logprobs",
            "max_completion_tokens",
            "max_tokens",
            "metadata",
            "min_p",
            "modalities",
            "n",
            "presence_penalty",
            "prompt_cache_key",
            "response_format",
            "safety_identifier",
            "seed",
            "service_tier",
            "stop",
            "store",
            "stream",
            "stream_options",
            "temperature",
            "top_k",
            "top_logprobs",
            "top_p",
            "user");

    private final JsonCursor json;
    private @Nullable String model;
    private List<Message> messages = List.of();
    private boolean messagesGiven;
    private double temperature = 1;
    private double topP = 1;
    private double minP;
    private int topK;
    private double presencePenalty;
    private double frequencyPenalty;
    private SortedMap<Integer, Double> logitBias = new TreeMap<>();
    private @Nullable Integer maxTokens;
    private @Nullable Integer maxCompletionTokens;
    private List<String> stop = List.of();
    private int n = 1;
    private boolean logprobs;
    private int topLogprobs;
    private @Nullable Long seed;
    private boolean stream;
    private boolean streamOptionsGiven;
    private boolean includeUsage;
    private byte @Nullable [] nonce;
    private @Nullable String date;

    private ChatRequestParser(JsonCursor json) {
        this.json = json;
    }

    /**
     * The request that a body asks.
     *
     * @throws ApiError 400, naming the field at fault
     */
    public static ChatRequest parse(byte[] body) throws ApiError {
        try (JsonCursor json = JsonCursor.over(body)) {
            ChatRequestParser parser = new ChatRequestParser(json);
            json.object("", parser::field);
            json.end();
            return parser.finish(body);
        }
    }

    private void field(String name) throws ApiError {
        if (json.isNull() && (NULLABLE.contains(name) || UNSUPPORTED.contains(name))) {
            return;
        }
        switch (name) {
            case "model" -> model = json.string(name);
            case "messages" -> {
                messagesGiven = true;
                messages = new MessageParser(json).messages();
            }
            case "stream" -> stream = json.bool(name);
            case "stream_options" -> streamOptions();
            case "seed" -> seed = json.int64(name);
            case "user", "safety_identifier", "prompt_cache_key" -> json.string(name);
            case "metadata" -> metadata();
            case "store" -> only(name, !json.bool(name), "stores nothing: only false");
            case "service_tier" -> {
                String tier = json.string(name);
                only(name, tier.equals("auto") || tier.equals("default"), "knows only auto and default");
            }
            case "modalities" -> modalities();
            case "response_format" -> responseFormat();
            case "assay" -> json.object(name, this::extension);
            default -> sampling(name);
        }
    }

    private void sampling(String name) throws ApiError {
        switch (name) {
            case "temperature" -> temperature = json.number(name);
            case "top_p" -> topP = json.number(name);
            case "min_p" -> minP = json.number(name);
            case "top_k" -> topK = json.int32(name);
            case "presence_penalty" -> presencePenalty = json.number(name);
            case "frequency_penalty" -> frequencyPenalty = json.number(name);
            case "logit_bias" -> logitBias();
            case "max_tokens" -> maxTokens = json.int32(name);
            case "max_completion_tokens" -> maxCompletionTokens = json.int32(name);
            case "stop" -> stop();
            case "n" -> n = json.int32(name);
            case "logprobs" -> logprobs = json.bool(name);
            case "top_logprobs" -> topLogprobs = json.int32(name);
            default -> throw UNSUPPORTED.contains(name) ? ApiError.unsupported(name) : ApiError.unknown(name);
        }
    }

    private static void only(String name, boolean holds, String what) throws ApiError {
        if (!holds) {
            throw ApiError.invalidValue(name, "Invalid value for '" + name + "': this node " + what + ".");
        }
    }

    private void streamOptions() throws ApiError {
        streamOptionsGiven = true;
        json.object("stream_options", name -> {
            String path = "stream_options." + name;
            switch (name) {
                case "include_usage" -> includeUsage = !json.isNull() && json.bool(path);
                case "include_obfuscation" -> only(path, json.isNull() || !json.bool(path), "pads nothing: only false");
                default -> throw ApiError.unknown(path);
            }
        });
    }

    private void metadata() throws ApiError {
        int[] count = {0};
        json.object("metadata", name -> {
            String value = json.string("metadata." + name);
            only("metadata", ++count[0] <= 16, "takes at most 16 pairs");
            only("metadata", name.length() <= 64 && value.length() <= 512, "takes names to 64 and values to 512");
        });
    }

    private void modalities() throws ApiError {
        json.array("modalities", i -> {
            String path = "modalities[" + i + "]";
            only(path, json.string(path).equals("text"), "speaks only text");
        });
    }

    private void responseFormat() throws ApiError {
        json.object("response_format", name -> {
            String path = "response_format." + name;
            if (!name.equals("type")) {
                throw ApiError.unsupported(path);
            }
            only(path, json.string(path).equals("text"), "offers only text");
        });
    }

    private void extension(String name) throws ApiError {
        String path = "assay." + name;
        switch (name) {
            case "nonce" -> {
                String hex = json.string(path);
                only(path, hex.matches("([0-9a-f]{2}){16,32}"), "takes 16 to 32 bytes as lower-case hex");
                nonce = HexFormat.of().parseHex(hex);
            }
            case "date" -> date = Dates.checked(path, json.string(path));
            default -> throw ApiError.unknown(path);
        }
    }

    private void logitBias() throws ApiError {
        json.object("logit_bias", name -> {
            boolean id = name.matches("0|[1-9][0-9]{0,8}");
            only("logit_bias", id, "takes token ids as keys, got '" + JsonCursor.clip(name) + "'");
            logitBias.put(Integer.parseInt(name), json.number("logit_bias." + name));
            only("logit_bias", logitBias.size() <= 1024, "takes at most 1024 tokens");
        });
    }

    private void stop() throws ApiError {
        if (json.token() == JsonToken.VALUE_STRING) {
            stop = List.of(json.string("stop"));
            return;
        }
        List<String> strings = new ArrayList<>();
        json.array("stop", i -> {
            strings.add(json.string("stop[" + i + "]"));
            only("stop", strings.size() <= 4, "takes at most 4 strings");
        });
        stop = strings;
    }

    private ChatRequest finish(byte[] body) throws ApiError {
        if (model == null) {
            throw ApiError.missing("model");
        }
        if (!messagesGiven) {
            throw ApiError.missing("messages");
        }
        only("messages", !messages.isEmpty(), "needs at least one message");
        only("stream_options", stream || !streamOptionsGiven, "takes stream_options only with stream: true");
        only("top_logprobs", logprobs || topLogprobs == 0, "takes top_logprobs only with logprobs: true");
        return new ChatRequest(body, model, messages, sampled(), seed, stream, includeUsage, nonce, date);
    }

    private Sampling sampled() throws ApiError {
        if (maxTokens != null && maxCompletionTokens != null && !maxTokens.equals(maxCompletionTokens)) {
            only("max_tokens", false, "got another max_completion_tokens beside it");
        }
        Integer given = maxCompletionTokens != null ? maxCompletionTokens : maxTokens;
        int most = given == null ? ChatRequest.REST_OF_CONTEXT : given;
        try {
            return new Sampling(
                    temperature,
                    topK,
                    topP,
                    minP,
                    presencePenalty,
                    frequencyPenalty,
                    logitBias,
                    most,
                    stop,
                    n,
                    logprobs,
                    topLogprobs);
        } catch (IllegalArgumentException e) {
            String said = String.valueOf(e.getMessage());
            String param = said.substring(0, Math.max(0, said.indexOf(' ')));
            if (param.equals("max_tokens") && maxCompletionTokens != null) {
                param = "max_completion_tokens";
            }
            throw ApiError.invalidValue(param, "Invalid value for '" + param + "': " + said + ".");
        }
    }
}
