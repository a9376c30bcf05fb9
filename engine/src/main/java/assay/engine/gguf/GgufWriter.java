package assay.engine.gguf;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Writes small GGUF files, version 3, little-endian, aligned to 32 bytes: for tests and benches that
 * make their own models. Everything is held in memory.
 *
 * <p>Values and tensors stand in the file in the order in which they were added. Not thread-safe.
 */
public final class GgufWriter {
    private static final int ALIGNMENT = 32;

    private final ByteArrayOutputStream metadata = new ByteArrayOutputStream();
    private final ByteArrayOutputStream table = new ByteArrayOutputStream();
    private final ByteArrayOutputStream data = new ByteArrayOutputStream();
    private int keys;
    private int tensors;

    /** Adds a string. */
    public GgufWriter string(String key, String value) {
        header(key, ValueType.STRING);
        text(metadata, value);
        return this;
    }

    /** Adds a 32-bit whole number, unsigned unless it is negative. */
    public GgufWriter integer(String key, int value) {
        header(key, value < 0 ? ValueType.INT32 : ValueType.UINT32);
        int32(metadata, value);
        return this;
    }

    /** Adds a 32-bit float. */
    public GgufWriter float32(String key, float value) {
        header(key, ValueType.FLOAT32);
        int32(metadata, Float.floatToRawIntBits(value));
        return this;
    }

    /** Adds a boolean. */
    public GgufWriter bool(String key, boolean value) {
        header(key, ValueType.BOOL);
        metadata.write(value ? 1 : 0);
        return this;
    }

    /** Adds an array of strings. */
    public GgufWriter strings(String key, List<String> values) {
        array(key, ValueType.STRING, values.size());
        for (String value : values) {
            text(metadata, value);
        }
        return this;
    }

    /** Adds an array of signed 32-bit whole numbers. */
    public GgufWriter integers(String key, int[] values) {
        array(key, ValueType.INT32, values.length);
        for (int value : values) {
            int32(metadata, value);
        }
        return this;
    }

    /** Adds an array of 32-bit floats. */
    public GgufWriter floats(String key, float[] values) {
        array(key, ValueType.FLOAT32, values.length);
        for (float value : values) {
            int32(metadata, Float.floatToRawIntBits(value));
        }
        return this;
    }

    /**
     * Adds a tensor.
     *
     * @param shape in ggml's order, row length first
     * @throws IllegalArgumentException if {@code bytes} is not the size of that many weights
     */
    public GgufWriter tensor(String name, GgmlType type, long[] shape, byte[] bytes) {
        long rows = 1;
        for (int i = 1; i < shape.length; i++) {
            rows *= shape[i];
        }
        if (bytes.length != rows * type.rowBytes(shape[0])) {
            throw new IllegalArgumentException(
                    name + ": " + rows * type.rowBytes(shape[0]) + " bytes expected, got " + bytes.length);
        }
        text(table, name);
        int32(table, shape.length);
        for (long length : shape) {
            int64(table, length);
        }
        int32(table, type.id);
        int64(table, data.size());
        data.writeBytes(bytes);
        pad(data);
        tensors++;
        return this;
    }

    /** Adds a tensor of 32-bit floats with one dimension. */
    public GgufWriter vector(String name, float[] values) {
        ByteBuffer bytes = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
        for (float value : values) {
            bytes.putFloat(value);
        }
        return tensor(name, GgmlType.F32, new long[] {values.length}, bytes.array());
    }

    /** The file. */
    public byte[] bytes() {
        ByteArrayOutputStream file = new ByteArrayOutputStream();
        file.writeBytes("GGUF".getBytes(StandardCharsets.US_ASCII));
        int32(file, 3);
        int64(file, tensors);
        int64(file, keys);
        file.writeBytes(metadata.toByteArray());
        file.writeBytes(table.toByteArray());
        pad(file);
        file.writeBytes(data.toByteArray());
        return file.toByteArray();
    }

    /** Writes the file and gives its path. */
    public Path write(Path path) throws IOException {
        return Files.write(path, bytes());
    }

    /** Where the sections of {@link #bytes} begin: header, metadata, tensor table, tensors. */
    Map<String, Integer> sections() {
        Map<String, Integer> sections = new TreeMap<>();
        sections.put("metadata", 24);
        sections.put("table", 24 + metadata.size());
        sections.put("tensors", (24 + metadata.size() + table.size() + ALIGNMENT - 1) & -ALIGNMENT);
        return sections;
    }

    private void header(String key, ValueType type) {
        text(metadata, key);
        int32(metadata, type.ordinal());
        keys++;
    }

    private void array(String key, ValueType element, int count) {
        header(key, ValueType.ARRAY);
        int32(metadata, element.ordinal());
        int64(metadata, count);
    }

    private static void text(ByteArrayOutputStream out, String value) {
        byte[] utf8 = value.getBytes(StandardCharsets.UTF_8);
        int64(out, utf8.length);
        out.writeBytes(utf8);
    }

    private static void int32(ByteArrayOutputStream out, int value) {
        for (int shift = 0; shift < 32; shift += 8) {
            out.write(value >>> shift);
        }
    }

    private static void int64(ByteArrayOutputStream out, long value) {
        int32(out, (int) value);
        int32(out, (int) (value >>> 32));
    }

    private static void pad(ByteArrayOutputStream out) {
        while (out.size() % ALIGNMENT != 0) {
            out.write(0);
        }
    }
}
