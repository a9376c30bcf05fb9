package assay.core.text.template;

/**
 * Escapes of string literals, as jinja2 reads them: the literal is first written in ASCII (other
 * characters as {@code \xhh}, {@code \}{@code uhhhh} or {@code \Uhhhhhhhh}), then decoded by Python's unicode-escape.
 * So a backslash before a character beyond ASCII prints that character's escape.
 */
final class Escapes {
    private final String s;
    private final StringBuilder out = new StringBuilder();
    private int i;

    private Escapes(String s) {
        this.s = s;
    }

    /**
     * The text of a literal.
     *
     * @throws IllegalArgumentException with a message for people if an escape is cut off or refused
     */
    static String decode(String literal) {
        Escapes escapes = new Escapes(literal);
        while (escapes.i < literal.length()) {
            escapes.one();
        }
        return escapes.out.toString();
    }

    private void one() {
        char c = s.charAt(i++);
        if (c != '\\') {
            out.append(c);
            return;
        }
        int next = s.codePointAt(i);
        i += Character.charCount(next);
        switch (next) {
            case '\n' -> {}
            case '\\', '\'', '"' -> out.append((char) next);
            case 'a' -> out.append('\7');
            case 'b' -> out.append('\b');
            case 'f' -> out.append('\f');
            case 'n' -> out.append('\n');
            case 'r' -> out.append('\r');
            case 't' -> out.append('\t');
            case 'v' -> out.append('\13');
            case 'x' -> hex(2);
            case 'u' -> hex(4);
            case 'U' -> hex(8);
            case 'N' -> throw new IllegalArgumentException("\\N{...} in a string is not supported");
            default -> other(next);
        }
    }

    private void other(int next) {
        if (next >= '0' && next <= '7') {
            int value = next - '0';
            for (int n = 0; n < 2 && i < s.length() && s.charAt(i) >= '0' && s.charAt(i) <= '7'; n++) {
                value = value * 8 + s.charAt(i++) - '0';
            }
            out.append((char) value);
        } else if (next < 0x80) {
            out.append('\\').append((char) next);
        } else {
            out.append(Printing.escape(next));
        }
    }

    private void hex(int digits) {
        int value = 0;
        for (int n = 0; n < digits; n++) {
            int digit = i < s.length() && s.charAt(i) < 0x80 ? Character.digit(s.charAt(i), 16) : -1;
            if (digit < 0 || value > 0x10FFFF) {
                throw new IllegalArgumentException("an escape in a string is cut off or not a character");
            }
            value = value * 16 + digit;
            i++;
        }
        if (value > 0x10FFFF || (value >= 0xD800 && value <= 0xDFFF)) {
            throw new IllegalArgumentException("an escape in a string is not a character");
        }
        out.appendCodePoint(value);
    }
}
