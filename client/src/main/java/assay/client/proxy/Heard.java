package assay.client.proxy;

import assay.core.base.MalformedException;
import assay.core.codec.Field;
import assay.core.codec.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What arrived of an answer, whole or in pieces: the texts, and the name of its receipt. */
final class Heard {
    private static final int CHOICES_MAX = 8;

    private final List<StringBuilder> texts = new ArrayList<>();
    private Optional<String> receipt = Optional.empty();

    /** Takes a chunk of a stream, or a whole answer. */
    void take(Field json) throws MalformedException {
        for (Field choice : json.at("choices").items(CHOICES_MAX)) {
            int index = choice.at("index").int32(0, CHOICES_MAX - 1);
            while (texts.size() <= index) {
                texts.add(new StringBuilder());
            }
            Optional<Field> piece = choice.find("delta");
            Field message = piece.isPresent() ? piece.get() : choice.at("message");
            Optional<Field> content = message.find("content");
            if (content.isPresent()) {
                texts.get(index).append(content.get().string());
            }
        }
        Optional<Field> named = json.find("assay");
        if (named.isPresent()) {
            receipt = Optional.of(named.get().at("receipt").string(128));
        }
    }

    /** The id of the receipt, once it was named. */
    Optional<String> receipt() {
        return receipt;
    }

    /** The text of each choice. */
    List<String> texts() {
        return texts.stream().map(StringBuilder::toString).toList();
    }

    /** The same JSON with what this machine found about the receipt. */
    static Json.Obj with(Json.Obj answer, String verdict) {
        Json.Members out = Json.object();
        answer.members().forEach((key, value) -> {
            if (key.equals("assay") && value instanceof Json.Obj assay) {
                Json.Members more = Json.object();
                assay.members().forEach(more::put);
                out.put(key, more.put("verdict", verdict).build());
            } else {
                out.put(key, value);
            }
        });
        return out.build();
    }
}
