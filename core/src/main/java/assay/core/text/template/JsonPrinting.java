package assay.core.text.template;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The tojson filter as transformers defines it: Python's json.dumps with ensure_ascii off unless asked
 * for, no HTML escapes, and arguments indent, separators and sort_keys.
 */
final class JsonPrinting {
    /**
     * Arguments of the filter.
     *
     * @param indent text of one level, or null for one line
     */
    record Style(boolean ascii, @Nullable String indent, String itemSeparator, String keySeparator, boolean sortKeys) {}

    private final Meter meter;
    private final Comparisons comparisons;
    private final Style style;
    private final StringBuilder out = new StringBuilder();

    private JsonPrinting(Meter meter, Comparisons comparisons, Style style) {
        this.meter = meter;
        this.comparisons = comparisons;
        this.style = style;
    }

    /** JSON text; trusted only if it was made from one text that is. */
    static Str print(Value value, Style style, Meter meter, Comparisons comparisons) {
        JsonPrinting printing = new JsonPrinting(meter, comparisons, style);
        printing.value(value, 0);
        meter.string(printing.out.length());
        String text = printing.out.toString();
        return value instanceof Str s ? s.asMarkup(false).derived(text) : Str.untrusted(text);
    }

    private void value(Value value, int level) {
        meter.enter();
        switch (value) {
            case Str s -> {
                string(s.text());
            }
            case Value.None n -> word("null");
            case Value.Bool b -> word(b.value() ? "true" : "false");
            case Value.Int i -> word(Long.toString(i.value()));
            case Value.Big b -> word(b.digits());
            case Value.Real r -> word(real(r.value()));
            case Value.Items l -> array(l.items(), level);
            case Value.Tuple t -> array(t.items(), level);
            case Value.Dict d -> object(d, level);
            default -> throw new Fault("Object of type " + Value.typeName(value) + " is not JSON serializable");
        }
        meter.output(out.length());
        meter.leave();
    }

    private void word(String text) {
        out.append(text);
    }

    private static String real(double value) {
        return Double.isNaN(value)
                ? "NaN"
                : Double.isInfinite(value) ? (value > 0 ? "Infinity" : "-Infinity") : Numbers.repr(value);
    }

    private void array(List<Value> items, int level) {
        if (items.isEmpty()) {
            out.append("[]");
            return;
        }
        out.append('[');
        boolean first = true;
        for (Value item : items) {
            between(first, level + 1);
            value(item, level + 1);
            first = false;
        }
        end(level);
        out.append(']');
    }

    private void object(Value.Dict dict, int level) {
        if (dict.members().isEmpty()) {
            out.append("{}");
            return;
        }
        out.append('{');
        boolean first = true;
        for (Iterator<Value.Member> i = members(dict); i.hasNext(); first = false) {
            Value.Member member = i.next();
            between(first, level + 1);
            key(member.key());
            out.append(style.keySeparator());
            value(member.value(), level + 1);
        }
        end(level);
        out.append('}');
    }

    private Iterator<Value.Member> members(Value.Dict dict) {
        if (!style.sortKeys()) {
            return dict.members().values().iterator();
        }
        List<Value.Member> sorted = new ArrayList<>(dict.members().values());
        meter.list(sorted.size());
        sorted.sort(Comparator.comparing(Value.Member::key, comparisons::order));
        return sorted.iterator();
    }

    private void key(Value key) {
        switch (key) {
            case Str s -> {
                string(s.text());
            }
            case Value.None n -> string("null");
            case Value.Bool b -> string(b.value() ? "true" : "false");
            case Value.Int i -> string(Long.toString(i.value()));
            case Value.Big b -> string(b.digits());
            case Value.Real r -> string(real(r.value()));
            default -> throw new Fault("keys must be str, int, float, bool or None, not " + Value.typeName(key));
        }
    }

    private void between(boolean first, int level) {
        if (!first) {
            out.append(style.itemSeparator());
        }
        line(level);
    }

    private void end(int level) {
        line(level);
    }

    private void line(int level) {
        String indent = style.indent();
        if (indent != null) {
            meter.output(out.length() + (long) level * indent.length());
            meter.chars((long) level * indent.length());
            out.append('\n').append(indent.repeat(level));
        }
    }

    private void string(String s) {
        meter.chars(s.length());
        out.append('"');
        for (int i = 0; i < s.length(); i++) {
            char c = s.charAt(i);
            if ((i & 1023) == 0) {
                meter.output(out.length());
            }
            switch (c) {
                case '"' -> out.append("\\\"");
                case '\\' -> out.append("\\\\");
                case '\n' -> out.append("\\n");
                case '\r' -> out.append("\\r");
                case '\t' -> out.append("\\t");
                case '\f' -> out.append("\\f");
                case '\b' -> out.append("\\b");
                default -> {
                    if (c < 0x20 || (style.ascii() && c >= 0x7F)) {
                        unicode(c);
                    } else {
                        out.append(c);
                    }
                }
            }
        }
        out.append('"');
    }

    private void unicode(char c) {
        String hex = Integer.toHexString(c);
        out.append("\\u").append("0".repeat(4 - hex.length())).append(hex);
    }
}
