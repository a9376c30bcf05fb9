package assay.core.text.template;

/** Where number literals end: jinja2's regular expressions for floats and integers, in ASCII. */
final class NumberShape {
    private NumberShape() {}

    /** End of {@code digits(.digits)?e[+-]digits | digits.digits}, or -1. */
    static int floatEnd(String s, int start) {
        int i = digits(s, start);
        if (i < 0) {
            return -1;
        }
        int fraction = at(s, i) == '.' ? digits(s, i + 1) : -1;
        int mantissa = fraction < 0 ? i : fraction;
        if (at(s, mantissa) == 'e' || at(s, mantissa) == 'E') {
            int sign = at(s, mantissa + 1) == '+' || at(s, mantissa + 1) == '-' ? 1 : 0;
            int exponent = digits(s, mantissa + 1 + sign);
            if (exponent >= 0) {
                return exponent;
            }
        }
        return fraction;
    }

    /** End of the integer that starts here; never less than start + 1. */
    static int integerEnd(String s, int start) {
        if (at(s, start) != '0') {
            return group(s, start + 1, 10);
        }
        int radix =
                switch (at(s, start + 1)) {
                    case 'b', 'B' -> 2;
                    case 'o', 'O' -> 8;
                    case 'x', 'X' -> 16;
                    default -> 0;
                };
        if (radix > 0) {
            int end = group(s, start + 2, radix);
            if (end > start + 2) {
                return end;
            }
        }
        return group(s, start + 1, 1);
    }

    /** Whether this is what Python's int() reads: digits, single underscores between them, a sign. */
    static boolean isInteger(String s) {
        int end = digits(s, signEnd(s, 0));
        return end == s.length();
    }

    /** Whether this is what Python's float() reads, words apart. */
    static boolean isFloat(String s) {
        int start = signEnd(s, 0);
        int whole = digits(s, start);
        int end = Math.max(whole, start);
        if (at(s, end) == '.') {
            int fraction = digits(s, end + 1);
            if (whole < 0 && fraction < 0) {
                return false;
            }
            end = Math.max(fraction, end + 1);
        } else if (whole < 0) {
            return false;
        }
        if (at(s, end) == 'e' || at(s, end) == 'E') {
            end = digits(s, signEnd(s, end + 1));
        }
        return end == s.length();
    }

    private static int signEnd(String s, int i) {
        return at(s, i) == '+' || at(s, i) == '-' ? i + 1 : i;
    }

    /** End of digits with single underscores between them, or -1 if none is here. */
    private static int digits(String s, int start) {
        return Character.digit(at(s, start), 10) < 0 || at(s, start) >= 0x80 ? -1 : group(s, start + 1, 10);
    }

    /** End of the longest (_?digit)* here. */
    private static int group(String s, int start, int radix) {
        int i = start;
        while (true) {
            int digit = at(s, i) == '_' ? i + 1 : i;
            if (!isDigit(at(s, digit), radix)) {
                return i;
            }
            i = digit + 1;
        }
    }

    private static boolean isDigit(char c, int radix) {
        if (c >= '0' && c <= '9') {
            return c - '0' < radix;
        }
        char lower = (char) (c | 0x20);
        return radix == 16 && lower >= 'a' && lower <= 'f';
    }

    private static char at(String s, int i) {
        return i < s.length() ? s.charAt(i) : '\0';
    }
}
