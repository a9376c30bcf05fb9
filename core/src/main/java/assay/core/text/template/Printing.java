package assay.core.text.template;

import java.util.Iterator;
import org.jspecify.annotations.Nullable;

/** Python's str() and repr() of values. */
final class Printing {
    private final Meter meter;

    Printing(Meter meter) {
        this.meter = meter;
    }

    /** str(value); a string is itself, marks and all, and no other text is trusted. */
    Str str(Value value) {
        return switch (value) {
            case Str s -> s;
            case Value.Undefined u -> Str.EMPTY;
            default -> Str.untrusted(repr(value));
        };
    }

    /** repr(value). */
    String repr(Value value) {
        StringBuilder out = new StringBuilder();
        repr(value, out);
        meter.string(out.length());
        return out.toString();
    }

    private void repr(Value value, StringBuilder out) {
        meter.enter();
        switch (value) {
            case Str s -> quoted(s, out);
            case Value.Undefined u -> out.append("Undefined");
            case Value.None n -> out.append("None");
            case Value.Bool b -> out.append(b.value() ? "True" : "False");
            case Value.Int i -> out.append(i.value());
            case Value.Big b -> out.append(b.digits());
            case Value.Real r -> out.append(Numbers.repr(r.value()));
            case Value.Items l -> sequence("[", l.items().iterator(), "]", out);
            case Value.Tuple t -> sequence("(", t.items().iterator(), t.items().size() == 1 ? ",)" : ")", out);
            case Value.Dict d -> members(d, out);
            case Value.Range r -> {
                out.append("range(").append(r.start()).append(", ").append(r.stop());
                out.append(r.step() == 1 ? "" : ", " + r.step()).append(')');
            }
            case Value.View v -> sequence(Value.typeName(v) + "([", v.iterator(), "])", out);
            case Value.Namespace n -> {
                out.append("<Namespace {");
                String comma = "";
                for (var attribute : n.attributes.entrySet()) {
                    out.append(comma);
                    quoted(Str.untrusted(attribute.getKey()), out);
                    repr(attribute.getValue(), out.append(": "));
                    comma = ", ";
                }
                out.append("}>");
            }
            case Value.Stream s -> throw Fault.unsupported("printing a generator (did you forget |list?)");
            case LoopState l -> throw Fault.unsupported("printing a loop");
            case Value.Callable c -> throw Fault.unsupported("printing a function");
        }
        meter.output(out.length());
        meter.leave();
    }

    private void sequence(String open, Iterator<Value> items, String close, StringBuilder out) {
        out.append(open);
        String comma = "";
        while (items.hasNext()) {
            repr(items.next(), out.append(comma));
            comma = ", ";
        }
        out.append(close);
    }

    private void members(Value.Dict dict, StringBuilder out) {
        out.append('{');
        String comma = "";
        for (Value.Member member : dict.members().values()) {
            repr(member.key(), out.append(comma));
            repr(member.value(), out.append(": "));
            comma = ", ";
        }
        out.append('}');
    }

    private void quoted(Str s, StringBuilder out) {
        meter.chars(s.chars());
        out.append(s.isMarkup() ? "Markup(" : "");
        quoted(s.text(), out, meter);
        out.append(s.isMarkup() ? ")" : "");
    }

    /** repr of a short string, for a message. */
    static String quoted(String s) {
        StringBuilder out = new StringBuilder();
        quoted(s.length() > 200 ? s.substring(0, s.offsetByCodePoints(0, 100)) + "..." : s, out, null);
        return out.toString();
    }

    private static void quoted(String s, StringBuilder out, @Nullable Meter meter) {
        char quote = s.indexOf('\'') >= 0 && s.indexOf('"') < 0 ? '"' : '\'';
        out.append(quote);
        for (int i = 0; i < s.length(); ) {
            int c = s.codePointAt(i);
            i += Character.charCount(c);
            if (c == quote || c == '\\') {
                out.append('\\').append((char) c);
            } else if (Casing.isPrintable(c)) {
                out.appendCodePoint(c);
            } else {
                out.append(escape(c));
            }
            if (meter != null && (i & 1023) == 0) {
                meter.output(out.length());
            }
        }
        out.append(quote);
    }

    /** \t, \n, \r, \xhh, \\uhhhh or \Uhhhhhhhh. */
    static String escape(int c) {
        return switch (c) {
            case '\t' -> "\\t";
            case '\n' -> "\\n";
            case '\r' -> "\\r";
            default -> c < 0x100 ? "\\x" + hex(c, 2) : c < 0x10000 ? "\\u" + hex(c, 4) : "\\U" + hex(c, 8);
        };
    }

    private static String hex(int c, int digits) {
        String hex = Integer.toHexString(c);
        return "0".repeat(digits - hex.length()) + hex;
    }
}
