package assay.core.audit;

import assay.core.base.MalformedException;
import assay.core.codec.Reader;
import assay.core.codec.Writer;
import assay.core.kernel.Fixed;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * Vectors of integers in as few bits as they need: blocks of 64 values, each block a byte w and then its values
 * of w bits, two's complement, lowest bit first, padded with zeros to a byte.
 *
 * <p>w is 0 where all are zero, else one more than the bits of the largest magnitude: one vector has one
 * encoding, and w bits hold exactly what {@link Fixed#clamp} to w bits leaves. So a bound on bits is a bound of the
 * program: 14 for K and V, 31 for residuals, 53 for sums.
 */
final class Packed {
    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    /** Values a block. */
    static final int BLOCK = 64;

    private Packed() {}

    /** Where values come from, by index. */
    interface At {
        long get(int i);
    }

    /** Most bytes that a vector takes. */
    static long maxBytes(int count, int bits) {
        return (count + BLOCK - 1L) / BLOCK * (1 + BLOCK / 8L * bits);
    }

    static void write(Writer out, int count, At values) {
        for (int from = 0; from < count; from += BLOCK) {
            int to = Math.min(count, from + BLOCK);
            long largest = 0;
            for (int i = from; i < to; i++) {
                largest = Math.max(largest, Math.abs(values.get(i)));
            }
            int width = largest == 0 ? 0 : Fixed.bits(largest) + 1;
            out.u8(width);
            long mask = (1L << width) - 1;
            long pending = 0;
            int bits = 0;
            for (int i = from; i < to; i++) {
                long v = values.get(i) & mask;
                pending |= v << bits;
                bits += width;
                if (bits >= 64) {
                    out.i64(pending);
                    bits -= 64;
                    pending = bits == 0 ? 0 : v >>> width - bits;
                }
            }
            for (; bits > 0; bits -= 8, pending >>>= 8) {
                out.u8((int) (pending & 255));
            }
        }
    }

    /**
     * Reads a vector.
     *
     * @param values as many as are read
     * @param bitsMax widest block accepted, at most 63
     */
    static void read(Reader in, long[] values, int bitsMax, String what) throws MalformedException {
        for (int from = 0; from < values.length; from += BLOCK) {
            int at = in.offset();
            int width = in.u8();
            if (width > bitsMax) {
                throw new MalformedException(what + " has at most " + bitsMax + " bits, got " + width, at);
            }
            int n = Math.min(BLOCK, values.length - from);
            if (readBlock(in.bytes((n * width + 7) / 8), width, from, n, values) != width) {
                throw new MalformedException(what + " is not written in the fewest bits", at);
            }
        }
    }

    /** Returns the width that the block should have; -1 if its padding is not zero. */
    private static int readBlock(byte[] block, int width, int from, int n, long[] values) {
        if (width == 0) {
            Arrays.fill(values, from, from + n, 0);
            return 0;
        }
        byte[] bytes = Arrays.copyOf(block, block.length + 9);
        long largest = 0;
        int bit = 0;
        for (int i = 0; i < n; i++, bit += width) {
            int shift = bit & 7;
            long v = (long) LONG.get(bytes, bit >>> 3) >>> shift;
            if (shift + width > 64) {
                v |= (bytes[(bit >>> 3) + 8] & 255L) << 64 - shift;
            }
            long value = v << 64 - width >> 64 - width;
            largest = Math.max(largest, Math.abs(value));
            values[from + i] = value;
        }
        if ((bit & 7) != 0 && (block[block.length - 1] & 255) >>> (bit & 7) != 0) {
            return -1;
        }
        return largest == 0 ? 0 : Fixed.bits(largest) + 1;
    }
}
