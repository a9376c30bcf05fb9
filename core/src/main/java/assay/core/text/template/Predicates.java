package assay.core.text.template;

import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The tests of {@code value is name(arguments)}. */
final class Predicates {
    private static final Set<String> KNOWN = Set.of(
            "odd",
            "even",
            "divisibleby",
            "defined",
            "undefined",
            "filter",
            "test",
            "none",
            "boolean",
            "false",
            "true",
            "integer",
            "float",
            "lower",
            "upper",
            "string",
            "mapping",
            "number",
            "sequence",
            "iterable",
            "callable",
            "sameas",
            "escaped",
            "in",
            "==",
            "eq",
            "equalto",
            "!=",
            "ne",
            ">",
            "gt",
            "greaterthan",
            "ge",
            ">=",
            "<",
            "lt",
            "lessthan",
            "<=",
            "le");

    private final Runtime runtime;

    Predicates(Runtime runtime) {
        this.runtime = runtime;
    }

    static boolean isKnown(String name) {
        return KNOWN.contains(name);
    }

    boolean test(String name, Value value, Arguments arguments) {
        runtime.meter().step();
        Boolean comparison = comparison(name, value, arguments);
        if (comparison != null) {
            return comparison;
        }
        arguments.bind("the test '" + name + "'");
        return switch (name) {
            case "odd" -> remainder(value, new Value.Int(2), 1);
            case "even" -> remainder(value, new Value.Int(2), 0);
            case "defined" -> !(value instanceof Value.Undefined);
            case "undefined" -> value instanceof Value.Undefined;
            case "filter" -> Filters.isSupported(runtime.printing().str(value).text());
            case "test" -> isKnown(runtime.printing().str(value).text());
            case "lower" -> runtime.strings().isCase(runtime.printing().str(value), false);
            case "upper" -> runtime.strings().isCase(runtime.printing().str(value), true);
            case "sequence" ->
                value instanceof Str
                        || value instanceof Value.Items
                        || value instanceof Value.Tuple
                        || value instanceof Value.Dict
                        || value instanceof Value.Range
                        || value instanceof Value.Undefined;
            case "iterable" ->
                !Comparisons.isNumber(value)
                        && !(value instanceof Value.None)
                        && !(value instanceof Value.Namespace)
                        && !(value instanceof Value.Callable);
            default -> type(name, value);
        };
    }

    private static boolean type(String name, Value value) {
        return switch (name) {
            case "none" -> value instanceof Value.None;
            case "boolean" -> value instanceof Value.Bool;
            case "true" -> value instanceof Value.Bool b && b.value();
            case "false" -> value instanceof Value.Bool b && !b.value();
            case "integer" -> value instanceof Value.Int || value instanceof Value.Big;
            case "float" -> value instanceof Value.Real;
            case "number" -> Comparisons.isNumber(value);
            case "string" -> value instanceof Str;
            case "mapping" -> value instanceof Value.Dict;
            case "escaped" -> value instanceof Str s && s.isMarkup();
            case "callable" ->
                value instanceof Value.Callable || value instanceof Value.Undefined || value instanceof LoopState;
            default -> throw new Fault("No test named '" + name + "' found.");
        };
    }

    /** The tests that take an argument. */
    private @Nullable Boolean comparison(String name, Value value, Arguments arguments) {
        Comparisons comparisons = runtime.comparisons();
        return switch (name) {
            case "==", "eq", "equalto" -> comparisons.equal(value, other(name, arguments));
            case "!=", "ne" -> !comparisons.equal(value, other(name, arguments));
            case ">", "gt", "greaterthan" -> comparisons.order(value, other(name, arguments)) > 0;
            case ">=", "ge" -> comparisons.order(value, other(name, arguments)) >= 0;
            case "<", "lt", "lessthan" -> comparisons.order(value, other(name, arguments)) < 0;
            case "<=", "le" -> comparisons.order(value, other(name, arguments)) <= 0;
            case "in" ->
                comparisons.contains(arguments.bind("the test 'in'", "seq").get("seq"), value);
            case "divisibleby" ->
                remainder(value, arguments.bind("the test 'divisibleby'", "num").get("num"), 0);
            case "sameas" -> same(value, other(name, arguments));
            default -> null;
        };
    }

    private static Value other(String name, Arguments arguments) {
        return arguments.byPosition("the test '" + name + "'", "other").get("other");
    }

    private boolean remainder(Value value, Value divisor, long expected) {
        return runtime.comparisons().equal(runtime.arithmetic().apply("%", value, divisor), new Value.Int(expected));
    }

    private static boolean same(Value left, Value right) {
        boolean decided = isSingleton(left) || isSingleton(right);
        if (!decided && left.getClass() == right.getClass()) {
            throw Fault.unsupported("sameas of anything but true, false and none");
        }
        return left.equals(right);
    }

    private static boolean isSingleton(Value value) {
        return value instanceof Value.None || value instanceof Value.Bool;
    }
}
