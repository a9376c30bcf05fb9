package assay.core.codec;

import assay.core.base.Hash;
import assay.core.base.MalformedException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Optional;

/**
 * A JSON value and where it stands, so that a wrong one is refused by its name:
 * {@code usage.prompt_tokens: expected an integer, got a string}.
 *
 * @param value the value
 * @param path its place from the root, for example {@code messages[2].content}; empty for the root
 */
public record Field(Json value, String path) {
    /** The root of a document. */
    public static Field root(Json value) {
        return new Field(value, "");
    }

    /** The member {@code key} of this object, which must be there. */
    public Field at(String key) throws MalformedException {
        Json member = object().members().get(key);
        if (member == null) {
            throw new MalformedException(pathOf(key) + ": missing", -1);
        }
        return new Field(member, pathOf(key));
    }

    /** The member {@code key} of this object; empty if it is absent or null. */
    public Optional<Field> find(String key) throws MalformedException {
        Json member = object().members().get(key);
        return member == null || member instanceof Json.Null
                ? Optional.empty()
                : Optional.of(new Field(member, pathOf(key)));
    }

    /** Refuses any member of this object that is not listed. */
    public void only(String... keys) throws MalformedException {
        List<String> known = Arrays.asList(keys);
        for (String key : object().members().keySet()) {
            if (!known.contains(key)) {
                throw new MalformedException(pathOf(key) + ": unknown field", -1);
            }
        }
    }

    /** The items of this array, of which there may be at most {@code max}. */
    public List<Field> items(int max) throws MalformedException {
        if (!(value instanceof Json.Arr(var items))) {
            throw expected("an array");
        }
        if (items.size() > max) {
            throw new MalformedException(name() + ": at most " + max + " items expected, got " + items.size(), -1);
        }
        List<Field> out = new ArrayList<>(items.size());
        for (int i = 0; i < items.size(); i++) {
            out.add(new Field(items.get(i), path + "[" + i + "]"));
        }
        return out;
    }

    /** This object. */
    public Json.Obj object() throws MalformedException {
        if (value instanceof Json.Obj obj) {
            return obj;
        }
        throw expected("an object");
    }

    /** This string. */
    public String string() throws MalformedException {
        if (value instanceof Json.Str(var s)) {
            return s;
        }
        throw expected("a string");
    }

    /** This string, of at most {@code maxChars} UTF-16 chars. */
    public String string(int maxChars) throws MalformedException {
        String s = string();
        if (s.length() > maxChars) {
            throw new MalformedException(name() + ": at most " + maxChars + " chars expected, got " + s.length(), -1);
        }
        return s;
    }

    /** This boolean. */
    public boolean bool() throws MalformedException {
        if (value instanceof Json.Bool(var b)) {
            return b;
        }
        throw expected("true or false");
    }

    /** This number, written without fraction or exponent, in [min, max]. */
    public long integer(long min, long max) throws MalformedException {
        if (!(value instanceof Json.Num(var literal)) || !isInteger(literal)) {
            throw expected("an integer");
        }
        long n;
        try {
            n = Long.parseLong(literal);
        } catch (NumberFormatException e) {
            throw outside(min, max, literal);
        }
        if (n < min || n > max) {
            throw outside(min, max, literal);
        }
        return n;
    }

    /** This number in [min, max] as an int. */
    public int int32(int min, int max) throws MalformedException {
        return (int) integer(min, max);
    }

    /** This number as the nearest double, which must be finite. */
    public double decimal() throws MalformedException {
        if (!(value instanceof Json.Num(var literal))) {
            throw expected("a number");
        }
        double d = Double.parseDouble(literal);
        if (!Double.isFinite(d)) {
            throw new MalformedException(name() + ": number too large", -1);
        }
        return d;
    }

    /** This string as a digest of 64 lower-case hex digits. */
    public Hash hash() throws MalformedException {
        try {
            return Hash.ofHex(string());
        } catch (MalformedException e) {
            throw expected("64 lower-case hex digits");
        }
    }

    /** This string as canonical base64 with padding (RFC 4648, section 4), at most {@code maxBytes} decoded. */
    public byte[] base64(int maxBytes) throws MalformedException {
        String s = string();
        if (s.length() > (maxBytes + 2L) / 3 * 4) {
            throw new MalformedException(name() + ": at most " + maxBytes + " bytes expected", -1);
        }
        try {
            byte[] bytes = Base64.getDecoder().decode(s);
            if (bytes.length <= maxBytes
                    && Base64.getEncoder().encodeToString(bytes).equals(s)) {
                return bytes;
            }
        } catch (IllegalArgumentException e) {
            throw expected("base64");
        }
        throw expected("canonical base64 with padding");
    }

    /** A fault of this value, named by its path: {@code path: what}. */
    public MalformedException fault(String what) {
        return new MalformedException(name() + ": " + what, -1);
    }

    private static boolean isInteger(String literal) {
        return literal.chars().allMatch(c -> c == '-' || c >= '0' && c <= '9');
    }

    private MalformedException outside(long min, long max, String got) {
        return new MalformedException(
                name() + ": expected " + min + " to " + max + ", got "
                        + (got.length() > 24 ? got.substring(0, 24) + "..." : got),
                -1);
    }

    private MalformedException expected(String what) {
        return new MalformedException(name() + ": expected " + what + ", got " + kind(), -1);
    }

    private String kind() {
        return switch (value) {
            case Json.Obj o -> "an object";
            case Json.Arr a -> "an array";
            case Json.Str(var s) -> s.length() <= 24 ? "\"" + s + "\"" : "a string of " + s.length() + " chars";
            case Json.Num(var literal) -> literal.length() <= 24 ? literal : "a long number";
            case Json.Bool b -> "a boolean";
            case Json.Null n -> "null";
        };
    }

    private String name() {
        return path.isEmpty() ? "document" : path;
    }

    private String pathOf(String key) {
        String shown = key.length() <= 64 ? key : key.substring(0, 64) + "...";
        return path.isEmpty() ? shown : path + "." + shown;
    }
}
