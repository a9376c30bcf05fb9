package assay.core.text.template;

import assay.core.base.MalformedException;
import assay.core.codec.Json;
import assay.core.codec.JsonText;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Objects;
import java.util.SequencedMap;

/** Reads vectors/template. */
final class TemplateVectors {
    private static final int MAX_BYTES = 1 << 24;

    /** One case; expect has one member: text, raises, fails or refused. */
    record Case(String id, String template, Json.Obj context, Json.Obj expect) {
        String expected(String kind) {
            return TemplateVectors.text(expect, kind);
        }

        boolean expects(String kind) {
            return expect.members().containsKey(kind);
        }
    }

    private TemplateVectors() {}

    static List<Case> cases(String file) throws IOException, MalformedException {
        Path here = Path.of("vectors", "template");
        Path folder = Files.isDirectory(here) ? here : Path.of("..", "vectors", "template");
        Json.Obj root = (Json.Obj) JsonText.parse(Files.readAllBytes(folder.resolve(file)), 32, MAX_BYTES);
        Json.Obj templates = root.members().containsKey("templates") ? object(root, "templates") : null;
        List<Case> cases = new ArrayList<>();
        for (Json item : ((Json.Arr) member(root, "cases")).items()) {
            Json.Obj one = (Json.Obj) item;
            String template = text(one, "template");
            SequencedMap<String, Json> context = new LinkedHashMap<>();
            if (templates != null) {
                context.putAll(object(object(root, "tokens"), template).members());
            }
            context.putAll(
                    object(object(root, "contexts"), text(one, "context")).members());
            String source = templates == null ? template : text(templates, template);
            cases.add(new Case(text(one, "id"), source, new Json.Obj(context), object(one, "expect")));
        }
        return cases;
    }

    static Json member(Json.Obj object, String name) {
        return Objects.requireNonNull(object.members().get(name), name);
    }

    static Json.Obj object(Json.Obj object, String name) {
        return (Json.Obj) member(object, name);
    }

    static String text(Json.Obj object, String name) {
        return ((Json.Str) member(object, name)).value();
    }

    /** A context from JSON text. */
    static Json.Obj context(String json) {
        try {
            byte[] bytes = json.getBytes(StandardCharsets.UTF_8);
            return (Json.Obj) JsonText.parse(bytes, 32, MAX_BYTES);
        } catch (MalformedException e) {
            throw new IllegalArgumentException(e);
        }
    }
}
