package assay.core.text.template;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Variables of a block, and the block around it. */
final class Scope {
    private final @Nullable Scope outer;
    private final Map<String, Value> variables;

    private Scope(@Nullable Scope outer, Map<String, Value> variables) {
        this.outer = outer;
        this.variables = variables;
    }

    static Scope root(Map<String, Value> variables) {
        return new Scope(null, variables);
    }

    Scope inner() {
        return new Scope(this, new LinkedHashMap<>(4));
    }

    void set(String name, Value value) {
        variables.put(name, value);
    }

    @Nullable
    Value find(String name) {
        for (Scope scope = this; scope != null; scope = scope.outer) {
            Value value = scope.variables.get(name);
            if (value != null) {
                return value;
            }
        }
        return null;
    }

    /** The variable, or Undefined. */
    Value get(String name) {
        Value value = find(name);
        return value == null ? new Value.Undefined("'" + name + "' is undefined") : value;
    }
}
