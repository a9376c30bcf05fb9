package assay.core.text.template;

import java.util.List;
import java.util.Set;

/** The filters of {@code value|name(arguments)}: those of texts and numbers; {@link Sequences} has the others. */
final class Filters {
    private static final Set<String> TEXT = Set.of(
            "abs",
            "attr",
            "capitalize",
            "center",
            "d",
            "default",
            "e",
            "escape",
            "float",
            "format",
            "indent",
            "int",
            "join",
            "lower",
            "replace",
            "round",
            "safe",
            "string",
            "title",
            "tojson",
            "trim",
            "upper");
    private static final Set<String> REFUSED = Set.of(
            "filesizeformat",
            "forceescape",
            "groupby",
            "pprint",
            "random",
            "striptags",
            "truncate",
            "urlencode",
            "urlize",
            "wordcount",
            "wordwrap",
            "xmlattr");

    private final Runtime runtime;
    private final Meter meter;
    private final Sequences sequences;

    Filters(Runtime runtime, Predicates predicates) {
        this.runtime = runtime;
        this.meter = runtime.meter();
        this.sequences = new Sequences(runtime, predicates, this);
    }

    /** Whether jinja2 has a filter of that name. */
    static boolean isKnown(String name) {
        return TEXT.contains(name) || Sequences.NAMES.contains(name) || REFUSED.contains(name);
    }

    /** Whether this interpreter has it; a fault if only jinja2 has. */
    static boolean isSupported(String name) {
        if (REFUSED.contains(name)) {
            throw Fault.unsupported("the filter " + name);
        }
        return isKnown(name);
    }

    Value apply(String name, Value value, Arguments arguments) {
        meter.step();
        if (!isSupported(name)) {
            throw new Fault("No filter named '" + name + "' found.");
        }
        return Sequences.NAMES.contains(name) ? sequences.apply(name, value, arguments) : text(name, value, arguments);
    }

    private Value text(String name, Value value, Arguments arguments) {
        return switch (name) {
            case "upper", "lower", "capitalize" -> {
                arguments.bind(name);
                yield runtime.strings().cased(str(value), name);
            }
            case "title" -> {
                arguments.bind(name);
                yield title(str(value));
            }
            case "trim" -> {
                Value chars = arguments.bind(name, "chars").get("chars", Value.None.NONE);
                Str set = chars instanceof Value.None ? null : asStr(chars, "the characters to trim");
                yield runtime.strings().strip(str(value), set, true, true);
            }
            case "string" -> {
                arguments.bind(name);
                yield str(value);
            }
            case "safe" -> {
                arguments.bind(name);
                yield str(value).asMarkup(true);
            }
            case "e", "escape" -> {
                arguments.bind(name);
                yield Html.escape(str(value), meter);
            }
            case "replace" -> replace(str(value), arguments.bind(name, "old", "new", "count"));
            case "join" -> join(value, arguments.bind(name, "d", "attribute"));
            case "indent" -> indent(value, arguments.bind(name, "width", "first", "blank"));
            case "center" -> center(str(value), arguments.bind(name, "width"));
            case "format" -> format(str(value), arguments);
            case "tojson" -> tojson(value, arguments);
            case "d", "default" -> fallback(value, arguments.bind(name, "default_value", "boolean"));
            case "attr" ->
                attribute(value, arguments.bind(name, "name").str("name").text());
            default -> number(name, value, arguments);
        };
    }

    private Str str(Value value) {
        return runtime.printing().str(value);
    }

    private static Str asStr(Value value, String what) {
        if (value instanceof Str s) {
            return s;
        }
        throw new Fault(what + " must be str, not " + Value.typeName(value));
    }

    /** Upper case after each run of {@code - ( { [ <} or white space, lower case elsewhere. */
    private Str title(Str s) {
        meter.string(3L * s.chars());
        String text = s.text();
        StringBuilder out = new StringBuilder();
        int from = 0;
        boolean separators = false;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            boolean separator = Characters.isSpace(c) || "-({[<".indexOf(c) >= 0;
            if (separator != separators) {
                out.append(Casing.word(text.substring(from, i)));
                from = i;
                separators = separator;
            }
        }
        return s.derived(out.append(Casing.word(text.substring(from))).toString());
    }

    private Str replace(Str s, Arguments.Bound bound) {
        Value count = bound.get("count", Value.None.NONE);
        long times = count instanceof Value.None ? -1 : Arithmetic.integer(count);
        return runtime.strings()
                .replace(
                        s.asMarkup(false),
                        str(bound.get("old")).asMarkup(false),
                        str(bound.get("new")).asMarkup(false),
                        times);
    }

    private Str join(Value value, Arguments.Bound bound) {
        Value attribute = bound.get("attribute", Value.None.NONE);
        Str separator = str(bound.get("d", Str.EMPTY)).asMarkup(false);
        Getter getter = Getter.of(attribute, null, runtime.members());
        return runtime.strings()
                .join(separator, Sequences.mapped(runtime.iteration().of(value), getter::get), false);
    }

    private Str indent(Value value, Arguments.Bound bound) {
        Str s = asStr(value, "the text to indent");
        Value width = bound.get("width", new Value.Int(4));
        long blanks = width instanceof Str ? 0 : Math.max(0, Arithmetic.integer(width));
        meter.string(blanks);
        Str indention = width instanceof Str w ? w : filler(s, " ".repeat((int) blanks));
        List<Value> lines =
                Splitting.lines(s.plus(filler(s, "\n")), false, meter).items();
        Str.Builder out = new Str.Builder();
        boolean all = bound.truth("blank");
        for (int i = 0; i < lines.size(); i++) {
            Str line = (Str) lines.get(i);
            boolean indented = i == 0 ? bound.truth("first") : all || line.chars() > 0;
            long length = (long) out.chars() + indention.chars() + line.chars() + 1;
            meter.output(length);
            meter.string((long) indention.chars() + line.chars() + 1);
            out.add(i == 0 ? Str.EMPTY : filler(s, "\n"))
                    .add(indented ? indention : Str.EMPTY)
                    .add(line);
        }
        return out.build().asMarkup(s.isMarkup());
    }

    /** Blanks and newlines put into a text are trusted if all of it is. */
    private static Str filler(Str s, String text) {
        return s.allTrusted() ? Str.trusted(text) : Str.untrusted(text);
    }

    private Value center(Str s, Arguments.Bound bound) {
        Value method = runtime.members().item(s.asMarkup(false), Str.trusted("center"));
        return ((Value.Callable) method).body().call(Arguments.of(bound.get("width", new Value.Int(80))));
    }

    private Value format(Str s, Arguments arguments) {
        if (!arguments.named().isEmpty()) {
            if (!arguments.positional().isEmpty()) {
                throw new Fault("can't handle positional and keyword arguments at the same time");
            }
            return runtime.arithmetic().apply("%", s, Sequences.dict(arguments.named(), meter));
        }
        return runtime.arithmetic().apply("%", s, new Value.Tuple(arguments.positional()));
    }

    private Str tojson(Value value, Arguments arguments) {
        Arguments.Bound b = arguments.bind("tojson", "ensure_ascii", "indent", "separators", "sort_keys");
        String indent =
                switch (b.get("indent", Value.None.NONE)) {
                    case Value.None n -> null;
                    case Str s -> s.text();
                    case Value width -> {
                        long blanks = Math.max(0, Arithmetic.integer(width));
                        meter.output(blanks);
                        yield " ".repeat((int) blanks);
                    }
                };
        String item = indent == null ? ", " : ",";
        String key = ": ";
        Value separators = b.get("separators", Value.None.NONE);
        if (!(separators instanceof Value.None)) {
            List<Value> pair = runtime.iteration().all(separators);
            if (pair.size() != 2) {
                throw new Fault("separators must be two texts");
            }
            item = asStr(pair.get(0), "a separator").text();
            key = asStr(pair.get(1), "a separator").text();
        }
        JsonPrinting.Style style =
                new JsonPrinting.Style(b.truth("ensure_ascii"), indent, item, key, b.truth("sort_keys"));
        return JsonPrinting.print(value, style, meter, runtime.comparisons());
    }

    private static Value fallback(Value value, Arguments.Bound bound) {
        boolean use = value instanceof Value.Undefined || (bound.truth("boolean") && !Comparisons.truth(value));
        return use ? bound.get("default_value", Str.EMPTY) : value;
    }

    private Value attribute(Value value, String name) {
        if (value instanceof Value.Undefined u) {
            throw new Fault(u.message());
        }
        return runtime.members().ownAttribute(value, name);
    }

    private Value number(String name, Value value, Arguments arguments) {
        return switch (name) {
            case "int" -> integer(value, arguments.bind(name, "default", "base"));
            case "float" -> real(value, arguments.bind(name, "default"));
            case "abs" -> {
                arguments.bind(name);
                boolean negative = value instanceof Value.Real r
                        ? r.value() < 0 || 1 / r.value() < 0
                        : Arithmetic.integer(value) < 0;
                yield Arithmetic.sign(negative, value);
            }
            default -> round(value, arguments.bind(name, "precision", "method"));
        };
    }

    private Value integer(Value value, Arguments.Bound bound) {
        if (bound.integer("base", 10) != 10) {
            throw Fault.unsupported("int with a base other than 10");
        }
        Value fallback = bound.get("default", new Value.Int(0));
        return switch (value) {
            case Value.Undefined u -> throw new Fault(u.message());
            case Value.Real r -> Double.isNaN(r.value()) ? fallback : new Value.Int(Numbers.truncate(r.value()));
            case Value.Int i -> i;
            case Value.Big b -> b;
            case Value.Bool b -> new Value.Int(Arithmetic.integer(b));
            case Str s -> {
                meter.chars(s.chars());
                var whole = Numbers.parseInt(s.text());
                if (whole.isPresent()) {
                    yield new Value.Int(whole.getAsLong());
                }
                var real = Numbers.parseFloat(s.text());
                boolean finite =
                        real.isPresent() && !Double.isNaN(real.getAsDouble()) && !Double.isInfinite(real.getAsDouble());
                yield finite ? new Value.Int(Numbers.truncate(real.getAsDouble())) : fallback;
            }
            default -> fallback;
        };
    }

    private Value real(Value value, Arguments.Bound bound) {
        Value fallback = bound.get("default", new Value.Real(0));
        return switch (value) {
            case Value.Undefined u -> throw new Fault(u.message());
            case Value.Real r -> r;
            case Value.Int i -> new Value.Real((double) i.value());
            case Value.Bool b -> new Value.Real(Arithmetic.integer(b));
            case Value.Big b -> throw Numbers.tooLarge();
            case Str s -> {
                meter.chars(s.chars());
                var real = Numbers.parseFloat(s.text());
                yield real.isPresent() ? new Value.Real(real.getAsDouble()) : fallback;
            }
            default -> fallback;
        };
    }

    private Value round(Value value, Arguments.Bound bound) {
        String method = bound.has("method") ? bound.str("method").text() : "common";
        long precision = bound.integer("precision", 0);
        if (Math.abs(precision) > 300) {
            throw Fault.unsupported("rounding to more than 300 digits");
        }
        switch (method) {
            case "common" -> {
                if (value instanceof Value.Real r) {
                    return new Value.Real(Numbers.round(r.value(), (int) precision));
                }
                if (precision < 0) {
                    throw Fault.unsupported("rounding an integer to tens");
                }
                return new Value.Int(Arithmetic.integer(value));
            }
            case "ceil", "floor" -> {
                if (precision < 0 || precision > 18) {
                    throw Fault.unsupported("rounding so");
                }
                Value power = runtime.arithmetic().apply("**", new Value.Int(10), new Value.Int(precision));
                double scaled = Arithmetic.real(runtime.arithmetic().apply("*", value, power));
                long whole = Numbers.truncate(method.equals("ceil") ? Math.ceil(scaled) : Math.floor(scaled));
                return runtime.arithmetic().apply("/", new Value.Int(whole), power);
            }
            default -> throw new Fault("method must be common, ceil or floor");
        }
    }
}
