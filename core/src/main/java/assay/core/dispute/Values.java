package assay.core.dispute;

import assay.core.base.MalformedException;
import assay.core.codec.Reader;
import assay.core.codec.Writer;

/** Runs of integers as bytes: how many bytes each takes (u8, the fewest that do), then each, little-endian. */
final class Values {
    private Values() {}

    static void write(Writer out, long[] values) {
        int width = width(values);
        out.u8(width);
        for (long v : values) {
            for (int i = 0; i < width; i++) {
                out.u8((int) (v >> 8 * i) & 0xff);
            }
        }
    }

    static long[] read(Reader in, int count) throws MalformedException {
        int width = in.u8();
        if (width < 1 || width > 8 || (long) width * count > in.remaining()) {
            throw new MalformedException(count + " values of " + width + " bytes", in.offset());
        }
        byte[] bytes = in.bytes(width * count);
        long[] values = new long[count];
        for (int at = 0, i = 0; i < count; i++) {
            long v = 0;
            for (int b = 0; b < width; b++) {
                v |= (bytes[at++] & 0xffL) << 8 * b;
            }
            values[i] = v << 64 - 8 * width >> 64 - 8 * width;
        }
        return values;
    }

    private static int width(long[] values) {
        int bits = 1;
        for (long v : values) {
            bits = Math.max(bits, 65 - Long.numberOfLeadingZeros(v < 0 ? ~v : v));
        }
        return (bits + 7) / 8;
    }
}
