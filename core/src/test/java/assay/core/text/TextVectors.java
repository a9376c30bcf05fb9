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
import java.util.Collections;
import java.util.List;
import java.util.stream.Collectors;
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

    /** Where vectors/text/fetch_vocabularies.py puts a real vocabulary. */
    static Path cached(String name) {
        String base = System.getenv("XDG_CACHE_HOME");
        Path cache =
                base == null || base.isEmpty() ? Path.of(System.getProperty("user.home"), ".cache") : Path.of(base);
        return cache.resolve(Path.of("assay", "test", "text", name + ".json.gz"));
    }

    /** The vocabulary with more tokens behind its own. */
    static Vocabulary extended(Vocabulary v, List<String> control, List<String> userDefined) throws MalformedException {
        List<String> tokens = new ArrayList<>();
        List<Integer> types = new ArrayList<>();
        List<String> merges = new ArrayList<>();
        for (int id = 0; id < v.size(); id++) {
            tokens.add(v.token(id));
            types.add(v.type(id).number());
        }
        for (int rank = 0; rank < v.mergeCount(); rank++) {
            merges.add(v.token(v.mergeLeft(rank)) + " " + v.token(v.mergeRight(rank)));
        }
        tokens.addAll(control);
        types.addAll(Collections.nCopies(control.size(), TokenType.CONTROL.number()));
        tokens.addAll(userDefined);
        types.addAll(Collections.nCopies(userDefined.size(), TokenType.USER_DEFINED.number()));
        int[] numbers = types.stream().mapToInt(Integer::intValue).toArray();
        return Vocabulary.of(
                v.model().label(),
                v.pretokenizer().label(),
                tokens,
                numbers,
                new int[0],
                merges,
                v.roles(),
                v.affixes());
    }

    static String line(int[] ids) {
        return Arrays.stream(ids).mapToObj(Integer::toString).collect(Collectors.joining(" "));
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

    static List<String> texts(Json.Obj v, String key) {
        return list(v, key).stream().map(t -> ((Json.Str) t).value()).toList();
    }

    static int[] numbers(Json.Obj v, String key) {
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
