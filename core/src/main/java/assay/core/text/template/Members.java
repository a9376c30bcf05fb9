package assay.core.text.template;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * object.name, object[key] and object[from:to:step], as jinja2's sandbox resolves them: a dot tries
 * the methods of the Python type first and then the item, brackets the other way round; what is not
 * there is Undefined; what would change a list or a mapping is Undefined, too.
 */
final class Members {
    private static final Set<String> DICT_REFUSED = Set.of("fromkeys");
    private static final Set<String> DICT_CHANGES = Set.of("clear", "pop", "popitem", "setdefault", "update");
    private static final Set<String> LIST_CHANGES =
            Set.of("append", "clear", "pop", "reverse", "insert", "sort", "extend", "remove");
    private static final Set<String> INT_REFUSED = Set.of(
            "as_integer_ratio",
            "bit_count",
            "bit_length",
            "conjugate",
            "denominator",
            "from_bytes",
            "imag",
            "numerator",
            "real",
            "to_bytes");
    private static final Set<String> REAL_REFUSED =
            Set.of("as_integer_ratio", "conjugate", "fromhex", "hex", "imag", "is_integer", "real");
    private static final Set<String> RANGE_REFUSED = Set.of("count", "index", "start", "step", "stop");
    private static final Set<String> VIEW_REFUSED = Set.of("isdisjoint", "mapping");

    private final Meter meter;
    private final Comparisons comparisons;
    private final StringMethods strings;

    Members(Meter meter, Comparisons comparisons, StringMethods strings) {
        this.meter = meter;
        this.comparisons = comparisons;
        this.strings = strings;
    }

    /** object.name. */
    Value attribute(Value object, String name) {
        Value method = method(object, name);
        if (method != null) {
            return method;
        }
        Value item = object instanceof Value.Dict dict ? find(dict, name) : null;
        return item == null ? missing(object, name) : item;
    }

    /** What the attr filter finds: a method or attribute, never an item. */
    Value ownAttribute(Value object, String name) {
        Value method = method(object, name);
        return method == null ? missing(object, name) : method;
    }

    /** object[key]. */
    Value item(Value object, Value key) {
        Value item =
                switch (object) {
                    case Value.Undefined u -> throw new Fault(u.message());
                    case Value.Dict dict -> find(dict, key);
                    case Value.Items l -> at(l.items(), key);
                    case Value.Tuple t -> at(t.items(), key);
                    case Str s -> at(s, key);
                    case Value.Range r -> at(r, key);
                    default -> null;
                };
        if (item != null) {
            return item;
        }
        if (key instanceof Str name) {
            Value method = method(object, name.text());
            return method == null ? missing(object, name.text()) : method;
        }
        return new Value.Undefined(describe(object) + " has no element " + brief(key));
    }

    private static @Nullable Value find(Value.Dict dict, Object key) {
        Value.Member member = dict.members().get(key);
        return member == null ? null : member.value();
    }

    private @Nullable Value find(Value.Dict dict, Value key) {
        boolean unhashable = key instanceof Value.Items || key instanceof Value.Dict;
        return unhashable ? null : find(dict, Value.Keys.of(key, meter));
    }

    private static @Nullable Value at(List<Value> items, Value key) {
        int index = index(key, items.size());
        return index < 0 ? null : items.get(index);
    }

    private static @Nullable Value at(Value.Range range, Value key) {
        int index = index(key, range.size());
        return index < 0 ? null : range.at(index);
    }

    private @Nullable Value at(Str s, Value key) {
        if (!(key instanceof Value.Int) && !(key instanceof Value.Bool)) {
            return null;
        }
        meter.chars(s.chars());
        int index = index(key, s.length());
        return index < 0 ? null : s.sub(s.offset(index), s.offset(index + 1));
    }

    /** The index as 0..size-1, or -1. */
    private static int index(Value key, long size) {
        if (!(key instanceof Value.Int) && !(key instanceof Value.Bool)) {
            return -1;
        }
        long index = Arithmetic.integer(key);
        long fromStart = index < 0 ? index + size : index;
        return fromStart >= 0 && fromStart < size ? (int) fromStart : -1;
    }

    private static Value missing(Value object, String name) {
        return new Value.Undefined("'" + describe(object) + "' has no attribute " + Printing.quoted(name));
    }

    private static String describe(Value object) {
        return object instanceof Value.None ? "None" : Value.typeName(object) + " object";
    }

    private static String brief(Value key) {
        return key instanceof Value.Int i ? Long.toString(i.value()) : "of type " + Value.typeName(key);
    }

    /** What Python's getattr would find, or null. */
    private @Nullable Value method(Value object, String name) {
        if (object instanceof Value.Undefined u) {
            throw new Fault(u.message());
        }
        if (name.startsWith("__")) {
            throw Fault.unsupported("the attribute " + name);
        }
        return switch (object) {
            case Str s -> strings.method(s, name);
            case Value.Dict d -> dictMethod(d, name);
            case Value.Items l -> LIST_CHANGES.contains(name) ? unsafe("list", name) : sequenceMethod(l.items(), name);
            case Value.Tuple t -> sequenceMethod(t.items(), name);
            case Value.Namespace n -> n.attributes.get(name);
            case LoopState loop -> loop.attribute(name);
            case Value.Int i -> refused(object, name, INT_REFUSED);
            case Value.Bool b -> refused(object, name, INT_REFUSED);
            case Value.Big b -> refused(object, name, INT_REFUSED);
            case Value.Real r -> refused(object, name, REAL_REFUSED);
            case Value.Range r -> refused(object, name, RANGE_REFUSED);
            case Value.View v -> refused(object, name, VIEW_REFUSED);
            case Value.None n -> null;
            case Value.Undefined u -> null;
            case Value.Stream s -> throw Fault.unsupported("an attribute of a generator");
            case Value.Callable c -> throw Fault.unsupported("an attribute of a function");
        };
    }

    private static @Nullable Value refused(Value object, String name, Set<String> names) {
        if (names.contains(name)) {
            throw Fault.unsupported("the attribute " + name + " of " + Value.typeName(object));
        }
        return null;
    }

    private static Value unsafe(String type, String name) {
        return new Value.Undefined(
                "access to attribute '" + name + "' of '" + type + "' object is unsafe: values cannot be changed");
    }

    private @Nullable Value sequenceMethod(List<Value> items, String name) {
        return switch (name) {
            case "count" ->
                new Value.Callable("count", a -> {
                    Value wanted = a.byPosition("count", "value").get("value");
                    return new Value.Int(items.stream()
                            .filter(i -> comparisons.equal(i, wanted))
                            .count());
                });
            case "index" ->
                new Value.Callable("index", a -> {
                    Value wanted = a.byPosition("index", "value").get("value");
                    for (int i = 0; i < items.size(); i++) {
                        if (comparisons.equal(items.get(i), wanted)) {
                            return new Value.Int(i);
                        }
                    }
                    throw new Fault("the value is not in the sequence");
                });
            case "copy" -> throw Fault.unsupported("the method copy of a list");
            default -> null;
        };
    }

    private @Nullable Value dictMethod(Value.Dict dict, String name) {
        if (DICT_CHANGES.contains(name)) {
            return unsafe("dict", name);
        }
        refused(dict, name, DICT_REFUSED);
        return switch (name) {
            case "keys" -> view(dict, Value.View.Kind.KEYS);
            case "values" -> view(dict, Value.View.Kind.VALUES);
            case "items" -> view(dict, Value.View.Kind.ITEMS);
            case "copy" ->
                new Value.Callable("copy", a -> {
                    a.byPosition("copy");
                    return dict;
                });
            case "get" ->
                new Value.Callable("get", a -> {
                    Arguments.Bound bound = a.byPosition("get", "key", "default");
                    Value value = find(dict, Value.Keys.of(bound.get("key"), meter));
                    return value == null ? bound.get("default", Value.None.NONE) : value;
                });
            default -> null;
        };
    }

    private static Value view(Value.Dict dict, Value.View.Kind kind) {
        return new Value.Callable(kind.name(), a -> {
            a.byPosition("the method");
            return new Value.View(dict, kind);
        });
    }

    /** object[start:stop:step]; a bound may be None. */
    Value slice(Value object, Value start, Value stop, Value step) {
        return switch (object) {
            case Value.Items l -> meter.listOf(pick(l.items(), start, stop, step));
            case Value.Tuple t ->
                new Value.Tuple(meter.listOf(pick(t.items(), start, stop, step)).items());
            case Str s -> slice(s, start, stop, step);
            case Value.Range r -> {
                Value.Range picked = bounds(start, stop, step, r.size());
                yield new Value.Range(
                        r.start() + picked.start() * r.step(),
                        r.start() + picked.stop() * r.step(),
                        r.step() * picked.step());
            }
            case Value.Undefined u -> throw new Fault(u.message());
            default -> throw new Fault("'" + Value.typeName(object) + "' object cannot be sliced");
        };
    }

    private List<Value> pick(List<Value> items, Value start, Value stop, Value step) {
        Value.Range range = bounds(start, stop, step, items.size());
        long size = range.size();
        meter.items(size);
        List<Value> picked = new ArrayList<>((int) size);
        for (long i = 0; i < size; i++) {
            picked.add(items.get((int) (range.start() + i * range.step())));
        }
        return picked;
    }

    private Value slice(Str s, Value start, Value stop, Value step) {
        meter.chars(s.chars());
        int length = s.length();
        Value.Range range = bounds(start, stop, step, length);
        meter.string(range.size());
        if (range.step() == 1) {
            int from = (int) range.start();
            return from >= range.stop() ? s.sub(0, 0) : s.sub(s.offset(from), s.offset((int) range.stop()));
        }
        int[] offsets = offsets(s, length);
        Str.Builder out = new Str.Builder();
        meter.steps(range.size() / 8);
        for (long i = 0; i < range.size(); i++) {
            int at = (int) (range.start() + i * range.step());
            out.add(s.sub(offsets[at], offsets[at + 1]));
        }
        return out.build().asMarkup(s.isMarkup());
    }

    private int[] offsets(Str s, int length) {
        meter.memory(4L * length);
        int[] offsets = new int[length + 1];
        for (int i = 0; i < length; i++) {
            offsets[i + 1] = offsets[i] + Character.charCount(s.text().codePointAt(offsets[i]));
        }
        return offsets;
    }

    /** Python's slice.indices(size), as the range of indices that are picked. */
    private static Value.Range bounds(Value start, Value stop, Value step, long size) {
        long by = step instanceof Value.None ? 1 : bound(step);
        if (by == 0) {
            throw new Fault("slice step cannot be zero");
        }
        by = Math.clamp(by, -(1L << 40), 1L << 40);
        long low = by < 0 ? -1 : 0;
        long high = by < 0 ? size - 1 : size;
        long from = start instanceof Value.None ? (by < 0 ? high : low) : clamp(bound(start), size, low, high);
        long to = stop instanceof Value.None ? (by < 0 ? low : high) : clamp(bound(stop), size, low, high);
        return new Value.Range(from, to, by);
    }

    private static long bound(Value value) {
        return switch (value) {
            case Value.Int i -> i.value();
            case Value.Bool b -> b.value() ? 1 : 0;
            case Value.Big b -> b.digits().startsWith("-") ? Long.MIN_VALUE : Long.MAX_VALUE;
            default -> throw new Fault("slice indices must be integers or None");
        };
    }

    private static long clamp(long index, long size, long low, long high) {
        long fromStart = index < 0 ? index + size : index;
        return Math.clamp(fromStart, low, high);
    }
}
