package assay.node.openai;

import assay.node.http.ApiError;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * A strict walk over JSON bytes, for parsers that know which type each field has.
 *
 * <p>Strict: UTF-8 without byte order mark, no duplicate names, no lone surrogates, nesting to 16,
 * one value and nothing after it. All faults are {@link ApiError}s of status 400.
 */
final class JsonCursor implements AutoCloseable {
    private static final int DEPTH_MAX = 16;

    private static final JsonFactory JSON = JsonFactory.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
            .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(DEPTH_MAX)
                    .maxNumberLength(400)
                    .maxNameLength(256)
                    .maxStringLength(Integer.MAX_VALUE)
                    .build())
            .build();

    /** Takes the value of the field it is given. */
    interface OnField {
        void accept(String name) throws ApiError;
    }

    /** Takes the item at the index it is given. */
    interface OnItem {
        void accept(int index) throws ApiError;
    }

    private final JsonParser parser;
    private @Nullable JsonToken token;

    private JsonCursor(JsonParser parser) {
        this.parser = parser;
    }

    /** A cursor on the first token. */
    static JsonCursor over(byte[] body) throws ApiError {
        checkUtf8(body);
        try {
            // A reader, because Jackson takes bytes to be UTF-16 or UTF-32 if they look like it.
            Reader reader = new InputStreamReader(new ByteArrayInputStream(body), StandardCharsets.UTF_8);
            JsonCursor cursor = new JsonCursor(JSON.createParser(reader));
            cursor.next();
            return cursor;
        } catch (IOException e) {
            throw new UncheckedIOException("a buffer in memory does not fail", e);
        }
    }

    /** The token under the cursor, or null after the end. */
    @Nullable
    JsonToken token() {
        return token;
    }

    boolean isNull() {
        return token == JsonToken.VALUE_NULL;
    }

    /** Walks an object; {@code onField} consumes each value. */
    void object(String path, OnField onField) throws ApiError {
        expect(path, JsonToken.START_OBJECT, "an object");
        while (next() == JsonToken.FIELD_NAME) {
            String name = scalars(path, text());
            next();
            onField.accept(name);
        }
    }

    /** Walks an array; {@code onItem} consumes each item. */
    void array(String path, OnItem onItem) throws ApiError {
        expect(path, JsonToken.START_ARRAY, "an array");
        for (int i = 0; next() != JsonToken.END_ARRAY; i++) {
            onItem.accept(i);
        }
    }

    String string(String path) throws ApiError {
        expect(path, JsonToken.VALUE_STRING, "a string");
        return scalars(path, text());
    }

    boolean bool(String path) throws ApiError {
        if (token != JsonToken.VALUE_TRUE && token != JsonToken.VALUE_FALSE) {
            throw ApiError.invalidType(shown(path), "a boolean", kind());
        }
        return token == JsonToken.VALUE_TRUE;
    }

    /** A finite number; negative zero is zero. */
    double number(String path) throws ApiError {
        if (token != JsonToken.VALUE_NUMBER_INT && token != JsonToken.VALUE_NUMBER_FLOAT) {
            throw ApiError.invalidType(shown(path), "a number", kind());
        }
        double value = Double.parseDouble(text());
        if (Double.isInfinite(value)) {
            throw ApiError.invalidValue(path, "Invalid value for '" + path + "': the number is too large.");
        }
        return value + 0.0;
    }

    int int32(String path) throws ApiError {
        return (int) integer(path, Integer.MIN_VALUE, Integer.MAX_VALUE);
    }

    long int64(String path) throws ApiError {
        return integer(path, Long.MIN_VALUE, Long.MAX_VALUE);
    }

    private long integer(String path, long low, long high) throws ApiError {
        expect(path, JsonToken.VALUE_NUMBER_INT, "an integer");
        BigInteger value = new BigInteger(text());
        if (value.compareTo(BigInteger.valueOf(low)) < 0 || value.compareTo(BigInteger.valueOf(high)) > 0) {
            throw ApiError.invalidValue(
                    path, "Invalid value for '" + path + "': expected " + low + " to " + high + ".");
        }
        return value.longValue();
    }

    /** Refuses anything after the first value. */
    void end() throws ApiError {
        if (next() != null) {
            throw ApiError.invalidJson("The body holds more than one JSON value.");
        }
    }

    /** What kind of value is under the cursor, for a message. */
    String kind() {
        return switch (token) {
            case null -> "the end of the body";
            case START_OBJECT -> "an object";
            case START_ARRAY -> "an array";
            case VALUE_STRING -> "a string";
            case VALUE_NUMBER_INT -> "an integer";
            case VALUE_NUMBER_FLOAT -> "a decimal";
            case VALUE_TRUE, VALUE_FALSE -> "a boolean";
            case VALUE_NULL -> "null";
            default -> "something else";
        };
    }

    @Override
    public void close() {
        try {
            parser.close();
        } catch (IOException e) {
            throw new UncheckedIOException("a buffer in memory does not fail", e);
        }
    }

    /** The first 60 characters. */
    static String clip(String text) {
        return text.codePointCount(0, text.length()) <= 60
                ? text
                : text.substring(0, text.offsetByCodePoints(0, 60)) + "…";
    }

    private void expect(String path, JsonToken wanted, String name) throws ApiError {
        if (token != wanted) {
            throw path.isEmpty() && token == null
                    ? ApiError.invalidJson("The body is empty.")
                    : ApiError.invalidType(shown(path), name, kind());
        }
    }

    private static String shown(String path) {
        return path.isEmpty() ? "body" : path;
    }

    private @Nullable JsonToken next() throws ApiError {
        try {
            token = parser.nextToken();
            return token;
        } catch (JsonProcessingException e) {
            throw broken(e);
        } catch (IOException e) {
            throw ApiError.invalidJson("We could not parse the JSON body of your request.");
        }
    }

    private String text() throws ApiError {
        try {
            return parser.getText();
        } catch (JsonProcessingException e) {
            throw broken(e);
        } catch (IOException e) {
            throw ApiError.invalidJson("We could not parse the JSON body of your request.");
        }
    }

    private static ApiError broken(JsonProcessingException e) {
        JsonLocation at = e.getLocation();
        String where = at == null ? "" : " at line " + at.getLineNr() + ", column " + at.getColumnNr();
        return ApiError.invalidJson("We could not parse the JSON body of your request" + where + ": "
                + clip(e.getOriginalMessage().replaceAll("[\\p{Cntrl}]", " ")) + ".");
    }

    /** The text itself, unless half of a surrogate pair stands alone in it. */
    private static String scalars(String path, String text) throws ApiError {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (Character.isHighSurrogate(c) && i + 1 < text.length() && Character.isLowSurrogate(text.charAt(i + 1))) {
                i++;
            } else if (Character.isSurrogate(c)) {
                throw ApiError.invalidValue(shown(path), "Invalid value for '" + shown(path) + "': a lone surrogate.");
            }
        }
        return text;
    }

    private static void checkUtf8(byte[] body) throws ApiError {
        if (body.length >= 3 && body[0] == (byte) 0xEF && body[1] == (byte) 0xBB && body[2] == (byte) 0xBF) {
            throw ApiError.invalidJson("The body starts with a byte order mark; JSON has none.");
        }
        CharsetDecoder decoder = StandardCharsets.UTF_8
                .newDecoder()
                .onMalformedInput(CodingErrorAction.REPORT)
                .onUnmappableCharacter(CodingErrorAction.REPORT);
        ByteBuffer in = ByteBuffer.wrap(body);
        CharBuffer out = CharBuffer.allocate(8192);
        CoderResult result;
        do {
            out.clear();
            result = decoder.decode(in, out, true);
        } while (result.isOverflow());
        if (result.isError()) {
            throw ApiError.invalidJson("The body is not valid UTF-8 at byte " + in.position() + ".");
        }
    }
}
