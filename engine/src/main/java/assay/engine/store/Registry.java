package assay.engine.store;

import assay.core.base.Hash;
import assay.core.base.MalformedException;
import assay.core.codec.Json;
import assay.core.codec.JsonText;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/** The list of models on this machine: one JSON file, replaced as a whole. */
final class Registry {
    private static final int BYTES_MAX = 16 << 20;

    private Registry() {}

    /**
     * One line of it.
     *
     * @param file the file's path if it is used in place; empty if it lies in the store
     * @param modifiedNanos time of last change of a file used in place, since 1970; else 0
     */
    record Entry(
            String name, Hash digest, long sizeBytes, String licence, String source, String file, long modifiedNanos) {}

    /** The entries by name; none if there is no such file yet. */
    static SortedMap<String, Entry> read(Path file) throws IOException {
        TreeMap<String, Entry> entries = new TreeMap<>();
        if (!Files.exists(file)) {
            return entries;
        }
        try {
            if (!(JsonText.parse(Files.readAllBytes(file), 8, BYTES_MAX) instanceof Json.Obj(var top))
                    || !(top.get("models") instanceof Json.Arr(var models))) {
                throw new MalformedException("an object with a list of models expected", 0);
            }
            for (Json item : models) {
                Entry entry = entry(item);
                entries.put(entry.name, entry);
            }
            return entries;
        } catch (MalformedException e) {
            throw new PullException(
                    "the list of models " + file + " is damaged: " + e.getMessage(),
                    "move that file away and pull the models again");
        }
    }

    private static Entry entry(Json item) throws MalformedException {
        if (!(item instanceof Json.Obj(var m))) {
            throw new MalformedException("a model is an object", -1);
        }
        return new Entry(
                string(m, "name"),
                Hash.ofHex(string(m, "sha256")),
                number(m, "sizeBytes"),
                string(m, "licence"),
                string(m, "source"),
                string(m, "file"),
                number(m, "modifiedNanos"));
    }

    private static String string(Map<String, Json> m, String key) throws MalformedException {
        if (m.get(key) instanceof Json.Str(var value)) {
            return value;
        }
        throw new MalformedException("a model's " + key + " is a string", -1);
    }

    private static long number(Map<String, Json> m, String key) throws MalformedException {
        if (m.get(key) instanceof Json.Num(var digits) && digits.matches("\\d{1,18}|[1-8]\\d{18}")) {
            return Long.parseLong(digits);
        }
        throw new MalformedException("a model's " + key + " is a whole number", -1);
    }

    /** Replaces the file. */
    static void write(Path file, Collection<Entry> entries) throws IOException {
        List<Json> models = new ArrayList<>();
        for (Entry e : entries) {
            models.add(json(e));
        }
        LinkedHashMap<String, Json> top = new LinkedHashMap<>();
        top.put("version", new Json.Num("1"));
        top.put("models", new Json.Arr(List.copyOf(models)));
        Durable.write(file, JsonText.writeBytes(new Json.Obj(top)));
    }

    private static Json json(Entry e) {
        LinkedHashMap<String, Json> m = new LinkedHashMap<>();
        m.put("name", new Json.Str(e.name));
        m.put("sha256", new Json.Str(e.digest.hex()));
        m.put("sizeBytes", new Json.Num(Long.toString(e.sizeBytes)));
        m.put("licence", new Json.Str(e.licence));
        m.put("source", new Json.Str(e.source));
        m.put("file", new Json.Str(e.file));
        m.put("modifiedNanos", new Json.Num(Long.toString(e.modifiedNanos)));
        return new Json.Obj(m);
    }
}
