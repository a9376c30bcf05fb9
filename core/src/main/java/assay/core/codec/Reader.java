package assay.core.codec;

import assay.core.base.Hash;
import assay.core.base.MalformedException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Reads little-endian values from bytes that nobody vouches for: every length is compared with what
 * is left, and with the caller's bound, before anything is allocated.
 *
 * <p>The mirror of {@link Writer}. Not for use by several threads.
 */
public final class Reader {
    private static final VarHandle SHORT = MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    private final byte[] in;
    private int at;

    /** A reader at the start of these bytes, which are not copied. */
    public Reader(byte[] in) {
        this.in = in;
    }

    /** Bytes read so far. */
    public int offset() {
        return at;
    }

    /** Bytes left. */
    public int remaining() {
        return in.length - at;
    }

    /** An unsigned byte. */
    public int u8() throws MalformedException {
        return in[take(1)] & 0xff;
    }

    /** An unsigned 16-bit integer. */
    public int u16() throws MalformedException {
        return (short) SHORT.get(in, take(2)) & 0xffff;
    }

    /** An unsigned 32-bit integer. */
    public long u32() throws MalformedException {
        return i32() & 0xffffffffL;
    }

    /** A signed 32-bit integer. */
    public int i32() throws MalformedException {
        return (int) INT.get(in, take(4));
    }

    /** A signed 64-bit integer. */
    public long i64() throws MalformedException {
        return (long) LONG.get(in, take(8));
    }

    /** A byte that is 0 or 1. */
    public boolean bool() throws MalformedException {
        int b = u8();
        if (b > 1) {
            throw new MalformedException("a boolean is 0 or 1, got " + b, at - 1);
        }
        return b == 1;
    }

    /** Exactly {@code count} bytes. */
    public byte[] bytes(int count) throws MalformedException {
        int from = take(count);
        return Arrays.copyOfRange(in, from, from + count);
    }

    /** A digest. */
    public Hash hash() throws MalformedException {
        return Hash.ofBytes(bytes(Hash.SIZE_BYTES));
    }

    /** An unsigned 32-bit length, at most {@code maxBytes}, and that many bytes. */
    public byte[] blob(int maxBytes) throws MalformedException {
        return bytes(count(maxBytes, 1));
    }

    /** A blob that is strict UTF-8. */
    public String utf8(int maxBytes) throws MalformedException {
        int length = count(maxBytes, 1);
        int from = take(length);
        Utf8.check(in, from, from + length);
        return new String(in, from, length, StandardCharsets.UTF_8);
    }

    /**
     * An unsigned 32-bit count of items that follow, refused before anything is allocated for them.
     *
     * @param max the largest count accepted
     * @param minBytesEach bytes that each item takes at least, so that the count cannot exceed the input
     */
    public int count(int max, int minBytesEach) throws MalformedException {
        int start = at;
        long n = u32();
        if (n > max) {
            throw new MalformedException("a count of at most " + max + " expected, got " + n, start);
        }
        if (n * minBytesEach > remaining()) {
            throw new MalformedException(n + " items announced, " + remaining() + " bytes left", start);
        }
        return (int) n;
    }

    /** Refuses bytes after the last value. */
    public void end() throws MalformedException {
        if (remaining() != 0) {
            throw new MalformedException(remaining() + " bytes after the end", at);
        }
    }

    private int take(int count) throws MalformedException {
        if (count < 0 || count > in.length - at) {
            throw new MalformedException(count + " bytes expected, " + (in.length - at) + " left", at);
        }
        int from = at;
        at += count;
        return from;
    }
}
