package assay.core.text.template;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;

/** Python's iter() and list(); every item costs a step. */
final class Iteration {
    private final Meter meter;

    Iteration(Meter meter) {
        this.meter = meter;
    }

    /** The items of a value, lazily. */
    Iterator<Value> of(Value value) {
        return switch (value) {
            case Value.Items l -> l.items().iterator();
            case Value.Tuple t -> t.items().iterator();
            case Value.Dict d -> new Value.View(d, Value.View.Kind.KEYS).iterator();
            case Value.View v -> v.iterator();
            case Value.Stream s -> s.source();
            case Value.Range r -> range(r);
            case Str s -> characters(s);
            case Value.Undefined u -> List.<Value>of().iterator();
            case LoopState l -> throw Fault.unsupported("looping over a loop");
            default -> throw new Fault("'" + Value.typeName(value) + "' object is not iterable");
        };
    }

    /** Number of items if Python's len() knows it, else -1. */
    long length(Value value) {
        return switch (value) {
            case Str s -> {
                meter.chars(s.chars());
                yield s.length();
            }
            case Value.Items l -> l.items().size();
            case Value.Tuple t -> t.items().size();
            case Value.Dict d -> d.members().size();
            case Value.View v -> v.dict().members().size();
            case Value.Range r -> r.size();
            case Value.Undefined u -> 0;
            case LoopState l -> l.length();
            default -> -1;
        };
    }

    /** All items; the list is the caller's. */
    List<Value> all(Value value) {
        Iterator<Value> items = of(value);
        List<Value> all = new ArrayList<>();
        meter.list(0);
        while (items.hasNext()) {
            meter.step();
            meter.memory(Meter.ITEM_BYTES);
            all.add(items.next());
        }
        return all;
    }

    private static Iterator<Value> range(Value.Range range) {
        return new Iterator<>() {
            private long next;

            @Override
            public boolean hasNext() {
                return next < range.size();
            }

            @Override
            public Value next() {
                if (!hasNext()) {
                    throw new NoSuchElementException();
                }
                return range.at(next++);
            }
        };
    }

    private Iterator<Value> characters(Str s) {
        return new Iterator<>() {
            private int at;

            @Override
            public boolean hasNext() {
                return at < s.chars();
            }

            @Override
            public Value next() {
                if (!hasNext()) {
                    throw new NoSuchElementException();
                }
                int end = at + Character.charCount(s.text().codePointAt(at));
                Str one = s.sub(at, end).asMarkup(false);
                meter.memory(Meter.VALUE_BYTES);
                at = end;
                return one;
            }
        };
    }
}
