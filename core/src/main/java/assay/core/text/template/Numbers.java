package assay.core.text.template;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.util.OptionalDouble;
import java.util.OptionalLong;

/**
 * Numbers as Python reads and writes them.
 *
 * <p>Floats are IEEE 754 binary64: reading rounds correctly, + - * / and remainder are exact or
 * correctly rounded by the Java language specification, and printing gives the shortest decimal that
 * reads back, so nothing here depends on the machine.
 */
final class Numbers {
    private static final BigInteger LONG_MIN = BigInteger.valueOf(Long.MIN_VALUE);
    private static final BigInteger LONG_MAX = BigInteger.valueOf(Long.MAX_VALUE);
    private static final int DIGITS_MAX = 4300; // Python's own limit between int and str

    private Numbers() {}

    /** An integer literal of a template, underscores gone. */
    static long literal(String digits) {
        if (digits.length() > 2 && digits.charAt(0) == '0') {
            int radix =
                    switch (digits.charAt(1)) {
                        case 'b', 'B' -> 2;
                        case 'o', 'O' -> 8;
                        case 'x', 'X' -> 16;
                        default -> 10;
                    };
            return Long.parseLong(radix == 10 ? digits : digits.substring(2), radix);
        }
        return Long.parseLong(digits);
    }

    /** A number of the context, from its JSON literal. */
    static Value ofJson(String literal) {
        if (literal.indexOf('.') >= 0 || literal.indexOf('e') >= 0 || literal.indexOf('E') >= 0) {
            if (literal.length() > DIGITS_MAX) {
                throw new Fault("a number of the context has more than " + DIGITS_MAX + " chars");
            }
            return new Value.Real(Double.parseDouble(literal));
        }
        return ofDigits(literal);
    }

    private static Value ofDigits(String digits) {
        if (digits.length() > DIGITS_MAX) {
            throw new Fault("an integer has more than " + DIGITS_MAX + " digits");
        }
        if (digits.length() < 19) {
            return new Value.Int(Long.parseLong(digits));
        }
        BigInteger value = new BigInteger(digits);
        boolean fits = value.compareTo(LONG_MIN) >= 0 && value.compareTo(LONG_MAX) <= 0;
        return fits ? new Value.Int(value.longValue()) : new Value.Big(value.toString());
    }

    /** Python's int(text) in base 10; empty if the text is no integer. */
    static OptionalLong parseInt(String text) {
        String body = strip(text);
        if (!NumberShape.isInteger(body)) {
            return OptionalLong.empty();
        }
        if (ofDigits(body.replace("_", "")) instanceof Value.Int value) {
            return OptionalLong.of(value.value());
        }
        throw tooLarge();
    }

    /** Python's float(text); empty if the text is no number. */
    static OptionalDouble parseFloat(String text) {
        String body = strip(text);
        String word = Casing.lower(body.startsWith("+") || body.startsWith("-") ? body.substring(1) : body);
        double sign = body.startsWith("-") ? -1 : 1;
        if (word.equals("nan")) {
            return OptionalDouble.of(Double.NaN);
        }
        if (word.equals("inf") || word.equals("infinity")) {
            return OptionalDouble.of(sign * Double.POSITIVE_INFINITY);
        }
        return NumberShape.isFloat(body)
                ? OptionalDouble.of(Double.parseDouble(body.replace("_", "")))
                : OptionalDouble.empty();
    }

    private static String strip(String text) {
        int start = Characters.skipSpace(text, 0);
        String body = text.substring(start, Characters.stripEnd(text, start, text.length()));
        if (body.length() > DIGITS_MAX) {
            throw Fault.unsupported("a number of more than " + DIGITS_MAX + " chars");
        }
        if (!Characters.isAscii(body)) {
            throw Fault.unsupported("a number with characters beyond ASCII");
        }
        return body;
    }

    static Fault tooLarge() {
        return new Fault("an integer does not fit 64 bits");
    }

    /** int(real): towards zero. */
    static long truncate(double real) {
        if (Double.isNaN(real) || Double.isInfinite(real)) {
            throw new Fault("cannot convert float " + repr(real) + " to integer");
        }
        if (Math.abs(real) >= 0x1p63) {
            throw tooLarge();
        }
        return (long) real;
    }

    /** Python's repr of a float: the shortest digits that read back, 1e-05, 0.0001, 1e+16. */
    static String repr(double real) {
        if (Double.isNaN(real)) {
            return "nan";
        }
        if (Double.isInfinite(real)) {
            return real > 0 ? "inf" : "-inf";
        }
        String sign = real < 0 || (real == 0 && 1 / real < 0) ? "-" : "";
        if (real == 0) {
            return sign + "0.0";
        }
        BigDecimal decimal = shortest(Math.abs(real));
        String digits = decimal.unscaledValue().toString();
        int point = digits.length() - decimal.scale(); // value = 0.digits * 10^point
        if (point > 16 || point < -3) {
            int exponent = point - 1;
            String mantissa = digits.length() == 1 ? digits : digits.charAt(0) + "." + digits.substring(1);
            String pad = Math.abs(exponent) < 10 ? "0" : "";
            return sign + mantissa + "e" + (exponent < 0 ? "-" : "+") + pad + Math.abs(exponent);
        }
        if (point <= 0) {
            return sign + "0." + "0".repeat(-point) + digits;
        }
        if (point >= digits.length()) {
            return sign + digits + "0".repeat(point - digits.length()) + ".0";
        }
        return sign + digits.substring(0, point) + "." + digits.substring(point);
    }

    /** Shortest decimal; the JDK gives two digits where one would do (4.9E-324 for 5E-324). */
    private static BigDecimal shortest(double positive) {
        BigDecimal decimal = new BigDecimal(Double.toString(positive)).stripTrailingZeros();
        if (decimal.precision() == 2) {
            BigDecimal exact = new BigDecimal(positive);
            BigDecimal one = exact.round(new java.math.MathContext(1, RoundingMode.HALF_EVEN));
            if (one.doubleValue() == positive) {
                return one.stripTrailingZeros();
            }
        }
        return decimal;
    }

    /** Python's round(real, digits). */
    static double round(double real, int digits) {
        if (Double.isNaN(real) || Double.isInfinite(real) || digits > 400) {
            return real;
        }
        return new BigDecimal(real)
                .setScale(Math.max(digits, -400), RoundingMode.HALF_EVEN)
                .doubleValue();
    }
}
