package assay.core.text.template;

import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SequencedMap;

/** A value of the template language, with the meaning that the like-named Python type has. */
sealed interface Value
        permits Str,
                LoopState,
                Value.Undefined,
                Value.None,
                Value.Bool,
                Value.Int,
                Value.Big,
                Value.Real,
                Value.Items,
                Value.Tuple,
                Value.Dict,
                Value.Range,
                Value.View,
                Value.Stream,
                Value.Namespace,
                Value.Callable {

    /** Jinja's Undefined: prints as nothing, is false and empty, and refuses everything else. */
    record Undefined(String message) implements Value {}

    /** None. */
    record None() implements Value {
        static final None NONE = new None();
    }

    /** True or False. */
    record Bool(boolean value) implements Value {
        static final Bool TRUE = new Bool(true);
        static final Bool FALSE = new Bool(false);

        static Bool of(boolean value) {
            return value ? TRUE : FALSE;
        }
    }

    /** An integer of 64 bits; whatever would not fit is an error. */
    record Int(long value) implements Value {}

    /** An integer from the context that needs more than 64 bits: it can be printed, no more. */
    record Big(String digits) implements Value {}

    /** A float (binary64). */
    record Real(double value) implements Value {}

    /** A list; never changed. */
    record Items(List<Value> items) implements Value {}

    /** A tuple. */
    record Tuple(List<Value> items) implements Value {}

    /** A member of a mapping: its key as first written, and its value. */
    record Member(Value key, Value value) {}

    /** A mapping in order of insertion; the map's keys are {@link Keys#of canonical}. */
    record Dict(SequencedMap<Object, Member> members) implements Value {}

    /** range(start, stop, step). */
    record Range(long start, long stop, long step) implements Value {
        long size() {
            if (step > 0 ? start >= stop : start <= stop) {
                return 0;
            }
            return step > 0 ? (stop - start - 1) / step + 1 : (start - stop - 1) / -step + 1;
        }

        Value at(long index) {
            return new Int(start + index * step);
        }
    }

    /** What keys(), values() and items() of a mapping give. */
    record View(Dict dict, Kind kind) implements Value {
        enum Kind {
            KEYS,
            VALUES,
            ITEMS
        }

        Iterator<Value> iterator() {
            return dict.members().values().stream()
                    .<Value>map(m -> switch (kind) {
                        case KEYS -> m.key();
                        case VALUES -> m.value();
                        case ITEMS -> new Tuple(List.of(m.key(), m.value()));
                    })
                    .iterator();
        }
    }

    /** A Python generator: lazy, and spent after one pass. */
    record Stream(Iterator<Value> source) implements Value {}

    /** namespace(): the one thing that a template can change. */
    final class Namespace implements Value {
        final Map<String, Value> attributes = new LinkedHashMap<>();
    }

    /** A function: a macro, a method bound to its object, or a global. */
    record Callable(String name, Body body) implements Value {
        /** What a call does. */
        interface Body {
            Value call(Arguments arguments);
        }
    }

    /** Name of the Python type, for messages. */
    static String typeName(Value value) {
        return switch (value) {
            case Str s -> "str";
            case Undefined u -> "Undefined";
            case None n -> "NoneType";
            case Bool b -> "bool";
            case Int i -> "int";
            case Big b -> "int";
            case Real r -> "float";
            case Items l -> "list";
            case Tuple t -> "tuple";
            case Dict d -> "dict";
            case Range r -> "range";
            case View v -> "dict_" + v.kind().name().toLowerCase(Locale.ROOT);
            case Stream s -> "generator";
            case Namespace n -> "Namespace";
            case LoopState l -> "LoopContext";
            case Callable c -> "function";
        };
    }

    /** Keys under which Python would find a value in a dict: 1, 1.0 and True are one key. */
    final class Keys {
        private static final int TUPLE_MAX = 16;

        private Keys() {}

        private record TupleKey(List<Object> items) {}

        private record Special(String what) {}

        /** The key; a text costs its length, since it may be compared with an equal one. */
        static Object of(Value value, Meter meter) {
            return switch (value) {
                case Str s -> {
                    meter.chars(s.chars());
                    yield s.text();
                }
                case Int i -> i.value();
                case Bool b -> b.value() ? 1L : 0L;
                case Real r -> ofReal(r.value());
                case None n -> new Special("None");
                case Undefined u -> new Special("Undefined");
                case Big b -> new Special(b.digits());
                case Tuple t -> tuple(t.items(), meter);
                case Items l -> throw unhashable(value);
                case Dict d -> throw unhashable(value);
                case Range r -> throw Fault.unsupported("a range as a key");
                case View v -> throw unhashable(value);
                case Stream s -> throw Fault.unsupported("a generator as a key");
                case Namespace n -> throw Fault.unsupported("a namespace as a key");
                case LoopState l -> throw Fault.unsupported("a loop as a key");
                case Callable c -> throw Fault.unsupported("a function as a key");
            };
        }

        private static Object tuple(List<Value> items, Meter meter) {
            if (items.size() > TUPLE_MAX || items.stream().anyMatch(Tuple.class::isInstance)) {
                throw Fault.unsupported("a tuple so long or deep as a key");
            }
            return new TupleKey(items.stream().map(item -> of(item, meter)).toList());
        }

        private static Object ofReal(double real) {
            if (Double.isNaN(real)) {
                throw Fault.unsupported("nan as a key");
            }
            if (real == Math.rint(real) && real < 0x1p63 && real >= -0x1p63) {
                return (long) real;
            }
            if (Math.abs(real) >= 0x1p63) {
                throw Fault.unsupported("so large a float as a key");
            }
            return real;
        }

        private static Fault unhashable(Value value) {
            return new Fault("unhashable type: '" + typeName(value) + "'");
        }
    }
}
