package assay.engine.gguf;

import assay.core.base.MalformedException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/**
 * A position in a mapped file, moving forward; every read checks that the bytes are there.
 *
 * <p>All numbers are little-endian. Nothing is allocated before its length has been checked against
 * the bytes that remain.
 */
final class Cursor {
    static final ValueLayout.OfShort SHORT = ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private final MemorySegment bytes;
    private long position;

    Cursor(MemorySegment bytes, long position) {
        this.bytes = bytes;
        this.position = position;
    }

    long position() {
        return position;
    }

    int int32(String what) throws MalformedException {
        return bytes.get(INT, take(4, what));
    }

    long int64(String what) throws MalformedException {
        return bytes.get(LONG, take(8, what));
    }

    /** An unsigned 64-bit count or length of at most {@code max}. */
    long count(String what, long max) throws MalformedException {
        long at = position;
        long n = int64(what);
        if (n < 0 || n > max) {
            throw new MalformedException(
                    what + " is " + Long.toUnsignedString(n) + ", at most " + max + " is possible or allowed", at);
        }
        return n;
    }

    /** Moves over {@code length} bytes and gives where they began. */
    long take(long length, String what) throws MalformedException {
        if (length < 0 || length > bytes.byteSize() - position) {
            throw new MalformedException(
                    "the file ends inside " + what + ": " + length + " bytes needed, " + (bytes.byteSize() - position)
                            + " left",
                    position);
        }
        long at = position;
        position += length;
        return at;
    }

    /** A string: its length in bytes (64 bits), then that much UTF-8. */
    String string(String what, long maxBytes) throws MalformedException {
        long length = count("the length of " + what, maxBytes);
        long at = take(length, what);
        requireUtf8(at, length, what);
        return text(bytes, at, length);
    }

    /** Moves over a string after checking its length and its UTF-8; gives its bytes' length. */
    long skipString(String what, long maxBytes) throws MalformedException {
        long length = count("the length of " + what, maxBytes);
        requireUtf8(take(length, what), length, what);
        return length;
    }

    /** The text of bytes that are known to be UTF-8. */
    static String text(MemorySegment bytes, long at, long length) {
        byte[] copy = new byte[Math.toIntExact(length)];
        MemorySegment.copy(bytes, ValueLayout.JAVA_BYTE, at, copy, 0, copy.length);
        return new String(copy, StandardCharsets.UTF_8);
    }

    /** UTF-8 as RFC 3629 has it: shortest forms, no surrogates, nothing above U+10FFFF. */
    private void requireUtf8(long at, long length, String what) throws MalformedException {
        long i = at;
        long end = at + length;
        while (i < end) {
            int lead = bytes.get(ValueLayout.JAVA_BYTE, i) & 0xff;
            int more = lead < 0x80 ? 0 : lead < 0xc2 ? -1 : lead < 0xe0 ? 1 : lead < 0xf0 ? 2 : lead < 0xf5 ? 3 : -1;
            if (more < 0 || more >= end - i) {
                throw new MalformedException(what + " is not UTF-8", i);
            }
            for (int k = 1; k <= more; k++) {
                int next = bytes.get(ValueLayout.JAVA_BYTE, i + k) & 0xff;
                boolean low = k == 1 && (lead == 0xe0 && next < 0xa0 || lead == 0xf0 && next < 0x90);
                boolean high = k == 1 && (lead == 0xed && next > 0x9f || lead == 0xf4 && next > 0x8f);
                if ((next & 0xc0) != 0x80 || low || high) {
                    throw new MalformedException(what + " is not UTF-8", i + k);
                }
            }
            i += more + 1;
        }
    }
}
