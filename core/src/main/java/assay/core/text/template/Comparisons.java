package assay.core.text.template;

import java.math.BigDecimal;
import java.util.Iterator;
import java.util.List;

/** Truth, equality, order and membership of values, as Python has them. */
final class Comparisons {
    private final Meter meter;

    Comparisons(Meter meter) {
        this.meter = meter;
    }

    /** bool(value). */
    static boolean truth(Value value) {
        return switch (value) {
            case Str s -> s.chars() > 0;
            case Value.Undefined u -> false;
            case Value.None n -> false;
            case Value.Bool b -> b.value();
            case Value.Int i -> i.value() != 0;
            case Value.Big b -> true;
            case Value.Real r -> r.value() != 0;
            case Value.Items l -> !l.items().isEmpty();
            case Value.Tuple t -> !t.items().isEmpty();
            case Value.Dict d -> !d.members().isEmpty();
            case Value.Range r -> r.size() > 0;
            case Value.View v -> !v.dict().members().isEmpty();
            case LoopState l -> l.length() > 0;
            case Value.Stream s -> true;
            case Value.Namespace n -> true;
            case Value.Callable c -> true;
        };
    }

    /** left == right. */
    boolean equal(Value left, Value right) {
        meter.enter();
        boolean result = equalInside(left, right);
        meter.leave();
        return result;
    }

    private boolean equalInside(Value left, Value right) {
        if (isNumber(left) && isNumber(right)) {
            return compareNumbers(left, right) == 0;
        }
        return switch (left) {
            case Str s -> right instanceof Str t && equalText(s, t);
            case Value.Undefined u -> right instanceof Value.Undefined;
            case Value.None n -> right instanceof Value.None;
            case Value.Items l -> right instanceof Value.Items m && equalItems(l.items(), m.items());
            case Value.Tuple t -> right instanceof Value.Tuple u && equalItems(t.items(), u.items());
            case Value.Dict d -> right instanceof Value.Dict e && equalMembers(d, e);
            case Value.Range r -> right instanceof Value.Range q && equalRanges(r, q);
            case Value.View v -> identity(left, right, right instanceof Value.View);
            case Value.Bool b -> false;
            case Value.Int i -> false;
            case Value.Big b -> false;
            case Value.Real r -> false;
            case Value.Stream s -> identity(left, right, right instanceof Value.Stream);
            case Value.Namespace n -> identity(left, right, right instanceof Value.Namespace);
            case LoopState l -> identity(left, right, right instanceof LoopState);
            case Value.Callable c -> identity(left, right, right instanceof Value.Callable);
        };
    }

    private static boolean identity(Value left, Value right, boolean sameType) {
        if (sameType) {
            throw Fault.unsupported("comparing a " + Value.typeName(left) + " with a " + Value.typeName(right));
        }
        return false;
    }

    private boolean equalText(Str left, Str right) {
        meter.chars(Math.min(left.chars(), right.chars()));
        return left.text().equals(right.text());
    }

    private boolean equalItems(List<Value> left, List<Value> right) {
        if (left.size() != right.size()) {
            return false;
        }
        for (int i = 0; i < left.size(); i++) {
            if (!equal(left.get(i), right.get(i))) {
                return false;
            }
        }
        return true;
    }

    private boolean equalMembers(Value.Dict left, Value.Dict right) {
        if (left.members().size() != right.members().size()) {
            return false;
        }
        for (var entry : left.members().entrySet()) {
            Value.Member other = right.members().get(entry.getKey());
            if (other == null || !equal(entry.getValue().value(), other.value())) {
                return false;
            }
        }
        return true;
    }

    private static boolean equalRanges(Value.Range left, Value.Range right) {
        long size = left.size();
        return size == right.size()
                && (size == 0 || left.start() == right.start())
                && (size < 2 || left.step() == right.step());
    }

    static boolean isNumber(Value value) {
        return value instanceof Value.Int
                || value instanceof Value.Bool
                || value instanceof Value.Real
                || value instanceof Value.Big;
    }

    /** Order of two numbers, exactly; nan is not comparable and refused. */
    private int compareNumbers(Value left, Value right) {
        double l = left instanceof Value.Real r ? r.value() : 0;
        double r = right instanceof Value.Real q ? q.value() : 0;
        if (Double.isNaN(l) || Double.isNaN(r)) {
            throw Fault.unsupported("comparing nan");
        }
        if (Double.isInfinite(l) || Double.isInfinite(r)) {
            return l < r ? -1 : l > r ? 1 : 0;
        }
        boolean longs = isLong(left) && isLong(right);
        return longs
                ? Long.compare(Arithmetic.integer(left), Arithmetic.integer(right))
                : decimal(left).compareTo(decimal(right));
    }

    private static boolean isLong(Value value) {
        return value instanceof Value.Int || value instanceof Value.Bool;
    }

    private BigDecimal decimal(Value value) {
        return switch (value) {
            case Value.Real r -> new BigDecimal(r.value());
            case Value.Big b -> {
                meter.steps(b.digits().length() / 8);
                yield new BigDecimal(b.digits());
            }
            default -> BigDecimal.valueOf(Arithmetic.integer(value));
        };
    }

    /** Sign of left - right; a fault where Python has no order. */
    int order(Value left, Value right) {
        meter.enter();
        int result = orderInside(left, right);
        meter.leave();
        return result;
    }

    private int orderInside(Value left, Value right) {
        if (isNumber(left) && isNumber(right)) {
            return compareNumbers(left, right);
        }
        if (left instanceof Str l && right instanceof Str r) {
            meter.chars(Math.min(l.chars(), r.chars()));
            return compareText(l.text(), r.text());
        }
        if (left instanceof Value.Items l && right instanceof Value.Items r) {
            return orderItems(l.items(), r.items());
        }
        if (left instanceof Value.Tuple l && right instanceof Value.Tuple r) {
            return orderItems(l.items(), r.items());
        }
        if (left instanceof Value.Undefined u) {
            throw new Fault(u.message());
        }
        if (right instanceof Value.Undefined u) {
            throw new Fault(u.message());
        }
        throw new Fault("'<' not supported between instances of '" + Value.typeName(left) + "' and '"
                + Value.typeName(right) + "'");
    }

    private int orderItems(List<Value> left, List<Value> right) {
        int common = Math.min(left.size(), right.size());
        for (int i = 0; i < common; i++) {
            if (!equal(left.get(i), right.get(i))) {
                return order(left.get(i), right.get(i));
            }
        }
        return Integer.compare(left.size(), right.size());
    }

    /** Order of code points, which is not that of UTF-16 chars. */
    static int compareText(String left, String right) {
        int common = Math.min(left.length(), right.length());
        for (int i = 0; i < common; i++) {
            char l = left.charAt(i);
            char r = right.charAt(i);
            if (l != r) {
                boolean high = Character.isSurrogate(l) != Character.isSurrogate(r);
                return high ? (Character.isSurrogate(l) ? 1 : -1) : Character.compare(l, r);
            }
        }
        return Integer.compare(left.length(), right.length());
    }

    /** needle in haystack. */
    boolean contains(Value haystack, Value needle) {
        return switch (haystack) {
            case Str s -> {
                if (!(needle instanceof Str n)) {
                    throw new Fault("'in <string>' requires string as left operand, not " + Value.typeName(needle));
                }
                yield Search.first(s.text(), n.text(), 0, meter) >= 0;
            }
            case Value.Dict d -> d.members().containsKey(Value.Keys.of(needle, meter));
            case Value.View v
            when v.kind() == Value.View.Kind.KEYS -> v.dict().members().containsKey(Value.Keys.of(needle, meter));
            case Value.Items l -> anyEqual(l.items().iterator(), needle);
            case Value.Tuple t -> anyEqual(t.items().iterator(), needle);
            case Value.View v -> anyEqual(v.iterator(), needle);
            case Value.Stream s -> anyEqual(s.source(), needle);
            case Value.Range r -> isNumber(needle) && inRange(r, needle);
            case Value.Undefined u -> false;
            default -> throw new Fault("argument of type '" + Value.typeName(haystack) + "' is not iterable");
        };
    }

    private static boolean inRange(Value.Range range, Value needle) {
        if (needle instanceof Value.Real) {
            throw Fault.unsupported("looking for a float in a range");
        }
        if (needle instanceof Value.Big || range.size() == 0) {
            return false;
        }
        long n = Arithmetic.integer(needle);
        long last = range.start() + (range.size() - 1) * range.step();
        return n >= Math.min(range.start(), last)
                && n <= Math.max(range.start(), last)
                && (n - range.start()) % range.step() == 0;
    }

    private boolean anyEqual(Iterator<Value> items, Value needle) {
        while (items.hasNext()) {
            if (equal(items.next(), needle)) {
                return true;
            }
        }
        return false;
    }
}
