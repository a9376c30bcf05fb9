package assay.core.codec;

import assay.core.base.MalformedException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * JSON text (RFC 8259), read strictly and written in one way.
 *
 * <p>Stricter than the RFC where it leaves a choice: the bytes are well-formed UTF-8 without a byte
 * order mark, a key appears once in its object, an escape never makes half a surrogate pair, and
 * depth and size are bounded by the caller. Numbers keep the text in which they were written, so
 * nothing is lost to a binary float.
 *
 * <p>Written text is compact, members in their own order, escaping only what must be: {@code "},
 * {@code \} and U+0000 to U+001F (short forms where JSON has one, else lower-case {@code \\u00xx}).
 */
public final class JsonText {
    private final byte[] in;
    private final int maxDepth;
    private int at;

    private JsonText(byte[] in, int maxDepth) {
        this.in = in;
        this.maxDepth = maxDepth;
    }

    /**
     * The value that these bytes hold, with nothing but white space around it.
     *
     * @param maxDepth the deepest nesting of arrays and objects accepted, 0 for scalars alone
     * @param maxBytes the longest text accepted
     * @throws MalformedException with the byte offset of the first fault
     */
    public static Json parse(byte[] utf8, int maxDepth, int maxBytes) throws MalformedException {
        if (utf8.length > maxBytes) {
            throw new MalformedException("JSON of at most " + maxBytes + " bytes expected, got " + utf8.length, -1);
        }
        JsonText text = new JsonText(utf8, maxDepth);
        text.skipSpace();
        Json value = text.value(0);
        text.skipSpace();
        if (text.at != utf8.length) {
            throw text.fault("text after the JSON value");
        }
        return value;
    }

    /** The value as text: compact, deterministic. Half surrogates are escaped; our parser refuses them. */
    public static String write(Json value) {
        StringBuilder out = new StringBuilder();
        write(value, out);
        return out.toString();
    }

    /** {@link #write} in UTF-8. */
    public static byte[] writeBytes(Json value) {
        return write(value).getBytes(StandardCharsets.UTF_8);
    }

    /** The same value with the members of every object in ascending order of their UTF-16 chars. */
    public static Json sorted(Json value) {
        return switch (value) {
            case Json.Obj(var members) -> {
                LinkedHashMap<String, Json> out = new LinkedHashMap<>();
                new TreeMap<>(members).forEach((k, v) -> out.put(k, sorted(v)));
                yield new Json.Obj(Collections.unmodifiableSequencedMap(out));
            }
            case Json.Arr(var items) ->
                new Json.Arr(items.stream().map(JsonText::sorted).toList());
            case Json.Str s -> s;
            case Json.Num n -> n;
            case Json.Bool b -> b;
            case Json.Null n -> n;
        };
    }

    private Json value(int depth) throws MalformedException {
        if (at == in.length) {
            throw fault("a JSON value expected, got the end of the text");
        }
        return switch (in[at]) {
            case '{' -> object(depth + 1);
            case '[' -> array(depth + 1);
            case '"' -> new Json.Str(string());
            case 't' -> word("true", new Json.Bool(true));
            case 'f' -> word("false", new Json.Bool(false));
            case 'n' -> word("null", new Json.Null());
            case '-', '0', '1', '2', '3', '4', '5', '6', '7', '8', '9' -> number();
            default -> throw fault("a JSON value expected");
        };
    }

    private Json object(int depth) throws MalformedException {
        checkDepth(depth);
        at++;
        LinkedHashMap<String, Json> members = new LinkedHashMap<>();
        skipSpace();
        if (take('}')) {
            return new Json.Obj(Collections.unmodifiableSequencedMap(members));
        }
        do {
            skipSpace();
            int keyAt = at;
            if (at == in.length || in[at] != '"') {
                throw fault("a key in double quotes expected");
            }
            String key = string();
            skipSpace();
            need(':');
            skipSpace();
            if (members.putIfAbsent(key, value(depth)) != null) {
                throw new MalformedException("duplicate key \"" + brief(key) + "\"", keyAt);
            }
            skipSpace();
        } while (take(','));
        need('}');
        return new Json.Obj(Collections.unmodifiableSequencedMap(members));
    }

    private Json array(int depth) throws MalformedException {
        checkDepth(depth);
        at++;
        List<Json> items = new ArrayList<>();
        skipSpace();
        if (take(']')) {
            return new Json.Arr(List.of());
        }
        do {
            skipSpace();
            items.add(value(depth));
            skipSpace();
        } while (take(','));
        need(']');
        return new Json.Arr(Collections.unmodifiableList(items));
    }

    private Json word(String word, Json value) throws MalformedException {
        for (int i = 0; i < word.length(); i++, at++) {
            if (at == in.length || in[at] != word.charAt(i)) {
                throw fault(word + " expected");
            }
        }
        return value;
    }

    private Json number() throws MalformedException {
        int start = at;
        take('-');
        if (!take('0')) {
            digits();
        }
        if (take('.')) {
            digits();
        }
        if (take('e') || take('E')) {
            if (!take('+')) {
                take('-');
            }
            digits();
        }
        return new Json.Num(new String(in, start, at - start, StandardCharsets.US_ASCII));
    }

    private void digits() throws MalformedException {
        int start = at;
        while (at < in.length && in[at] >= '0' && in[at] <= '9') {
            at++;
        }
        if (at == start) {
            throw fault("a digit expected");
        }
    }

    private String string() throws MalformedException {
        at++;
        int run = at;
        StringBuilder out = null;
        while (true) {
            if (at == in.length) {
                throw fault("a string without its closing quote");
            }
            int c = in[at] & 0xff;
            if (c == '"') {
                String tail = new String(in, run, at - run, StandardCharsets.UTF_8);
                at++;
                return out == null ? tail : out.append(tail).toString();
            }
            if (c == '\\') {
                out = out == null ? new StringBuilder() : out;
                out.append(new String(in, run, at - run, StandardCharsets.UTF_8));
                at++;
                escape(out);
                run = at;
            } else if (c < 0x20) {
                throw fault("a control character in a string");
            } else if (c < 0x80) {
                at++;
            } else {
                at += Utf8.sequenceLength(in, at);
            }
        }
    }

    private void escape(StringBuilder out) throws MalformedException {
        if (at == in.length) {
            throw fault("an escape without its letter");
        }
        byte c = in[at++];
        switch (c) {
            case '"', '\\', '/' -> out.append((char) c);
            case 'b' -> out.append('\b');
            case 'f' -> out.append('\f');
            case 'n' -> out.append('\n');
            case 'r' -> out.append('\r');
            case 't' -> out.append('\t');
            case 'u' -> unicodeEscape(out);
            default -> {
                at--;
                throw fault("an unknown escape");
            }
        }
    }

    private void unicodeEscape(StringBuilder out) throws MalformedException {
        int start = at;
        char high = hex4();
        out.append(high);
        if (!Character.isSurrogate(high)) {
            return;
        }
        if (Character.isHighSurrogate(high) && at + 1 < in.length && in[at] == '\\' && in[at + 1] == 'u') {
            at += 2;
            char low = hex4();
            if (Character.isLowSurrogate(low)) {
                out.append(low);
                return;
            }
        }
        throw new MalformedException("half a surrogate pair", start);
    }

    private char hex4() throws MalformedException {
        int value = 0;
        for (int i = 0; i < 4; i++, at++) {
            int digit = at < in.length ? hexDigit(in[at]) : -1;
            if (digit < 0) {
                throw fault("four hex digits expected");
            }
            value = value << 4 | digit;
        }
        return (char) value;
    }

    private static int hexDigit(byte c) {
        if (c >= '0' && c <= '9') {
            return c - '0';
        }
        int lower = c | 0x20;
        return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
    }

    private void checkDepth(int depth) throws MalformedException {
        if (depth > maxDepth) {
            throw fault("nesting deeper than " + maxDepth);
        }
    }

    private void skipSpace() {
        while (at < in.length && (in[at] == ' ' || in[at] == '\t' || in[at] == '\n' || in[at] == '\r')) {
            at++;
        }
    }

    private boolean take(char c) {
        if (at < in.length && in[at] == c) {
            at++;
            return true;
        }
        return false;
    }

    private void need(char c) throws MalformedException {
        if (!take(c)) {
            throw fault("'" + c + "' expected");
        }
    }

    private MalformedException fault(String what) {
        return new MalformedException("JSON: " + what, at);
    }

    private static String brief(String key) {
        return key.length() <= 40 ? key : key.substring(0, 40) + "...";
    }

    private static void write(Json value, StringBuilder out) {
        switch (value) {
            case Json.Obj(var members) -> {
                char before = '{';
                for (Map.Entry<String, Json> e : members.entrySet()) {
                    out.append(before);
                    quote(e.getKey(), out);
                    out.append(':');
                    write(e.getValue(), out);
                    before = ',';
                }
                out.append(before == '{' ? "{}" : "}");
            }
            case Json.Arr(var items) -> {
                char before = '[';
                for (Json item : items) {
                    out.append(before);
                    write(item, out);
                    before = ',';
                }
                out.append(before == '[' ? "[]" : "]");
            }
            case Json.Str(var s) -> quote(s, out);
            case Json.Num(var literal) -> out.append(literal);
            case Json.Bool(var b) -> out.append(b);
            case Json.Null() -> out.append("null");
        }
    }

    private static void quote(String s, StringBuilder out) {
        out.append('"');
        int run = 0; // what needs no escape goes out in one piece
        for (int i = 0; i < s.length(); i++) {
            char c = s.charAt(i);
            if (c >= 0x20 && c != '"' && c != '\\' && !(Character.isSurrogate(c) && !paired(s, i))) {
                continue;
            }
            out.append(s, run, i);
            run = i + 1;
            switch (c) {
                case '"' -> out.append("\\\"");
                case '\\' -> out.append("\\\\");
                case '\b' -> out.append("\\b");
                case '\f' -> out.append("\\f");
                case '\n' -> out.append("\\n");
                case '\r' -> out.append("\\r");
                case '\t' -> out.append("\\t");
                default -> {
                    out.append("\\u").append(hex(c >> 12)).append(hex(c >> 8));
                    out.append(hex(c >> 4)).append(hex(c));
                }
            }
        }
        out.append(s, run, s.length()).append('"');
    }

    private static boolean paired(String s, int i) {
        return Character.isHighSurrogate(s.charAt(i))
                ? i + 1 < s.length() && Character.isLowSurrogate(s.charAt(i + 1))
                : i > 0 && Character.isHighSurrogate(s.charAt(i - 1));
    }

    private static char hex(int nibble) {
        return "0123456789abcdef".charAt(nibble & 15);
    }
}
