package assay.core.text.template;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Arguments of a call, already evaluated. */
record Arguments(List<Value> positional, SequencedMap<String, Value> named) {
    static final Arguments NONE = new Arguments(List.of(), new LinkedHashMap<>());

    static Arguments of(Value... positional) {
        return new Arguments(List.of(positional), new LinkedHashMap<>());
    }

    /** Arguments bound to the parameters of a function. */
    static final class Bound {
        private final String function;
        private final Map<String, Value> values = new TreeMap<>();

        private Bound(String function) {
            this.function = function;
        }

        boolean has(String name) {
            return values.containsKey(name);
        }

        @Nullable
        Value orNull(String name) {
            return values.get(name);
        }

        Value get(String name) {
            Value value = values.get(name);
            if (value == null) {
                throw new Fault(function + " missing required argument: '" + name + "'");
            }
            return value;
        }

        Value get(String name, Value fallback) {
            Value value = values.get(name);
            return value == null ? fallback : value;
        }

        boolean truth(String name) {
            Value value = values.get(name);
            return value != null && Comparisons.truth(value);
        }

        long integer(String name, long fallback) {
            Value value = values.get(name);
            return value == null ? fallback : Arithmetic.integer(value);
        }

        Str str(String name) {
            if (get(name) instanceof Str s) {
                return s;
            }
            throw new Fault(function + ": argument '" + name + "' must be str, not " + Value.typeName(get(name)));
        }
    }

    /** Binds to parameters of these names, in order, positionally or by name. */
    Bound bind(String function, String... parameters) {
        List<String> names = List.of(parameters);
        if (positional.size() > names.size()) {
            throw new Fault(function + " takes at most " + names.size() + " arguments, got " + positional.size());
        }
        Bound bound = new Bound(function);
        for (int i = 0; i < positional.size(); i++) {
            bound.values.put(names.get(i), positional.get(i));
        }
        for (Map.Entry<String, Value> entry : named.entrySet()) {
            if (!names.contains(entry.getKey())) {
                throw new Fault(function + " got an unexpected keyword argument '" + entry.getKey() + "'");
            }
            if (bound.values.put(entry.getKey(), entry.getValue()) != null) {
                throw new Fault(function + " got multiple values for argument '" + entry.getKey() + "'");
            }
        }
        return bound;
    }

    /** Binds to parameters that Python takes by position only. */
    Bound byPosition(String function, String... parameters) {
        if (!named.isEmpty()) {
            throw new Fault(function + " takes no keyword arguments");
        }
        return bind(function, parameters);
    }
}
