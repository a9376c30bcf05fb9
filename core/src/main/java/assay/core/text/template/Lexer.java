package assay.core.text.template;

import assay.core.base.MalformedException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/**
 * Cuts a template into tokens as jinja2 3.1 does with trim_blocks and lstrip_blocks set: a newline
 * after a block or comment tag goes, and so do blanks between the start of a line and such a tag;
 * {@code -} and {@code +} beside a delimiter strip or keep white space.
 */
final class Lexer {
    private static final String[] OPERATORS = {
        "//", "**", "==", "!=", ">=", "<=", "+", "-", "/", "*", "%", "~", "[", "]", "(", ")", "{", "}", ">", "<", "=",
        ".", ":", "|", ",", ";"
    };

    private final String source;
    private final List<Token> tokens = new ArrayList<>();
    private final Deque<Character> brackets = new ArrayDeque<>();
    private int position;
    private int line = 1;
    private int lineCounted;
    private boolean lineStarting = true;

    private Lexer(String source) {
        this.source = source;
    }

    /** Tokens of a template; the last is END. */
    static List<Token> tokens(String template) throws MalformedException {
        String source = template.replace("\r\n", "\n").replace('\r', '\n');
        if (source.endsWith("\n")) {
            source = source.substring(0, source.length() - 1);
        }
        Lexer lexer = new Lexer(source);
        lexer.run();
        return lexer.tokens;
    }

    private void run() throws MalformedException {
        while (position < source.length()) {
            int tag = nextTag();
            if (tag < 0) {
                add(Token.Kind.DATA, source.substring(position), position);
                position = source.length();
            } else {
                root(tag);
            }
        }
        add(Token.Kind.END, "", position);
    }

    private int nextTag() {
        for (int i = source.indexOf('{', position); i >= 0; i = source.indexOf('{', i + 1)) {
            if (i + 1 < source.length() && "{%#".indexOf(source.charAt(i + 1)) >= 0) {
                return i;
            }
        }
        return -1;
    }

    /** Template data up to the tag, then the tag. */
    private void root(int tag) throws MalformedException {
        char kind = source.charAt(tag + 1);
        char sign = charAt(tag + 2);
        boolean signed = sign == '-' || sign == '+';
        data(position, tag, signed ? sign : ' ', kind != '{');
        int inside = tag + (signed ? 3 : 2);
        int raw = kind == '%' ? rawBegin(inside) : -1;
        if (raw >= 0) {
            position = raw;
            lineStarting = source.charAt(raw - 1) == '\n';
            raw(tag);
        } else if (kind == '#') {
            position = inside;
            comment(tag);
        } else {
            boolean block = kind == '%';
            add(block ? Token.Kind.BLOCK_BEGIN : Token.Kind.VARIABLE_BEGIN, "", tag);
            position = inside;
            tag(block);
        }
    }

    private void data(int from, int to, char sign, boolean canStripLine) {
        int end = to;
        if (sign == '-') {
            end = Characters.stripEnd(source, from, to);
        } else if (sign != '+' && canStripLine) {
            int blanks = Characters.stripLineEnd(source, from, to);
            boolean startsLine = blanks > from ? source.charAt(blanks - 1) == '\n' : lineStarting;
            end = startsLine ? blanks : to;
        }
        if (end > from) {
            add(Token.Kind.DATA, source.substring(from, end), from);
        }
    }

    /** Offset behind {@code raw %}} when the tag is the start of a raw block, else -1. */
    private int rawBegin(int inside) {
        int i = Characters.skipSpace(source, inside);
        if (!source.startsWith("raw", i)) {
            return -1;
        }
        i = Characters.skipSpace(source, i + 3);
        if (source.startsWith("-%}", i)) {
            return Characters.skipSpace(source, i + 3);
        }
        return source.startsWith("%}", i) ? i + 2 : -1;
    }

    private void raw(int tag) throws MalformedException {
        for (int i = source.indexOf("{%", position); i >= 0; i = source.indexOf("{%", i + 1)) {
            char sign = charAt(i + 2);
            boolean signed = sign == '-' || sign == '+';
            int j = Characters.skipSpace(source, i + (signed ? 3 : 2));
            if (!source.startsWith("endraw", j)) {
                continue;
            }
            int end = blockEnd(Characters.skipSpace(source, j + 6));
            if (end >= 0) {
                data(position, i, signed ? sign : ' ', true);
                moveTo(end);
                return;
            }
        }
        throw malformed("Missing end of raw directive", tag);
    }

    private void comment(int tag) throws MalformedException {
        int end = source.indexOf("#}", position);
        if (end < 0) {
            throw malformed("Missing end of comment tag", tag);
        }
        boolean strip = end > position && source.charAt(end - 1) == '-';
        boolean keep = end > position && source.charAt(end - 1) == '+';
        moveTo(strip ? Characters.skipSpace(source, end + 2) : keep ? end + 2 : skipNewline(end + 2));
    }

    private void moveTo(int end) {
        position = end;
        lineStarting = source.charAt(end - 1) == '\n';
    }

    private int skipNewline(int i) {
        return charAt(i) == '\n' ? i + 1 : i;
    }

    /** Offset behind the end of a block tag that starts here, or -1. */
    private int blockEnd(int i) {
        if (source.startsWith("+%}", i)) {
            return i + 3;
        }
        if (source.startsWith("-%}", i)) {
            return Characters.skipSpace(source, i + 3);
        }
        return source.startsWith("%}", i) ? skipNewline(i + 2) : -1;
    }

    private int variableEnd(int i) {
        if (source.startsWith("-}}", i)) {
            return Characters.skipSpace(source, i + 3);
        }
        return source.startsWith("}}", i) ? i + 2 : -1;
    }

    /** Tokens inside a tag, its end included. */
    private void tag(boolean block) throws MalformedException {
        while (position < source.length()) {
            if (brackets.isEmpty()) {
                int end = block ? blockEnd(position) : variableEnd(position);
                if (end >= 0) {
                    add(block ? Token.Kind.BLOCK_END : Token.Kind.VARIABLE_END, "", position);
                    moveTo(end);
                    return;
                }
            }
            int next = Characters.skipSpace(source, position);
            if (next > position) {
                position = next;
            } else {
                word();
            }
        }
    }

    private void word() throws MalformedException {
        char c = source.charAt(position);
        if (c >= '0' && c <= '9') {
            number();
        } else if (c == '_' || Characters.isAsciiLetter(c)) {
            int end = position;
            while (end < source.length() && Characters.isNameChar(source.charAt(end))) {
                end++;
            }
            checkAscii(end);
            add(Token.Kind.NAME, source.substring(position, end), position);
            position = end;
        } else if (c == '\'' || c == '"') {
            string(c);
        } else {
            operator();
        }
    }

    /** Jinja takes any Unicode letter or digit in names and numbers; here ASCII alone. */
    private void checkAscii(int i) throws MalformedException {
        if (charAt(i) >= 0x80 && !Characters.isSpace(charAt(i))) {
            throw malformed("only ASCII names and numbers are supported", i);
        }
    }

    private void number() throws MalformedException {
        int end = charAt(position - 1) == '.' ? -1 : NumberShape.floatEnd(source, position);
        Token.Kind kind = Token.Kind.FLOAT;
        if (end < 0) {
            end = NumberShape.integerEnd(source, position);
            kind = Token.Kind.INTEGER;
        }
        checkAscii(end);
        add(kind, source.substring(position, end).replace("_", ""), position);
        position = end;
    }

    private void string(char quote) throws MalformedException {
        int end = position + 1;
        while (end < source.length() && source.charAt(end) != quote) {
            end += source.charAt(end) == '\\' ? 2 : 1;
        }
        if (end >= source.length()) {
            throw malformed("unexpected char '" + quote + "': the string does not end", position);
        }
        String body = source.substring(position + 1, end);
        try {
            add(Token.Kind.STRING, Escapes.decode(body), position);
        } catch (IllegalArgumentException e) {
            throw malformed(String.valueOf(e.getMessage()), position);
        }
        position = end + 1;
    }

    private void operator() throws MalformedException {
        for (String operator : OPERATORS) {
            if (source.startsWith(operator, position)) {
                balance(operator.charAt(0));
                add(Token.Kind.OPERATOR, operator, position);
                position += operator.length();
                return;
            }
        }
        throw malformed(
                "unexpected char " + Printing.quoted(new String(Character.toChars(source.codePointAt(position)))),
                position);
    }

    private void balance(char c) throws MalformedException {
        switch (c) {
            case '{' -> brackets.push('}');
            case '(' -> brackets.push(')');
            case '[' -> brackets.push(']');
            case '}', ')', ']' -> {
                if (brackets.isEmpty()) {
                    throw malformed("unexpected '" + c + "'", position);
                }
                char expected = brackets.pop();
                if (expected != c) {
                    throw malformed("unexpected '" + c + "', expected '" + expected + "'", position);
                }
            }
            default -> {}
        }
    }

    /** The char there, or NUL outside of the source. */
    private char charAt(int i) {
        return i >= 0 && i < source.length() ? source.charAt(i) : '\0';
    }

    private void add(Token.Kind kind, String text, int offset) {
        tokens.add(new Token(kind, text, offset, lineAt(offset)));
    }

    private int lineAt(int offset) {
        for (; lineCounted < offset; lineCounted++) {
            if (source.charAt(lineCounted) == '\n') {
                line++;
            }
        }
        return line;
    }

    private MalformedException malformed(String what, int offset) {
        return new MalformedException("template line " + lineAt(offset) + ": " + what, offset);
    }
}
