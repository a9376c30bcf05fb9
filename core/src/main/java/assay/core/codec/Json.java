package assay.core.codec;

import java.util.Collections;
import java.util.LinkedHashMap;
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

    /** A string. */
    static Json of(String value) {
        return new Str(value);
    }

    /** An integer. */
    static Json of(long value) {
        return new Num(Long.toString(value));
    }

    /** true or false. */
    static Json of(boolean value) {
        return new Bool(value);
    }

    /** An array. */
    static Json of(List<? extends Json> items) {
        return new Arr(List.copyOf(items));
    }

    /** Starts an object whose members appear in the order in which they are put. */
    static Members object() {
        return new Members();
    }

    /** Members of an object under construction. */
    final class Members {
        private LinkedHashMap<String, Json> members = new LinkedHashMap<>();
        private boolean isBuilt;

        private Members() {}

        /** Adds a member; a key that is there already is the caller's mistake. */
        public Members put(String key, Json value) {
            if (isBuilt) {
                members = new LinkedHashMap<>(members); // the other one is an object's
                isBuilt = false;
            }
            if (members.putIfAbsent(key, value) != null) {
                throw new IllegalArgumentException("key put twice: " + key);
            }
            return this;
        }

        /** Adds a string. */
        public Members put(String key, String value) {
            return put(key, of(value));
        }

        /** Adds an integer. */
        public Members put(String key, long value) {
            return put(key, of(value));
        }

        /** Adds a boolean. */
        public Members put(String key, boolean value) {
            return put(key, of(value));
        }

        /** The object; later puts do not change it. */
        public Obj build() {
            isBuilt = true;
            return new Obj(Collections.unmodifiableSequencedMap(members));
        }
    }
}
