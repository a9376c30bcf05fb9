package assay.cli;

import assay.core.codec.Json;
import assay.engine.store.StoredModel;
import java.util.LinkedHashMap;

/** Models as JSON: the same members in every command. */
final class ModelLines {
    private ModelLines() {}

    static Json.Obj json(StoredModel model, long derivedBytes) {
        LinkedHashMap<String, Json> m = new LinkedHashMap<>();
        m.put("name", new Json.Str(model.name()));
        m.put("sha256", new Json.Str(model.digest().hex()));
        m.put("sizeBytes", number(model.sizeBytes()));
        m.put("derivedBytes", number(derivedBytes));
        m.put("licence", new Json.Str(model.licence()));
        m.put("source", new Json.Str(model.source()));
        m.put("file", new Json.Str(model.file().toString()));
        return new Json.Obj(m);
    }

    static Json.Num number(long value) {
        return new Json.Num(Long.toString(value));
    }
}
