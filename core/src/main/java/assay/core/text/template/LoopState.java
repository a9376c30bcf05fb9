package assay.core.text.template;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The variable loop of a for statement (jinja2's LoopContext); lazy, so that it looks ahead only when asked. */
final class LoopState implements Value {
    private final Meter meter;
    private final Comparisons comparisons;
    private Iterator<Value> items;
    private long length;
    private long index0 = -1;
    private @Nullable Value before;
    private @Nullable Value current;
    private @Nullable Value after;
    private @Nullable List<Value> lastChanged;

    /**
     * @param items what is looped over
     * @param length how many, or -1 if that is not known beforehand
     */
    LoopState(Iterator<Value> items, long length, Meter meter, Comparisons comparisons) {
        this.items = items;
        this.length = length;
        this.meter = meter;
        this.comparisons = comparisons;
    }

    /** The next item, or null at the end. */
    @Nullable
    Value advance() {
        Value next = peek();
        after = null;
        if (next != null) {
            index0++;
            before = current;
            current = next;
        }
        return next;
    }

    private @Nullable Value peek() {
        if (after == null && items.hasNext()) {
            after = items.next();
        }
        return after;
    }

    long length() {
        if (length < 0) {
            List<Value> rest = new ArrayList<>();
            while (items.hasNext()) {
                meter.list(1);
                rest.add(items.next());
            }
            items = rest.iterator();
            length = rest.size() + index0 + 1 + (after == null ? 0 : 1);
        }
        return length;
    }

    /** loop.name, or null if there is no such thing. */
    @Nullable
    Value attribute(String name) {
        return switch (name) {
            case "index" -> new Int(index0 + 1);
            case "index0" -> new Int(index0);
            case "revindex" -> new Int(length() - index0);
            case "revindex0" -> new Int(length() - index0 - 1);
            case "length" -> new Int(length());
            case "first" -> Bool.of(index0 == 0);
            case "last" -> Bool.of(peek() == null);
            case "depth" -> new Int(1);
            case "depth0" -> new Int(0);
            case "previtem" -> before == null ? new Undefined("there is no previous item") : before;
            case "nextitem" -> {
                Value next = peek();
                yield next == null ? new Undefined("there is no next item") : next;
            }
            case "cycle" -> new Callable("cycle", this::cycle);
            case "changed" -> new Callable("changed", this::changed);
            default -> null;
        };
    }

    private Value cycle(Arguments arguments) {
        List<Value> choices = arguments.positional();
        if (choices.isEmpty() || !arguments.named().isEmpty()) {
            throw new Fault("no items for cycling given");
        }
        return choices.get((int) (index0 % choices.size()));
    }

    private Value changed(Arguments arguments) {
        List<Value> last = lastChanged;
        List<Value> now = arguments.positional();
        boolean same = last != null && comparisons.equal(new Tuple(last), new Tuple(now));
        lastChanged = now;
        return Bool.of(!same);
    }
}
