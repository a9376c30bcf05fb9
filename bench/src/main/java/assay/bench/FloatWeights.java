package assay.bench;

import assay.engine.gguf.Tensor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/**
 * What the weights of a GGUF tensor are worth as floating-point numbers.
 *
 * <p>Written from ggml's definition of each type and apart from the exact program, whose reference it
 * is. Formulas are evaluated in double: every d·q + m is exact there.
 */
final class FloatWeights {
    private static final ValueLayout.OfShort SHORT =
            ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfFloat FLOAT =
            ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private FloatWeights() {}

    /**
     * Writes row {@code row} to {@code out[0 .. columns - 1]}.
     *
     * @throws IllegalArgumentException if the tensor's type is not supported
     */
    static void row(Tensor tensor, long row, double[] out) {
        long rowBytes = tensor.type().rowBytes(tensor.columns());
        MemorySegment bytes = tensor.data().asSlice(row * rowBytes, rowBytes);
        int weights = tensor.type().blockWeights;
        int blocks = Math.toIntExact(tensor.columns() / weights);
        for (int i = 0; i < blocks; i++) {
            long at = (long) i * tensor.type().blockBytes;
            int to = i * weights;
            switch (tensor.type()) {
                case F32 -> out[to] = bytes.get(FLOAT, at);
                case F16 -> out[to] = f16(bytes, at);
                case BF16 -> out[to] = Float.intBitsToFloat(bytes.get(SHORT, at) << 16);
                case Q4_0 -> nibbles(bytes, at + 2, -1, -8, f16(bytes, at), 0, out, to);
                case Q4_1 -> nibbles(bytes, at + 4, -1, 0, f16(bytes, at), f16(bytes, at + 2), out, to);
                case Q5_0 -> nibbles(bytes, at + 6, at + 2, -16, f16(bytes, at), 0, out, to);
                case Q5_1 -> nibbles(bytes, at + 8, at + 4, 0, f16(bytes, at), f16(bytes, at + 2), out, to);
                case Q8_0 -> {
                    double d = f16(bytes, at);
                    for (int j = 0; j < 32; j++) {
                        out[to + j] = d * bytes.get(ValueLayout.JAVA_BYTE, at + 2 + j);
                    }
                }
                case Q4_K -> q45K(bytes, at, -1, at + 16, out, to);
                case Q5_K -> q45K(bytes, at, at + 16, at + 48, out, to);
                case Q6_K -> q6K(bytes, at, out, to);
                default -> throw new IllegalArgumentException(tensor.name() + ": no type " + tensor.type());
            }
        }
    }

    /** All of a tensor with one row. */
    static double[] vector(Tensor tensor) {
        double[] out = new double[Math.toIntExact(tensor.columns())];
        row(tensor, 0, out);
        return out;
    }

    private static double f16(MemorySegment bytes, long at) {
        return Float.float16ToFloat(bytes.get(SHORT, at));
    }

    private static int unsigned(MemorySegment bytes, long at) {
        return bytes.get(ValueLayout.JAVA_BYTE, at) & 0xff;
    }

    /** 32 weights d·(q + bias) + m: byte j holds codes j and j + 16, bit j of {@code fifths} is 16. */
    private static void nibbles(
            MemorySegment bytes, long codes, long fifths, int bias, double d, double m, double[] out, int to) {
        int high = fifths < 0 ? 0 : bytes.get(INT, fifths);
        for (int j = 0; j < 16; j++) {
            int both = unsigned(bytes, codes + j);
            out[to + j] = d * ((both & 15 | (high >>> j & 1) << 4) + bias) + m;
            out[to + j + 16] = d * ((both >> 4 | (high >>> (j + 16) & 1) << 4) + bias) + m;
        }
    }

    /** 256 weights in 8 groups of 32: d·sc·q − dmin·mn. Bit g of {@code fifths[l]} is 16. */
    private static void q45K(MemorySegment bytes, long at, long fifths, long codes, double[] out, int to) {
        double d = f16(bytes, at);
        double dmin = f16(bytes, at + 2);
        long s = at + 4;
        for (int g = 0; g < 8; g++) {
            int sc;
            int mn;
            if (g < 4) {
                sc = unsigned(bytes, s + g) & 63;
                mn = unsigned(bytes, s + g + 4) & 63;
            } else {
                sc = unsigned(bytes, s + g + 4) & 15 | unsigned(bytes, s + g - 4) >> 6 << 4;
                mn = unsigned(bytes, s + g + 4) >> 4 | unsigned(bytes, s + g) >> 6 << 4;
            }
            for (int l = 0; l < 32; l++) {
                int both = unsigned(bytes, codes + 32 * (g / 2) + l);
                int high = fifths < 0 ? 0 : unsigned(bytes, fifths + l) >> g & 1;
                int q = ((g & 1) == 0 ? both & 15 : both >> 4) | high << 4;
                out[to + 32 * g + l] = d * sc * q - dmin * mn;
            }
        }
    }

    /** 256 weights in 16 groups of 16: d·sc·(q − 32); ql 128 bytes, qh 64, scales 16, d. */
    private static void q6K(MemorySegment bytes, long at, double[] out, int to) {
        double d = f16(bytes, at + 208);
        for (int half = 0; half < 2; half++) {
            for (int quarter = 0; quarter < 4; quarter++) {
                for (int l = 0; l < 32; l++) {
                    int i = 128 * half + 32 * quarter + l;
                    int low = unsigned(bytes, at + 64 * half + 32 * (quarter & 1) + l) >> 4 * (quarter >> 1) & 15;
                    int high = unsigned(bytes, at + 128 + 32 * half + l) >> 2 * quarter & 3;
                    int sc = bytes.get(ValueLayout.JAVA_BYTE, at + 192 + i / 16);
                    out[to + i] = d * sc * ((low | high << 4) - 32);
                }
            }
        }
    }
}
