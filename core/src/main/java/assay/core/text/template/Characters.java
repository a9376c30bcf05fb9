package assay.core.text.template;

/** Classes of characters that the language knows; none of them asks the JDK's Unicode tables. */
final class Characters {
    private Characters() {}

    /** Python's str.isspace for one character. */
    static boolean isSpace(int c) {
        if (c < 0x80) {
            return c == ' ' || (c >= 9 && c <= 13) || (c >= 0x1C && c <= 0x1F);
        }
        return c == 0x85
                || c == 0xA0
                || c == 0x1680
                || (c >= 0x2000 && c <= 0x200A)
                || c == 0x2028
                || c == 0x2029
                || c == 0x202F
                || c == 0x205F
                || c == 0x3000;
    }

    /** Where Python's str.splitlines ends a line. */
    static boolean isLineEnd(int c) {
        return (c >= 10 && c <= 13) || (c >= 0x1C && c <= 0x1E) || c == 0x85 || c == 0x2028 || c == 0x2029;
    }

    static boolean isAsciiLetter(int c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    }

    static boolean isAsciiDigit(int c) {
        return c >= '0' && c <= '9';
    }

    static boolean isNameChar(int c) {
        return c == '_' || isAsciiLetter(c) || isAsciiDigit(c);
    }

    static boolean isAscii(String s) {
        return s.chars().allMatch(c -> c < 0x80);
    }

    /** First offset from {@code i} on that is not white space. */
    static int skipSpace(String s, int i) {
        int at = i;
        while (at < s.length() && isSpace(s.charAt(at))) {
            at++;
        }
        return at;
    }

    /** End of s[from, to) without the white space at its end. */
    static int stripEnd(String s, int from, int to) {
        int at = to;
        while (at > from && isSpace(s.charAt(at - 1))) {
            at--;
        }
        return at;
    }

    /** End of s[from, to) without the white space at its end that stands on its last line. */
    static int stripLineEnd(String s, int from, int to) {
        int at = to;
        while (at > from && s.charAt(at - 1) != '\n' && isSpace(s.charAt(at - 1))) {
            at--;
        }
        return at;
    }

    /** Offset of a surrogate without its partner, or -1. */
    static int loneSurrogate(String s) {
        for (int i = 0; i < s.length(); i++) {
            char c = s.charAt(i);
            if (!Character.isSurrogate(c)) {
                continue;
            }
            if (Character.isLowSurrogate(c) || i + 1 == s.length() || !Character.isLowSurrogate(s.charAt(i + 1))) {
                return i;
            }
            i++;
        }
        return -1;
    }
}
