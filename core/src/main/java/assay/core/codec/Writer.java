package assay.core.codec;

import assay.core.base.Hash;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Writes little-endian values, as {@link Reader} reads them. Not for use by several threads. */
public final class Writer {
    private byte[] out = new byte[64];
    private int size;

    /** Appends an unsigned byte. */
    public Writer u8(int value) {
        require(value >= 0 && value <= 0xff, "a byte", value);
        room(1);
        out[size++] = (byte) value;
        return this;
    }

    /** Appends an unsigned 16-bit integer. */
    public Writer u16(int value) {
        require(value >= 0 && value <= 0xffff, "16 bits", value);
        return little(value, 2);
    }

    /** Appends an unsigned 32-bit integer. */
    public Writer u32(long value) {
        require(value >= 0 && value <= 0xffffffffL, "32 bits", value);
        return little(value, 4);
    }

    /** Appends a signed 32-bit integer. */
    public Writer i32(int value) {
        return little(value, 4);
    }

    /** Appends a 64-bit integer. */
    public Writer i64(long value) {
        return little(value, 8);
    }

    /** Appends 1 or 0. */
    public Writer bool(boolean value) {
        return u8(value ? 1 : 0);
    }

    /** Appends these bytes without a length. */
    public Writer bytes(byte[] bytes) {
        room(bytes.length);
        System.arraycopy(bytes, 0, out, size, bytes.length);
        size += bytes.length;
        return this;
    }

    /** Appends a digest. */
    public Writer hash(Hash hash) {
        return bytes(hash.bytes());
    }

    /** Appends an unsigned 32-bit length and the bytes. */
    public Writer blob(byte[] bytes) {
        return u32(bytes.length).bytes(bytes);
    }

    /** Appends the text's UTF-8 as a blob. */
    public Writer utf8(String text) {
        return blob(text.getBytes(StandardCharsets.UTF_8));
    }

    /** Bytes written so far. */
    public int size() {
        return size;
    }

    /** A copy of what was written. */
    public byte[] toBytes() {
        return Arrays.copyOf(out, size);
    }

    private Writer little(long value, int bytes) {
        room(bytes);
        for (int i = 0; i < bytes; i++) {
            out[size++] = (byte) (value >>> 8 * i);
        }
        return this;
    }

    private void room(int bytes) {
        if (out.length - size < bytes) {
            out = Arrays.copyOf(out, Math.max(Math.addExact(size, bytes), Math.min(out.length, 1 << 29) * 2));
        }
    }

    private static void require(boolean holds, String what, long value) {
        if (!holds) {
            throw new IllegalArgumentException(value + " does not fit in " + what);
        }
    }
}
