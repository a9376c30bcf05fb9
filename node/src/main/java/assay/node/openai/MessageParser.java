package assay.node.openai;

import assay.node.http.ApiError;
import com.fasterxml.jackson.core.JsonToken;
import java.util.ArrayList;
import java.util.List;
import java.util.StringJoiner;
import org.jspecify.annotations.Nullable;

/** Reads the array {@code messages}. */
final class MessageParser {
    private final JsonCursor json;
    private Message.@Nullable Role role;
    private @Nullable String content;
    private @Nullable String name;

    MessageParser(JsonCursor json) {
        this.json = json;
    }

    List<Message> messages() throws ApiError {
        List<Message> out = new ArrayList<>();
        json.array("messages", i -> out.add(message("messages[" + i + "]")));
        return out;
    }

    private Message message(String path) throws ApiError {
        role = null;
        content = null;
        name = null;
        json.object(path, field -> field(path + "." + field, field));
        if (role == null) {
            throw ApiError.missing(path + ".role");
        }
        if (content == null) {
            throw ApiError.missing(path + ".content");
        }
        return new Message(role, content, name);
    }

    private void field(String path, String field) throws ApiError {
        switch (field) {
            case "role" -> role = role(path);
            case "content" -> content = content(path);
            case "name" -> name = json.isNull() ? null : json.string(path);
            // An assistant's message sent back as it was received holds these, empty.
            case "refusal", "audio", "function_call", "tool_calls", "tool_call_id" -> {
                if (!json.isNull()) {
                    throw ApiError.unsupported(path);
                }
            }
            case "annotations" -> {
                if (!json.isNull()) {
                    json.array(path, i -> {
                        throw ApiError.unsupported(path);
                    });
                }
            }
            default -> throw ApiError.unknown(path);
        }
    }

    private Message.Role role(String path) throws ApiError {
        String text = json.string(path);
        for (Message.Role r : Message.Role.values()) {
            if (r.wire().equals(text)) {
                return r;
            }
        }
        throw ApiError.invalidValue(
                path,
                "Invalid value: '" + JsonCursor.clip(text)
                        + "'. Supported values are: 'system', 'developer', 'user', and 'assistant'.");
    }

    private String content(String path) throws ApiError {
        if (json.isNull()) {
            throw ApiError.invalidType(path, "a string or an array of text parts", "null");
        }
        if (json.token() == JsonToken.VALUE_STRING) {
            return json.string(path);
        }
        if (json.token() != JsonToken.START_ARRAY) {
            throw ApiError.invalidType(path, "a string or an array of text parts", json.kind());
        }
        StringJoiner joined = new StringJoiner("\n");
        int[] parts = {0};
        json.array(path, i -> {
            parts[0]++;
            joined.add(part(path + "[" + i + "]"));
        });
        if (parts[0] == 0) {
            throw ApiError.invalidValue(path, "Invalid value for '" + path + "': an empty array.");
        }
        return joined.toString();
    }

    private String part(String path) throws ApiError {
        @Nullable String[] found = {null, null};
        json.object(path, field -> {
            String at = path + "." + field;
            switch (field) {
                case "type" -> {
                    found[0] = json.string(at);
                    if (!found[0].equals("text")) {
                        String got = JsonCursor.clip(found[0]);
                        throw ApiError.invalidValue(at, "Invalid value: '" + got + "'. Supported values are: 'text'.");
                    }
                }
                case "text" -> found[1] = json.string(at);
                case "image_url", "input_audio", "file", "refusal" -> throw ApiError.unsupported(at);
                default -> throw ApiError.unknown(at);
            }
        });
        if (found[0] == null) {
            throw ApiError.missing(path + ".type");
        }
        if (found[1] == null) {
            throw ApiError.missing(path + ".text");
        }
        return found[1];
    }
}
