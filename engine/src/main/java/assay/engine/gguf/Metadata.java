package assay.engine.gguf;

import assay.core.base.MalformedException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SortedSet;
import java.util.TreeMap;

/**
 * The key-value section of a GGUF file.
 *
 * <p>Opening walks over all values and checks them (lengths, UTF-8, booleans that are 0 or 1,
 * numbers that fit); it keeps only where each one stands. Arrays are decoded when they are asked
 * for, so a file costs memory for what is used of it.
 */
final class Metadata {
    static final long KEYS_MAX = 4_096;
    static final long KEY_BYTES_MAX = 1_024;

    /** Elements of one array: the largest vocabularies have about 2^18 tokens and 2^19 merges. */
    static final long ELEMENTS_MAX = 1 << 20;

    /** Text of one string or of all the strings of one array, in bytes. */
    static final long TEXT_BYTES_MAX = 16 << 20;

    /** The value of a key: {@code count} elements of {@code element} from byte {@code at}. */
    private record Value(ValueType type, ValueType element, long at, long count) {}

    private final MemorySegment bytes;
    private final TreeMap<String, Value> values = new TreeMap<>();

    private Metadata(MemorySegment bytes) {
        this.bytes = bytes;
    }

    /** Reads {@code count} pairs from the cursor on. */
    static Metadata parse(MemorySegment bytes, Cursor cursor, long count) throws MalformedException {
        Metadata metadata = new Metadata(bytes);
        for (long i = 0; i < count; i++) {
            long at = cursor.position();
            String key = cursor.string("key " + i, KEY_BYTES_MAX);
            Value value = metadata.value(cursor, key);
            if (metadata.values.put(key, value) != null) {
                throw new MalformedException("key " + key + " appears twice", at);
            }
        }
        return metadata;
    }

    private Value value(Cursor cursor, String key) throws MalformedException {
        ValueType type = type(cursor, key);
        ValueType element = type;
        long count = 1;
        if (type == ValueType.ARRAY) {
            long at = cursor.position();
            element = type(cursor, key);
            if (element == ValueType.ARRAY) {
                throw new MalformedException(key + " is an array of arrays, which is not supported", at);
            }
            count = cursor.count("the number of elements of " + key, ELEMENTS_MAX);
        }
        long at = cursor.position();
        if (element == ValueType.STRING) {
            long left = TEXT_BYTES_MAX;
            for (long i = 0; i < count; i++) {
                left -= cursor.skipString(key, left);
            }
        } else {
            cursor.take(count * element.bytes, key);
            checkNumbers(element, at, count, key);
        }
        return new Value(type, element, at, count);
    }

    private static ValueType type(Cursor cursor, String key) throws MalformedException {
        long at = cursor.position();
        int id = cursor.int32("the type of " + key);
        if (!ValueType.known(id)) {
            throw new MalformedException(key + " has unknown value type " + Integer.toUnsignedString(id), at);
        }
        return ValueType.ofId(id);
    }

    /** Refuses what the accessors below could not return as it is. */
    private void checkNumbers(ValueType element, long at, long count, String key) throws MalformedException {
        if (element != ValueType.BOOL && element != ValueType.UINT64) {
            return;
        }
        for (long i = 0; i < count; i++) {
            long p = at + i * element.bytes;
            if (element == ValueType.BOOL && (bytes.get(ValueLayout.JAVA_BYTE, p) & ~1) != 0) {
                throw new MalformedException(key + " is neither true (1) nor false (0)", p);
            }
            if (element == ValueType.UINT64 && bytes.get(Cursor.LONG, p) < 0) {
                throw new MalformedException(key + " is above 2^63", p);
            }
        }
    }

    SortedSet<String> keys() {
        return Collections.unmodifiableSortedSet(values.navigableKeySet());
    }

    Optional<ValueType> type(String key) {
        return Optional.ofNullable(values.get(key)).map(Value::type);
    }

    /** Number of elements of an array, 1 for anything else that is there, 0 for what is not. */
    long count(String key) {
        Value value = values.get(key);
        return value == null ? 0 : value.count;
    }

    Optional<String> string(String key) {
        Value value = values.get(key);
        if (value == null || value.type != ValueType.STRING) {
            return Optional.empty();
        }
        return Optional.of(new Cursor(bytes, value.at).checkedString());
    }

    OptionalLong integer(String key) {
        Value value = values.get(key);
        return value == null || !value.type.integral()
                ? OptionalLong.empty()
                : OptionalLong.of(integerAt(value.type, value.at));
    }

    Optional<Float> float32(String key) {
        Value value = values.get(key);
        return value == null || value.type != ValueType.FLOAT32
                ? Optional.empty()
                : Optional.of(bytes.get(Cursor.FLOAT, value.at));
    }

    Optional<Boolean> bool(String key) {
        Value value = values.get(key);
        return value == null || value.type != ValueType.BOOL
                ? Optional.empty()
                : Optional.of(bytes.get(ValueLayout.JAVA_BYTE, value.at) != 0);
    }

    Optional<List<String>> strings(String key) {
        Value value = values.get(key);
        if (value == null || value.type != ValueType.ARRAY || value.element != ValueType.STRING) {
            return Optional.empty();
        }
        List<String> strings = new ArrayList<>((int) value.count);
        Cursor cursor = new Cursor(bytes, value.at);
        for (long i = 0; i < value.count; i++) {
            strings.add(cursor.checkedString());
        }
        return Optional.of(Collections.unmodifiableList(strings));
    }

    Optional<int[]> integers(String key) {
        Value value = values.get(key);
        if (value == null || value.type != ValueType.ARRAY || !value.element.integral()) {
            return Optional.empty();
        }
        int[] integers = new int[(int) value.count];
        for (int i = 0; i < integers.length; i++) {
            long wide = integerAt(value.element, value.at + (long) i * value.element.bytes);
            if (wide != (int) wide) {
                return Optional.empty();
            }
            integers[i] = (int) wide;
        }
        return Optional.of(integers);
    }

    Optional<float[]> floats(String key) {
        Value value = values.get(key);
        if (value == null || value.type != ValueType.ARRAY || value.element != ValueType.FLOAT32) {
            return Optional.empty();
        }
        float[] floats = new float[(int) value.count];
        for (int i = 0; i < floats.length; i++) {
            floats[i] = bytes.get(Cursor.FLOAT, value.at + 4L * i);
        }
        return Optional.of(floats);
    }

    private long integerAt(ValueType type, long at) {
        return switch (type) {
            case UINT8 -> bytes.get(ValueLayout.JAVA_BYTE, at) & 0xffL;
            case INT8 -> bytes.get(ValueLayout.JAVA_BYTE, at);
            case UINT16 -> bytes.get(Cursor.SHORT, at) & 0xffffL;
            case INT16 -> bytes.get(Cursor.SHORT, at);
            case UINT32 -> bytes.get(Cursor.INT, at) & 0xffff_ffffL;
            case INT32 -> bytes.get(Cursor.INT, at);
            case UINT64, INT64 -> bytes.get(Cursor.LONG, at);
            case FLOAT32, BOOL, STRING, ARRAY, FLOAT64 ->
                throw new IllegalArgumentException(type + " is not an integer");
        };
    }
}
