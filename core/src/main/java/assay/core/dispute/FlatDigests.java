package assay.core.dispute;

import assay.core.base.Hash;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** The flat digests of the trace, of vectors held as longs; a value that does not fit gives the digest of nothing. */
final class FlatDigests {
    private static final Hash NONE = Hash.sha256();

    private FlatDigests() {}

    /** The same numbers as longs. */
    static long[] wide(int[] x) {
        long[] wide = new long[x.length];
        for (int i = 0; i < x.length; i++) {
            wide[i] = x[i];
        }
        return wide;
    }

    /** SHA-256 of int32 little-endian. */
    static Hash residual(long[] values) {
        ByteBuffer out = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
        for (long v : values) {
            if (v != (int) v) {
                return NONE;
            }
            out.putInt((int) v);
        }
        return Hash.sha256(out.array());
    }

    /** SHA-256 of K then V, int16 little-endian. */
    static Hash keysValues(long[] keys, long[] values) {
        ByteBuffer out = ByteBuffer.allocate(2 * (keys.length + values.length)).order(ByteOrder.LITTLE_ENDIAN);
        for (long[] half : new long[][] {keys, values}) {
            for (long v : half) {
                if (v != (short) v) {
                    return NONE;
                }
                out.putShort((short) v);
            }
        }
        return Hash.sha256(out.array());
    }

    /** The same of int16. */
    static Hash keysValues(short[] both) {
        ByteBuffer out = ByteBuffer.allocate(2 * both.length).order(ByteOrder.LITTLE_ENDIAN);
        out.asShortBuffer().put(both);
        return Hash.sha256(out.array());
    }
}
