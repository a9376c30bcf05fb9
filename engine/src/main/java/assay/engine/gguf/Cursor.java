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
 * the bytes that remain. Bytes pass through a small array, because a vocabulary is a hundred thousand
 * tiny reads and access to mapped memory is slow before it is compiled.
 */
final class Cursor {
    static final ValueLayout.OfShort SHORT = ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private final MemorySegment bytes;
    private final byte[] window = new byte[1 << 14];
    private long windowAt;
    private int windowSize;
    private long position;

    Cursor(MemorySegment bytes, long position) {
        this.bytes = bytes;
        this.position = position;
    }

    long position() {
        return position;
    }

    int int32(String what) throws MalformedException {
        return int32(see(take(4, what), 4));
    }

    long int64(String what) throws MalformedException {
        return int64(see(take(8, what), 8));
    }

    private long int64(int i) {
        return int32(i) & 0xffff_ffffL | (long) int32(i + 4) << 32;
    }

    private int int32(int i) {
        return window[i] & 0xff | (window[i + 1] & 0xff) << 8 | (window[i + 2] & 0xff) << 16 | window[i + 3] << 24;
    }

    /** Where in the window byte {@code at} of the file is, with {@code count} more behind it. */
    private int see(long at, int count) {
        if (at < windowAt || at + count > windowAt + windowSize) {
            windowAt = at;
            windowSize = (int) Math.min(window.length, bytes.byteSize() - at);
            MemorySegment.copy(bytes, ValueLayout.JAVA_BYTE, at, window, 0, windowSize);
        }
        return (int) (at - windowAt);
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
        return length == 0 ? "" : text(at, length);
    }

    /** Moves over a string after checking its length and its UTF-8; gives its bytes' length. */
    long skipString(String what, long maxBytes) throws MalformedException {
        long length = count("the length of " + what, maxBytes);
        requireUtf8(take(length, what), length, what);
        return length;
    }

    /** A string that {@link #skipString} or {@link #string} has been over before. */
    String checkedString() {
        long length = int64(see(position, 8));
        long at = position + 8;
        position = at + length;
        return length == 0 ? "" : text(at, length);
    }

    private String text(long at, long length) {
        if (length <= window.length) {
            return new String(window, see(at, (int) length), (int) length, StandardCharsets.UTF_8);
        }
        byte[] copy = bytes.asSlice(at, length).toArray(ValueLayout.JAVA_BYTE);
        return new String(copy, StandardCharsets.UTF_8);
    }

    /** UTF-8 as RFC 3629 has it: shortest forms, no surrogates, nothing above U+10FFFF. */
    private void requireUtf8(long at, long length, String what) throws MalformedException {
        long end = at + length;
        for (long i = skipAscii(at, end); i < end; i = skipAscii(i, end)) {
            int w = see(i, (int) Math.min(4, end - i));
            int lead = window[w] & 0xff;
            int more = lead < 0xc2 ? -1 : lead < 0xe0 ? 1 : lead < 0xf0 ? 2 : lead < 0xf5 ? 3 : -1;
            if (more < 0 || more >= end - i) {
                throw new MalformedException(what + " is not UTF-8", i);
            }
            for (int k = 1; k <= more; k++) {
                int next = window[w + k] & 0xff;
                boolean low = k == 1 && (lead == 0xe0 && next < 0xa0 || lead == 0xf0 && next < 0x90);
                boolean high = k == 1 && (lead == 0xed && next > 0x9f || lead == 0xf4 && next > 0x8f);
                if ((next & 0xc0) != 0x80 || low || high) {
                    throw new MalformedException(what + " is not UTF-8", i + k);
                }
            }
            i += more + 1;
        }
    }

    /** The first byte from {@code at} on that is not ASCII, or {@code end}. */
    private long skipAscii(long at, long end) {
        long i = at;
        while (i < end) {
            int w = see(i, 1);
            int stop = (int) Math.min(windowSize, end - windowAt);
            while (w < stop && window[w] >= 0) {
                w++;
            }
            i = windowAt + w;
            if (w < stop) {
                break;
            }
        }
        return i;
    }
}
