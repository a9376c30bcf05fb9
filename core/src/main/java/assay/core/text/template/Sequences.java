package assay.core.text.template;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.SequencedMap;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The filters of sequences and mappings. Those that are generators in jinja2 are lazy here. */
final class Sequences {
    static final Set<String> NAMES = Set.of(
            "batch",
            "count",
            "dictsort",
            "first",
            "items",
            "last",
            "length",
            "list",
            "map",
            "max",
            "min",
            "reject",
            "rejectattr",
            "reverse",
            "select",
            "selectattr",
            "slice",
            "sort",
            "sum",
            "unique");

    /** Those without arguments. */
    private static final Set<String> PLAIN = Set.of("length", "count", "first", "last", "list", "reverse", "items");

    private final Runtime runtime;
    private final Meter meter;
    private final Predicates predicates;
    private final Filters filters;

    Sequences(Runtime runtime, Predicates predicates, Filters filters) {
        this.runtime = runtime;
        this.meter = runtime.meter();
        this.predicates = predicates;
        this.filters = filters;
    }

    Value apply(String name, Value value, Arguments arguments) {
        if (PLAIN.contains(name)) {
            arguments.bind(name);
        }
        return switch (name) {
            case "length", "count" -> length(value);
            case "first" -> first(value);
            case "last" -> last(value);
            case "list" -> new Value.Items(runtime.iteration().all(value));
            case "reverse" -> reverse(value);
            case "items" -> items(value);
            case "map" -> map(value, arguments);
            case "select", "reject", "selectattr", "rejectattr" -> select(name, value, arguments);
            case "unique" -> unique(value, arguments.bind(name, "case_sensitive", "attribute"));
            case "sort" -> sort(value, arguments.bind(name, "reverse", "case_sensitive", "attribute"));
            case "dictsort" -> dictsort(value, arguments.bind(name, "case_sensitive", "by", "reverse"));
            case "min", "max" -> extreme(name, value, arguments.bind(name, "case_sensitive", "attribute"));
            case "sum" -> sum(value, arguments.bind(name, "attribute", "start"));
            case "batch" -> batch(value, arguments.bind(name, "linecount", "fill_with"));
            default -> slices(value, arguments.bind(name, "slices", "fill_with"));
        };
    }

    private Value length(Value value) {
        long length = runtime.iteration().length(value);
        if (length < 0) {
            throw new Fault("object of type '" + Value.typeName(value) + "' has no len()");
        }
        return new Value.Int(length);
    }

    private Value first(Value value) {
        Iterator<Value> items = runtime.iteration().of(value);
        return items.hasNext() ? items.next() : new Value.Undefined("No first item, sequence was empty.");
    }

    private Value last(Value value) {
        if (value instanceof Value.Stream) {
            throw new Fault("'generator' object is not reversible");
        }
        List<Value> all = runtime.iteration().all(value);
        return all.isEmpty() ? new Value.Undefined("No last item, sequence was empty.") : all.getLast();
    }

    private Value reverse(Value value) {
        if (value instanceof Str) {
            return runtime.members().slice(value, Value.None.NONE, Value.None.NONE, new Value.Int(-1));
        }
        List<Value> all = runtime.iteration().all(value);
        Collections.reverse(all);
        return value instanceof Value.Stream ? new Value.Items(all) : new Value.Stream(all.iterator());
    }

    private Value items(Value value) {
        return stream(() -> switch (value) {
            case Value.Undefined u -> List.<Value>of().iterator();
            case Value.Dict d -> new Value.View(d, Value.View.Kind.ITEMS).iterator();
            default -> throw new Fault("Can only get item pairs from a mapping.");
        });
    }

    private Value map(Value value, Arguments arguments) {
        return stream(() -> {
            if (!Comparisons.truth(value)) {
                return List.<Value>of().iterator();
            }
            return mapped(runtime.iteration().of(value), mapping(arguments));
        });
    }

    private Function<Value, Value> mapping(Arguments arguments) {
        if (arguments.positional().isEmpty() && arguments.named().containsKey("attribute")) {
            Arguments.Bound bound = arguments.bind("map", "attribute", "default");
            return Getter.of(bound.get("attribute"), bound.orNull("default"), runtime.members())::get;
        }
        if (arguments.positional().isEmpty()) {
            throw new Fault("map requires a filter argument");
        }
        String filter = text(arguments.positional().getFirst());
        Arguments rest = rest(arguments, 1);
        return item -> filters.apply(filter, item, rest);
    }

    private static String text(Value value) {
        if (value instanceof Str s) {
            return s.text();
        }
        throw new Fault("expected the name of a filter or test, got " + Value.typeName(value));
    }

    private static Arguments rest(Arguments arguments, int from) {
        List<Value> all = arguments.positional();
        return new Arguments(all.subList(Math.min(from, all.size()), all.size()), arguments.named());
    }

    private Value select(String name, Value value, Arguments arguments) {
        boolean keep = name.startsWith("select");
        boolean byAttribute = name.endsWith("attr");
        return stream(() -> {
            if (!Comparisons.truth(value)) {
                return List.<Value>of().iterator();
            }
            Predicate<Value> test = test(byAttribute, arguments);
            return kept(runtime.iteration().of(value), item -> test.test(item) == keep, meter);
        });
    }

    private Predicate<Value> test(boolean byAttribute, Arguments arguments) {
        List<Value> all = arguments.positional();
        if (byAttribute && all.isEmpty()) {
            throw new Fault("Missing parameter for attribute name");
        }
        Value attribute = byAttribute ? all.getFirst() : Value.None.NONE;
        Getter getter = Getter.of(attribute, null, runtime.members());
        int named = byAttribute ? 1 : 0;
        if (all.size() <= named) {
            return item -> Comparisons.truth(getter.get(item));
        }
        String test = text(all.get(named));
        Arguments rest = rest(arguments, named + 1);
        return item -> predicates.test(test, getter.get(item), rest);
    }

    /** An attribute, in lower case unless case matters. */
    private Function<Value, Value> keyOf(Value attribute, boolean caseSensitive) {
        Getter getter = Getter.of(attribute, null, runtime.members());
        return item -> {
            Value value = getter.get(item);
            return !caseSensitive && value instanceof Str s ? runtime.strings().cased(s, "lower") : value;
        };
    }

    private Value unique(Value value, Arguments.Bound bound) {
        Function<Value, Value> key = keyOf(bound.get("attribute", Value.None.NONE), bound.truth("case_sensitive"));
        return stream(() -> {
            Map<Object, Boolean> seen = new LinkedHashMap<>();
            return kept(
                    runtime.iteration().of(value),
                    item -> {
                        meter.memory(Meter.MEMBER_BYTES);
                        return seen.put(Value.Keys.of(key.apply(item), meter), true) == null;
                    },
                    meter);
        });
    }

    private record Keyed(Value key, Value value) {}

    private List<Value> sorted(List<Value> items, Function<Value, Value> key, boolean reverse) {
        List<Keyed> keyed = new ArrayList<>();
        for (Value item : items) {
            meter.memory(Meter.MEMBER_BYTES);
            keyed.add(new Keyed(key.apply(item), item));
        }
        Comparator<Keyed> order = (a, b) -> runtime.comparisons().order(a.key(), b.key());
        keyed.sort(reverse ? order.reversed() : order);
        List<Value> result = new ArrayList<>(items.size());
        keyed.forEach(k -> result.add(k.value()));
        return result;
    }

    private Value sort(Value value, Arguments.Bound bound) {
        List<Value> items = runtime.iteration().all(value);
        Value attribute = bound.get("attribute", Value.None.NONE);
        boolean caseSensitive = bound.truth("case_sensitive");
        List<Function<Value, Value>> keys = new ArrayList<>();
        if (attribute instanceof Str several) {
            String[] names = Getter.checked(several).split(",", -1);
            for (String name : names) {
                keys.add(keyOf(Str.untrusted(name), caseSensitive));
            }
        } else {
            keys.add(keyOf(attribute, caseSensitive));
        }
        Function<Value, Value> key = item -> {
            List<Value> parts = new ArrayList<>();
            keys.forEach(k -> parts.add(k.apply(item)));
            return new Value.Items(parts);
        };
        return new Value.Items(sorted(items, key, bound.truth("reverse")));
    }

    private Value dictsort(Value value, Arguments.Bound bound) {
        if (!(value instanceof Value.Dict dict)) {
            throw new Fault("dictsort needs a mapping, not " + Value.typeName(value));
        }
        String by = bound.has("by") ? bound.str("by").text() : "key";
        if (!by.equals("key") && !by.equals("value")) {
            throw new Fault("You can only sort by either \"key\" or \"value\"");
        }
        Value position = new Value.Int(by.equals("key") ? 0 : 1);
        List<Value> members = runtime.iteration().all(new Value.View(dict, Value.View.Kind.ITEMS));
        return new Value.Items(sorted(members, keyOf(position, bound.truth("case_sensitive")), bound.truth("reverse")));
    }

    private Value extreme(String name, Value value, Arguments.Bound bound) {
        Function<Value, Value> key = keyOf(bound.get("attribute", Value.None.NONE), bound.truth("case_sensitive"));
        Value best = null;
        Value bestKey = Value.None.NONE;
        for (Iterator<Value> items = runtime.iteration().of(value); items.hasNext(); ) {
            Value item = items.next();
            Value itemKey = key.apply(item);
            boolean better = best == null;
            if (best != null) {
                int order = runtime.comparisons().order(itemKey, bestKey);
                better = name.equals("max") ? order > 0 : order < 0;
            }
            best = better ? item : best;
            bestKey = better ? itemKey : bestKey;
        }
        return best == null ? new Value.Undefined("No aggregated item, sequence was empty.") : best;
    }

    private Value sum(Value value, Arguments.Bound bound) {
        Getter getter = Getter.of(bound.get("attribute", Value.None.NONE), null, runtime.members());
        Value total = bound.get("start", new Value.Int(0));
        if (total instanceof Str) {
            throw new Fault("sum() can't sum strings");
        }
        for (Iterator<Value> items = runtime.iteration().of(value); items.hasNext(); ) {
            meter.step();
            Value item = getter.get(items.next());
            if (item instanceof Value.Real || total instanceof Value.Real) {
                throw Fault.unsupported("a sum of floats (Python's depends on its version)");
            }
            total = runtime.arithmetic().apply("+", total, item);
        }
        return total;
    }

    private Value batch(Value value, Arguments.Bound bound) {
        long size = Arithmetic.integer(bound.get("linecount"));
        Value fill = bound.get("fill_with", Value.None.NONE);
        return stream(() -> {
            List<Value> batches = new ArrayList<>();
            List<Value> batch = new ArrayList<>();
            for (Value item : runtime.iteration().all(value)) {
                if (batch.size() == size) {
                    batches.add(meter.listOf(batch));
                    batch = new ArrayList<>();
                }
                batch.add(item);
            }
            if (!batch.isEmpty()) {
                fill(batch, fill, size - batch.size());
                batches.add(meter.listOf(batch));
            }
            return batches.iterator();
        });
    }

    private void fill(List<Value> list, Value fill, long count) {
        if (!(fill instanceof Value.None) && count > 0) {
            meter.list(count);
            list.addAll(Collections.nCopies((int) count, fill));
        }
    }

    private Value slices(Value value, Arguments.Bound bound) {
        long slices = Arithmetic.integer(bound.get("slices"));
        Value fill = bound.get("fill_with", Value.None.NONE);
        return stream(() -> {
            List<Value> all = runtime.iteration().all(value);
            if (slices == 0) {
                throw new Fault("integer division or modulo by zero");
            }
            meter.list(Math.max(0, slices));
            List<Value> result = new ArrayList<>();
            int from = 0;
            for (long i = 0; i < slices; i++) {
                boolean extra = i < all.size() % slices;
                int to = (int) (from + all.size() / slices + (extra ? 1 : 0));
                List<Value> slice = new ArrayList<>(all.subList(from, to));
                fill(slice, fill, extra ? 0 : 1);
                result.add(meter.listOf(slice));
                from = to;
            }
            return result.iterator();
        });
    }

    /** A generator: nothing happens before the first item is asked for. */
    Value stream(Supplier<Iterator<Value>> source) {
        return new Value.Stream(new Iterator<>() {
            private @Nullable Iterator<Value> items;

            private Iterator<Value> items() {
                Iterator<Value> known = items;
                if (known == null) {
                    known = source.get();
                    items = known;
                }
                return known;
            }

            @Override
            public boolean hasNext() {
                meter.enter();
                boolean result = items().hasNext();
                meter.leave();
                return result;
            }

            @Override
            public Value next() {
                meter.enter();
                Value result = items().next();
                meter.leave();
                return result;
            }
        });
    }

    static Iterator<Value> mapped(Iterator<Value> items, Function<Value, Value> mapping) {
        return new Iterator<>() {
            @Override
            public boolean hasNext() {
                return items.hasNext();
            }

            @Override
            public Value next() {
                return mapping.apply(items.next());
            }
        };
    }

    static Iterator<Value> kept(Iterator<Value> items, Predicate<Value> test, Meter meter) {
        return new Iterator<>() {
            private @Nullable Value next;

            @Override
            public boolean hasNext() {
                while (next == null && items.hasNext()) {
                    meter.step();
                    Value item = items.next();
                    next = test.test(item) ? item : null;
                }
                return next != null;
            }

            @Override
            public Value next() {
                if (!hasNext()) {
                    throw new NoSuchElementException();
                }
                Value value = next;
                next = null;
                if (value == null) {
                    throw new NoSuchElementException();
                }
                return value;
            }
        };
    }

    /** A mapping with these names as keys. */
    static Value.Dict dict(Map<String, Value> named, Meter meter) {
        meter.memory(Meter.VALUE_BYTES + (long) Meter.MEMBER_BYTES * named.size());
        SequencedMap<Object, Value.Member> members = new LinkedHashMap<>();
        named.forEach((name, value) -> members.put(name, new Value.Member(Str.untrusted(name), value)));
        return new Value.Dict(members);
    }
}
