package assay.core.text;

import assay.core.base.MalformedException;
import assay.core.codec.Json;
import assay.core.codec.JsonText;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.zip.GZIPInputStream;

/** Reads what vectors/text holds: strings, vocabularies and the ids that other libraries made. */
final class TextVectors {
    private static final int MAX_BYTES = 1 << 26;

    private TextVectors() {}

    static Path folder() {
        Path here = Path.of("vectors", "text");
        return Files.isDirectory(here) ? here : Path.of("..", "vectors", "text");
    }

    static List<String> strings() throws IOException, MalformedException {
        List<String> strings = new ArrayList<>();
        for (String line : lines(folder().resolve("strings.txt"))) {
            byte[] json = line.getBytes(StandardCharsets.UTF_8);
            strings.add(((Json.Str) JsonText.parse(json, 1, json.length)).value());
        }
        return strings;
    }

    static List<int[]> ids(Path file) throws IOException {
        List<int[]> all = new ArrayList<>();
        for (String line : lines(file)) {
            all.add(
                    line.isEmpty()
                            ? new int[0]
                            : Arrays.stream(line.split(" ", -1))
                                    .mapToInt(Integer::parseInt)
                                    .toArray());
        }
        return all;
    }

    static Vocabulary vocabulary(Path file, String pre) throws IOException, MalformedException {
        Json.Obj v = (Json.Obj) JsonText.parse(bytes(file), 4, MAX_BYTES);
        String model = ((Json.Str) v.members().get("model")).value();
        Vocabulary.Roles roles = new Vocabulary.Roles(number(v, "bos"), number(v, "eos"), number(v, "unk"), -1, -1);
        Vocabulary.Affixes affixes = Vocabulary.Affixes.ofModel(model, "");
        return Vocabulary.of(
                model,
                pre,
                texts(v, "tokens"),
                numbers(v, "types"),
                numbers(v, "score_bits"),
                texts(v, "merges"),
                roles,
                affixes);
    }

    static List<String> lines(Path file) throws IOException {
        String text = new String(bytes(file), StandardCharsets.UTF_8);
        return List.of(text.substring(0, text.length() - 1).split("\n", -1));
    }

    static byte[] bytes(Path file) throws IOException {
        if (!file.toString().endsWith(".gz")) {
            return Files.readAllBytes(file);
        }
        try (InputStream in = new GZIPInputStream(Files.newInputStream(file))) {
            return in.readNBytes(MAX_BYTES);
        }
    }

    private static List<String> texts(Json.Obj v, String key) {
        return list(v, key).stream().map(t -> ((Json.Str) t).value()).toList();
    }

    private static int[] numbers(Json.Obj v, String key) {
        return list(v, key).stream()
                .mapToInt(n -> Integer.parseInt(((Json.Num) n).literal()))
                .toArray();
    }

    private static List<Json> list(Json.Obj v, String key) {
        return v.members().containsKey(key) ? ((Json.Arr) v.members().get(key)).items() : List.of();
    }

    private static int number(Json.Obj v, String key) {
        return v.members().containsKey(key)
                ? Integer.parseInt(((Json.Num) v.members().get(key)).literal())
                : -1;
    }
}
