package assay.cli;

import assay.core.codec.Json;
import assay.engine.gguf.GgufFile;
import assay.engine.gguf.Tensor;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalLong;
import java.util.TreeMap;

/** What a model file says about itself, in the words of its own metadata. */
final class FileFacts {
    private FileFacts() {}

    /** In the order in which a person wants to read them; what the file does not say is left out. */
    static Map<String, Json> of(GgufFile file) {
        LinkedHashMap<String, Json> facts = new LinkedHashMap<>();
        text(facts, "title", file.string("general.name"));
        text(facts, "statedLicence", file.string("general.license"));
        text(facts, "architecture", file.string("general.architecture"));
        String arch = file.string("general.architecture").orElse("");
        facts.put("parameters", ModelLines.number(parameters(file)));
        number(facts, "layers", file.integer(arch + ".block_count"));
        number(facts, "width", file.integer(arch + ".embedding_length"));
        number(facts, "feedForward", file.integer(arch + ".feed_forward_length"));
        number(facts, "heads", file.integer(arch + ".attention.head_count"));
        number(facts, "keyValueHeads", file.integer(arch + ".attention.head_count_kv"));
        number(facts, "contextTokens", file.integer(arch + ".context_length"));
        long vocabulary = file.count("tokenizer.ggml.tokens");
        if (vocabulary > 0) {
            facts.put("vocabulary", ModelLines.number(vocabulary));
        }
        text(facts, "tokenizer", file.string("tokenizer.ggml.pre").or(() -> file.string("tokenizer.ggml.model")));
        facts.put(
                "chatTemplate",
                new Json.Bool(file.string("tokenizer.chat_template").isPresent()));
        facts.put("weights", new Json.Str(weights(file)));
        return facts;
    }

    private static long parameters(GgufFile file) {
        long total = 0;
        for (Tensor tensor : file.tensors()) {
            total += elements(tensor);
        }
        return total;
    }

    private static long elements(Tensor tensor) {
        long product = 1;
        for (long side : tensor.shape()) {
            product *= side;
        }
        return product;
    }

    /** The types of the tensors and the share of the parameters that each holds. */
    private static String weights(GgufFile file) {
        TreeMap<String, Long> byType = new TreeMap<>();
        long total = Math.max(1, parameters(file));
        for (Tensor tensor : file.tensors()) {
            byType.merge(tensor.type().name(), elements(tensor), Long::sum);
        }
        StringBuilder out = new StringBuilder();
        byType.entrySet().stream()
                .sorted(Map.Entry.<String, Long>comparingByValue().reversed())
                .forEach(e -> out.append(out.isEmpty() ? "" : ", ")
                        .append(e.getKey())
                        .append(String.format(Locale.ROOT, " %.1f%%", 100.0 * e.getValue() / total)));
        return out.toString();
    }

    private static void text(Map<String, Json> facts, String key, java.util.Optional<String> value) {
        value.ifPresent(v -> facts.put(key, new Json.Str(printable(v))));
    }

    private static void number(Map<String, Json> facts, String key, OptionalLong value) {
        value.ifPresent(v -> facts.put(key, ModelLines.number(v)));
    }

    /** A file's own words, without what could steer a terminal, and not endless. */
    static String printable(String text) {
        String clean = text.replaceAll("[\\p{Cntrl}\\p{Cf}]+", " ").strip();
        return clean.length() <= 200 ? clean : clean.substring(0, 200) + "…";
    }

    /** {@code keyValueHeads} as {@code key value heads}. */
    static String label(String key) {
        return key.replaceAll("([A-Z])", " $1").toLowerCase(Locale.ROOT);
    }

    /** A fact for a person. */
    static String text(Json value) {
        return switch (value) {
            case Json.Str(var s) -> s;
            case Json.Num(var digits) ->
                digits.length() > 4 && digits.matches("\\d+")
                        ? String.format(Locale.ROOT, "%,d", Long.parseLong(digits))
                        : digits;
            case Json.Bool(var b) -> b ? "yes" : "no";
            case Json.Obj o -> o.toString();
            case Json.Arr a -> a.toString();
            case Json.Null n -> "";
        };
    }
}
