package assay.core.text.template;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Python's {@code format % values}, for the conversions s r d i u x X o f F and %. */
final class PercentFormat {
    private static final int WIDTH_MAX = 1 << 16;

    private final Meter meter;
    private final Printing printing;

    PercentFormat(Meter meter, Printing printing) {
        this.meter = meter;
        this.printing = printing;
    }

    Str format(Str format, Value values) {
        if (format.isMarkup()) {
            throw Fault.unsupported("formatting a text marked safe");
        }
        return new Run(format, values).run();
    }

    private final class Run {
        private final Str format;
        private final Value values;
        private final List<Value> positional;
        private final Str.Builder out = new Str.Builder();
        private int used;
        private int at;

        private boolean left;
        private boolean zero;
        private String plus = "";
        private int width;
        private int precision;

        Run(Str format, Value values) {
            this.format = format;
            this.values = values;
            this.positional = values instanceof Value.Tuple t ? t.items() : List.of(values);
        }

        Str run() {
            String text = format.text();
            meter.chars(text.length());
            while (at < text.length()) {
                int percent = text.indexOf('%', at);
                int end = percent < 0 ? text.length() : percent;
                add(format.sub(at, end));
                at = end + 1;
                if (percent >= 0) {
                    conversion();
                }
            }
            boolean spare = values instanceof Value.Items
                    || values instanceof Value.Dict
                    || values instanceof Value.Undefined
                    || values instanceof Value.Range;
            if (used < positional.size() && !spare) {
                throw new Fault("not all arguments converted during string formatting");
            }
            return out.build();
        }

        private void add(Str part) {
            meter.output((long) out.chars() + part.chars());
            meter.string(part.chars());
            out.add(part);
        }

        private char next() {
            if (at >= format.chars()) {
                throw new Fault("incomplete format");
            }
            return format.text().charAt(at++);
        }

        private void conversion() {
            char c = next();
            Value keyed = null;
            if (c == '(') {
                keyed = keyed();
                c = next();
            }
            left = false;
            zero = false;
            plus = "";
            for (; "-0+ #".indexOf(c) >= 0; c = next()) {
                flag(c);
            }
            width = 0;
            for (; Characters.isAsciiDigit(c); c = next()) {
                width = digit(width, c);
            }
            precision = -1;
            if (c == '.') {
                precision = 0;
                for (c = next(); Characters.isAsciiDigit(c); c = next()) {
                    precision = digit(precision, c);
                }
            }
            convert(c, keyed);
        }

        private Value keyed() {
            int end = format.text().indexOf(')', at);
            if (!(values instanceof Value.Dict dict)
                    || end < 0
                    || format.text().substring(at, end).contains("(")) {
                throw new Fault("format requires a mapping");
            }
            String name = format.text().substring(at, end);
            Value.Member member = dict.members().get(name);
            if (member == null) {
                throw new Fault("no key " + Printing.quoted(name) + " for the format");
            }
            at = end + 1;
            return member.value();
        }

        private void flag(char c) {
            switch (c) {
                case '-' -> left = true;
                case '0' -> zero = true;
                case '+' -> plus = "+";
                case ' ' -> plus = plus.isEmpty() ? " " : plus;
                default -> throw Fault.unsupported("# in a format");
            }
        }

        private int digit(int number, char c) {
            int result = number * 10 + c - '0';
            if (result > WIDTH_MAX) {
                throw new Fault("a width in a format is larger than " + WIDTH_MAX);
            }
            return result;
        }

        private void convert(char c, @Nullable Value keyed) {
            if (c == '%') {
                if (width > 0 || precision >= 0) {
                    throw Fault.unsupported("a width for %%");
                }
                add(format.sub(at - 1, at));
                return;
            }
            if ("srdiuxXofF".indexOf(c) < 0) {
                throw Fault.unsupported("the format %" + c);
            }
            Value value = keyed != null ? keyed : nextValue();
            switch (c) {
                case 's' -> text(printing.str(value));
                case 'r' -> text(Str.untrusted(printing.repr(value)));
                case 'f', 'F' -> number(fixed(value), value);
                default -> number(integer(c, value), value);
            }
        }

        private Value nextValue() {
            if (used >= positional.size()) {
                throw new Fault("not enough arguments for format string");
            }
            return positional.get(used++);
        }

        private void text(Str text) {
            meter.chars(text.chars());
            Str cut = precision >= 0 && precision < text.length() ? text.sub(0, text.offset(precision)) : text;
            pad(cut.asMarkup(false), ' ');
        }

        private void number(String digits, Value value) {
            if (value instanceof Value.Undefined u) {
                throw new Fault(u.message());
            }
            boolean negative = digits.startsWith("-");
            String sign = negative ? "-" : plus;
            String body = negative ? digits.substring(1) : digits;
            if (zero && !left) {
                body = "0".repeat(Math.max(0, width - sign.length() - body.length())) + body;
            }
            pad(Str.untrusted(sign + body), ' ');
        }

        private void pad(Str text, char fill) {
            Str blanks = Str.untrusted(String.valueOf(fill).repeat(Math.max(0, width - text.length())));
            add(left ? text : blanks);
            add(left ? blanks : text);
        }

        private String integer(char c, Value value) {
            boolean decimal = "diu".indexOf(c) >= 0;
            if (!Comparisons.isNumber(value) || (!decimal && value instanceof Value.Real)) {
                throw new Fault("%" + c + " format: a number is required, not " + Value.typeName(value));
            }
            if (precision >= 0) {
                throw Fault.unsupported("a precision for %" + c);
            }
            long number = value instanceof Value.Real r ? Numbers.truncate(r.value()) : Arithmetic.integer(value);
            if (decimal) {
                return Long.toString(number);
            }
            String digits = Long.toString(number, c == 'o' ? 8 : 16);
            return c == 'X' ? Casing.upper(digits) : digits;
        }

        private String fixed(Value value) {
            if (!Comparisons.isNumber(value)) {
                throw new Fault("must be real number, not " + Value.typeName(value));
            }
            double real = Arithmetic.real(value);
            if (Double.isNaN(real) || Double.isInfinite(real)) {
                throw Fault.unsupported("formatting " + Numbers.repr(real));
            }
            if (precision > 400) {
                throw Fault.unsupported("a precision of more than 400 digits");
            }
            String digits = new BigDecimal(Math.abs(real))
                    .setScale(precision < 0 ? 6 : precision, RoundingMode.HALF_EVEN)
                    .toPlainString();
            return (real < 0 || 1 / real < 0 ? "-" : "") + digits;
        }
    }
}
