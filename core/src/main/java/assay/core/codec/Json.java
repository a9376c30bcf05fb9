package assay.core.codec;

import java.util.List;
import java.util.SequencedMap;

/** A JSON value (RFC 8259), as plain data; members keep their order. */
public sealed interface Json {
    /** An object; keys are unique. */
    record Obj(SequencedMap<String, Json> members) implements Json {}

    /** An array. */
    record Arr(List<Json> items) implements Json {}

    /** A string. */
    record Str(String value) implements Json {}

    /** A number, as it was written, for example {@code 1e-3}. */
    record Num(String literal) implements Json {}

    /** true or false. */
    record Bool(boolean value) implements Json {}

    /** null. */
    record Null() implements Json {}
}
