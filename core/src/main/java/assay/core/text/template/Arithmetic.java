package assay.core.text.template;

import java.util.ArrayList;
import java.util.List;

/** The operators + - * / // % ** of Python on numbers, strings, lists and tuples. */
final class Arithmetic {
    private final Meter meter;
    private final PercentFormat percent;

    Arithmetic(Meter meter, Printing printing) {
        this.meter = meter;
        this.percent = new PercentFormat(meter, printing);
    }

    Value apply(String operator, Value left, Value right) {
        if (left instanceof Value.Undefined u) {
            throw new Fault(u.message());
        }
        if (operator.equals("%") && left instanceof Str format) {
            return percent.format(format, right);
        }
        if (right instanceof Value.Undefined u) {
            throw new Fault(u.message());
        }
        if (Comparisons.isNumber(left) && Comparisons.isNumber(right)) {
            return left instanceof Value.Real || right instanceof Value.Real
                    ? ofReals(operator, real(left), real(right))
                    : ofIntegers(operator, integer(left), integer(right));
        }
        if (operator.equals("+")) {
            return plus(left, right);
        }
        if (operator.equals("*")) {
            return isInteger(left) ? repeat(right, integer(left), left) : repeat(left, timesOf(left, right), right);
        }
        throw unsupported(operator, left, right);
    }

    private static Fault unsupported(String operator, Value left, Value right) {
        return new Fault("unsupported operand type(s) for " + operator + ": '" + Value.typeName(left) + "' and '"
                + Value.typeName(right) + "'");
    }

    private static boolean isInteger(Value value) {
        return value instanceof Value.Int || value instanceof Value.Bool;
    }

    private static long timesOf(Value left, Value right) {
        if (!isInteger(right)) {
            throw unsupported("*", left, right);
        }
        return integer(right);
    }

    private Value plus(Value left, Value right) {
        if (left instanceof Str l && right instanceof Str r) {
            return plus(l, r);
        }
        if (left instanceof Value.Items l && right instanceof Value.Items r) {
            return new Value.Items(joined(l.items(), r.items()));
        }
        if (left instanceof Value.Tuple l && right instanceof Value.Tuple r) {
            return new Value.Tuple(joined(l.items(), r.items()));
        }
        if (left instanceof Str) {
            throw new Fault("can only concatenate str (not \"" + Value.typeName(right) + "\") to str");
        }
        throw unsupported("+", left, right);
    }

    /** left + right; what stands beside markup is escaped. */
    private Str plus(Str left, Str right) {
        Str l = right.isMarkup() ? Html.escape(left, meter) : left;
        Str r = left.isMarkup() ? Html.escape(right, meter) : right;
        meter.string((long) l.chars() + r.chars());
        return l.plus(r);
    }

    private List<Value> joined(List<Value> left, List<Value> right) {
        meter.list((long) left.size() + right.size());
        List<Value> all = new ArrayList<>(left.size() + right.size());
        all.addAll(left);
        all.addAll(right);
        return all;
    }

    private Value repeat(Value what, long times, Value other) {
        long count = Math.max(times, 0);
        return switch (what) {
            case Str s -> {
                meter.string(product(s.chars(), count));
                Str.Builder out = new Str.Builder();
                for (long i = 0; i < count && s.chars() > 0; i++) {
                    out.add(s);
                }
                yield out.build().asMarkup(s.isMarkup());
            }
            case Value.Items l -> new Value.Items(repeated(l.items(), count));
            case Value.Tuple t -> new Value.Tuple(repeated(t.items(), count));
            default -> throw unsupported("*", what, other);
        };
    }

    private List<Value> repeated(List<Value> items, long count) {
        meter.list(product(items.size(), count));
        List<Value> all = new ArrayList<>((int) (items.size() * count));
        for (long i = 0; i < count && !items.isEmpty(); i++) {
            all.addAll(items);
        }
        return all;
    }

    /** a * b, or a number beyond every limit. */
    private static long product(long a, long b) {
        return a == 0 || b <= (1L << 40) / a ? a * b : 1L << 40;
    }

    static long integer(Value value) {
        return switch (value) {
            case Value.Int i -> i.value();
            case Value.Bool b -> b.value() ? 1 : 0;
            case Value.Big b -> throw Numbers.tooLarge();
            case Value.Undefined u -> throw new Fault(u.message());
            default -> throw new Fault("expected an integer, got " + Value.typeName(value));
        };
    }

    static double real(Value value) {
        return value instanceof Value.Real r ? r.value() : (double) integer(value);
    }

    /** -value or +value. */
    static Value sign(boolean minus, Value value) {
        return switch (value) {
            case Value.Real r -> minus ? new Value.Real(-r.value()) : r;
            case Value.Int i -> minus ? ofIntegers("-", 0, i.value()) : i;
            case Value.Bool b -> new Value.Int(minus ? -integer(b) : integer(b));
            case Value.Big b -> throw Numbers.tooLarge();
            case Value.Undefined u -> throw new Fault(u.message());
            default ->
                throw new Fault(
                        "bad operand type for unary " + (minus ? "-" : "+") + ": '" + Value.typeName(value) + "'");
        };
    }

    private static Value ofIntegers(String operator, long a, long b) {
        try {
            return switch (operator) {
                case "+" -> new Value.Int(Math.addExact(a, b));
                case "-" -> new Value.Int(Math.subtractExact(a, b));
                case "*" -> new Value.Int(Math.multiplyExact(a, b));
                case "/" -> new Value.Real(quotient(a, b));
                case "//" -> new Value.Int(Math.floorDivExact(a, nonZero(b)));
                case "%" -> new Value.Int(Math.floorMod(a, nonZero(b)));
                default -> new Value.Int(power(a, b));
            };
        } catch (ArithmeticException e) {
            throw Numbers.tooLarge();
        }
    }

    private static long nonZero(long divisor) {
        if (divisor == 0) {
            throw new Fault("integer division or modulo by zero");
        }
        return divisor;
    }

    private static double quotient(long a, long b) {
        if (b == 0) {
            throw new Fault("division by zero");
        }
        if (Math.abs(a) > 1L << 53 || Math.abs(b) > 1L << 53 || a == Long.MIN_VALUE || b == Long.MIN_VALUE) {
            throw Fault.unsupported("dividing integers beyond 53 bits");
        }
        return (double) a / (double) b;
    }

    private static long power(long base, long exponent) {
        if (exponent < 0) {
            throw Fault.unsupported("a negative power");
        }
        if (base == 0 || base == 1 || base == -1) {
            return exponent == 0 ? 1 : base == -1 && exponent % 2 == 0 ? 1 : base;
        }
        long result = 1;
        for (long i = 0; i < exponent; i++) {
            result = Math.multiplyExact(result, base);
        }
        return result;
    }

    private static Value ofReals(String operator, double a, double b) {
        if (b == 0 && (operator.equals("/") || operator.equals("//") || operator.equals("%"))) {
            throw new Fault("float division by zero");
        }
        return new Value.Real(
                switch (operator) {
                    case "+" -> a + b;
                    case "-" -> a - b;
                    case "*" -> a * b;
                    case "/" -> a / b;
                    case "//" -> floorQuotient(a, b);
                    case "%" -> modulo(a, b);
                    default -> throw Fault.unsupported("a power of floats");
                });
    }

    /** Python's float modulo: the sign is the divisor's. */
    private static double modulo(double a, double b) {
        double mod = a % b;
        if (mod == 0) {
            return Math.copySign(0.0, b);
        }
        return (b < 0) != (mod < 0) ? mod + b : mod;
    }

    /** Python's float floor division (Objects/floatobject.c, float_floor_div). */
    private static double floorQuotient(double a, double b) {
        double mod = a % b;
        double div = (a - mod) / b;
        if (mod != 0 && (b < 0) != (mod < 0)) {
            div -= 1.0;
        }
        if (div == 0) {
            return Math.copySign(0.0, a / b);
        }
        double floor = Math.floor(div);
        return div - floor > 0.5 ? floor + 1.0 : floor;
    }
}
