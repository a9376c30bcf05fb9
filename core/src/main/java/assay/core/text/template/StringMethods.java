package assay.core.text.template;

import java.util.BitSet;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;

/** The methods of Python's str that templates call. Chars that are kept keep their marks. */
final class StringMethods {
    private static final Set<String> REFUSED = Set.of(
            "encode", "expandtabs", "format_map", "isidentifier", "isprintable", "istitle", "maketrans", "translate");

    private final Meter meter;
    private final Printing printing;
    private final Iteration iteration;

    StringMethods(Meter meter, Printing printing, Iteration iteration) {
        this.meter = meter;
        this.printing = printing;
        this.iteration = iteration;
    }

    /** The method of that name, bound to the string, or null if str has none. */
    @Nullable
    Value method(Str s, String name) {
        if (REFUSED.contains(name)) {
            throw Fault.unsupported("the method " + name + " of a string");
        }
        Value.Callable.Body body = body(s, name);
        if (body == null) {
            return null;
        }
        if (s.isMarkup()) {
            throw Fault.unsupported("the method " + name + " of a text marked safe");
        }
        return new Value.Callable(name, body);
    }

    private Value.Callable.@Nullable Body body(Str s, String name) {
        return switch (name) {
            case "strip" -> a -> strip(s, chars(a), true, true);
            case "lstrip" -> a -> strip(s, chars(a), true, false);
            case "rstrip" -> a -> strip(s, chars(a), false, true);
            case "upper", "lower", "capitalize", "title", "swapcase", "casefold" ->
                a -> {
                    a.byPosition(name);
                    return cased(s, name);
                };
            case "split", "rsplit" -> a -> split(s, a, name.equals("rsplit"));
            case "splitlines" -> a -> lines(s, a.bind(name, "keepends").truth("keepends"));
            case "join" -> a -> join(s, iteration.of(a.byPosition(name, "items").get("items")), true);
            case "format" -> a -> new BraceFormat(meter, printing).format(s, a);
            case "replace" ->
                a -> {
                    Arguments.Bound b = a.byPosition(name, "old", "new", "count");
                    return replace(s, b.str("old"), b.str("new"), b.integer("count", -1));
                };
            case "startswith", "endswith" -> a -> Value.Bool.of(affix(s, a, name));
            case "removeprefix" ->
                a -> removePrefix(s, a.byPosition(name, "prefix").str("prefix"));
            case "removesuffix" ->
                a -> removeSuffix(s, a.byPosition(name, "suffix").str("suffix"));
            case "find", "rfind", "index", "rindex", "count" -> a -> new Value.Int(find(s, a, name));
            case "partition", "rpartition" ->
                a -> partition(s, a.byPosition(name, "separator").str("separator"), name.equals("rpartition"));
            case "zfill" -> a -> zfill(s, a.byPosition(name, "width"));
            case "center", "ljust", "rjust" -> a -> pad(s, a.byPosition(name, "width", "fill"), name);
            case "isdigit", "isdecimal", "isnumeric" -> a -> Value.Bool.of(all(s, a, name, Characters::isAsciiDigit));
            case "isalpha" -> a -> Value.Bool.of(all(s, a, name, Characters::isAsciiLetter));
            case "isalnum" -> a -> Value.Bool.of(all(s, a, name, c -> c != '_' && Characters.isNameChar(c)));
            case "isspace" ->
                a -> {
                    a.byPosition(name);
                    meter.chars(s.chars());
                    return Value.Bool.of(s.chars() > 0 && s.text().chars().allMatch(Characters::isSpace));
                };
            case "isascii" ->
                a -> {
                    a.byPosition(name);
                    meter.chars(s.chars());
                    return Value.Bool.of(Characters.isAscii(s.text()));
                };
            case "isupper" -> a -> Value.Bool.of(isCase(s, a, true));
            case "islower" -> a -> Value.Bool.of(isCase(s, a, false));
            default -> null;
        };
    }

    private static @Nullable Str chars(Arguments arguments) {
        Arguments.Bound bound = arguments.byPosition("strip", "chars");
        return bound.get("chars", Value.None.NONE) instanceof Value.None ? null : bound.str("chars");
    }

    /** Without the white space, or the given characters, at one end or both. */
    Str strip(Str s, @Nullable Str chars, boolean start, boolean end) {
        meter.chars((long) s.chars() + (chars == null ? 0 : chars.chars()));
        BitSet set = new BitSet();
        if (chars != null) {
            chars.text().codePoints().forEach(set::set);
        }
        IntPredicate drop = chars == null ? Characters::isSpace : set::get;
        String text = s.text();
        int from = 0;
        int to = text.length();
        while (start && from < to && drop.test(text.codePointAt(from))) {
            from += Character.charCount(text.codePointAt(from));
        }
        while (end && to > from && drop.test(text.codePointBefore(to))) {
            to -= Character.charCount(text.codePointBefore(to));
        }
        meter.string(to - from);
        return s.sub(from, to);
    }

    /** upper, lower, capitalize, title, swapcase or casefold. */
    Str cased(Str s, String how) {
        meter.string(3L * s.chars());
        String text = s.text();
        return s.derived(
                switch (how) {
                    case "upper" -> Casing.upper(text);
                    case "lower" -> Casing.lower(text);
                    case "capitalize" -> Casing.capitalize(text);
                    case "casefold" -> Casing.lower(ascii(text, how));
                    case "swapcase" -> swap(ascii(text, how));
                    default -> titled(ascii(text, how));
                });
    }

    private static String ascii(String text, String method) {
        if (!Characters.isAscii(text)) {
            throw Fault.unsupported("the method " + method + " on characters beyond ASCII");
        }
        return text;
    }

    private static String swap(String text) {
        StringBuilder out = new StringBuilder(text);
        for (int i = 0; i < out.length(); i++) {
            if (Characters.isAsciiLetter(out.charAt(i))) {
                out.setCharAt(i, (char) (out.charAt(i) ^ 0x20));
            }
        }
        return out.toString();
    }

    private static String titled(String text) {
        StringBuilder out = new StringBuilder(Casing.lower(text));
        for (int i = 0; i < out.length(); i++) {
            if (i == 0 || !Characters.isAsciiLetter(out.charAt(i - 1))) {
                out.setCharAt(i, Casing.upper(out.substring(i, i + 1)).charAt(0));
            }
        }
        return out.toString();
    }

    private Value split(Str s, Arguments arguments, boolean fromRight) {
        Arguments.Bound bound = arguments.bind("split", "sep", "maxsplit");
        long limit = bound.integer("maxsplit", -1);
        if (bound.get("sep", Value.None.NONE) instanceof Value.None) {
            return Splitting.words(s, limit, fromRight, meter);
        }
        Str separator = bound.str("sep");
        if (separator.chars() == 0) {
            throw new Fault("empty separator");
        }
        return Splitting.at(s, separator.text(), limit, fromRight, meter);
    }

    /** splitlines(). */
    Value.Items lines(Str s, boolean keepEnds) {
        return Splitting.lines(s, keepEnds, meter);
    }

    /** separator.join(items); items must be strings unless they are to be converted. */
    Str join(Str separator, Iterator<Value> items, boolean strict) {
        Str.Builder out = new Str.Builder();
        boolean first = true;
        while (items.hasNext()) {
            Value item = items.next();
            if (strict && !(item instanceof Str)) {
                throw new Fault("sequence item: expected str instance, " + Value.typeName(item) + " found");
            }
            Str part = printing.str(item);
            Str between = first ? Str.EMPTY : separator;
            meter.output((long) out.chars() + part.chars() + between.chars());
            meter.string((long) part.chars() + between.chars());
            out.add(between).add(part);
            first = false;
        }
        return out.build();
    }

    /** replace(old, replacement, count); count < 0: all. */
    Str replace(Str s, Str old, Str replacement, long count) {
        Str.Builder out = new Str.Builder();
        Search.Finder finder = new Search.Finder(old.text(), meter);
        long left = count < 0 ? Long.MAX_VALUE : count;
        int from = 0;
        int at = 0;
        while (left-- > 0 && at <= s.chars()) {
            int found = finder.first(s.text(), at);
            if (found < 0) {
                break;
            }
            append(out, s.sub(from, found));
            append(out, replacement);
            from = found + old.chars();
            at = from;
            if (old.chars() == 0) {
                at = from + (from < s.chars() ? Character.charCount(s.text().codePointAt(from)) : 1);
            }
        }
        append(out, s.sub(from, s.chars()));
        return out.build();
    }

    private void append(Str.Builder out, Str part) {
        meter.output((long) out.chars() + part.chars());
        meter.string(part.chars());
        out.add(part);
    }

    private boolean affix(Str s, Arguments arguments, String name) {
        Arguments.Bound bound = arguments.byPosition(name, "affix", "start", "end");
        if (bound.has("start")) {
            throw Fault.unsupported(name + " with a start");
        }
        Value affix = bound.get("affix");
        List<Value> choices = affix instanceof Value.Tuple t ? t.items() : List.of(bound.str("affix"));
        for (Value choice : choices) {
            if (!(choice instanceof Str c)) {
                throw new Fault("tuple for " + name + " must only contain str, not " + Value.typeName(choice));
            }
            meter.chars(c.chars());
            if (name.equals("startswith")
                    ? s.text().startsWith(c.text())
                    : s.text().endsWith(c.text())) {
                return true;
            }
        }
        return false;
    }

    private Str removePrefix(Str s, Str prefix) {
        meter.string(s.chars());
        return s.text().startsWith(prefix.text()) ? s.sub(prefix.chars(), s.chars()) : s;
    }

    private Str removeSuffix(Str s, Str suffix) {
        meter.string(s.chars());
        boolean ends = suffix.chars() > 0 && s.text().endsWith(suffix.text());
        return ends ? s.sub(0, s.chars() - suffix.chars()) : s;
    }

    private long find(Str s, Arguments arguments, String name) {
        Arguments.Bound bound = arguments.byPosition(name, "sub", "start", "end");
        if (bound.has("start")) {
            throw Fault.unsupported(name + " with a start");
        }
        Str sub = bound.str("sub");
        if (name.equals("count")) {
            return Splitting.count(s, sub, meter);
        }
        int found = name.startsWith("r")
                ? Splitting.last(s.text(), sub.text(), meter)
                : Search.first(s.text(), sub.text(), 0, meter);
        if (found < 0 && name.endsWith("index")) {
            throw new Fault("substring not found");
        }
        return found < 0 ? -1 : s.text().codePointCount(0, found);
    }

    private Value partition(Str s, Str separator, boolean last) {
        if (separator.chars() == 0) {
            throw new Fault("empty separator");
        }
        int at = last
                ? Splitting.last(s.text(), separator.text(), meter)
                : Search.first(s.text(), separator.text(), 0, meter);
        meter.list(3);
        meter.string(s.chars());
        if (at < 0) {
            return new Value.Tuple(last ? List.of(Str.EMPTY, Str.EMPTY, s) : List.of(s, Str.EMPTY, Str.EMPTY));
        }
        return new Value.Tuple(List.of(s.sub(0, at), separator, s.sub(at + separator.chars(), s.chars())));
    }

    private Str zfill(Str s, Arguments.Bound bound) {
        long missing = Math.max(0, Arithmetic.integer(bound.get("width")) - s.length());
        meter.string(s.chars() + missing);
        boolean signed = s.text().startsWith("+") || s.text().startsWith("-");
        int sign = signed ? 1 : 0;
        Str zeros = Str.untrusted("0".repeat((int) missing));
        return s.sub(0, sign).plus(zeros).plus(s.sub(sign, s.chars()));
    }

    private Str pad(Str s, Arguments.Bound bound, String name) {
        long width = Arithmetic.integer(bound.get("width"));
        Str fill = bound.has("fill") ? bound.str("fill") : Str.untrusted(" ");
        if (fill.length() != 1) {
            throw new Fault("The fill character must be exactly one character long");
        }
        long missing = Math.max(0, width - s.length());
        meter.string(s.chars() + fill.chars() * missing);
        long left =
                switch (name) {
                    case "ljust" -> 0;
                    case "rjust" -> missing;
                    default -> missing / 2 + (missing & width & 1);
                };
        Str.Builder out = new Str.Builder();
        for (long i = 0; i < left; i++) {
            out.add(fill);
        }
        out.add(s);
        for (long i = left; i < missing; i++) {
            out.add(fill);
        }
        return out.build();
    }

    private boolean all(Str s, Arguments arguments, String name, IntPredicate test) {
        arguments.byPosition(name);
        meter.chars(s.chars());
        return s.chars() > 0 && ascii(s.text(), name).chars().allMatch(test);
    }

    private boolean isCase(Str s, Arguments arguments, boolean upper) {
        arguments.byPosition("islower");
        return isCase(s, upper);
    }

    /** isupper() or islower(), in ASCII. */
    boolean isCase(Str s, boolean upper) {
        meter.chars(s.chars());
        String text = ascii(s.text(), upper ? "isupper" : "islower");
        boolean letters = text.chars().anyMatch(Characters::isAsciiLetter);
        return letters && text.equals(upper ? Casing.upper(text) : Casing.lower(text));
    }
}
