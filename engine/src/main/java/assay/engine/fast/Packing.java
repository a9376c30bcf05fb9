package assay.engine.fast;

import assay.core.base.MalformedException;
import assay.core.kernel.WeightType;
import assay.engine.fast.PackedMatrix.Form;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.Arrays;

/** From a model file's rows to {@link PackedMatrix} and back, in scalar code. */
final class Packing {
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfShort SHORT =
            ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private static final int HALF_INFINITY = 0x7c00;
    private static final long ROW_LIMIT = 1L << 40;

    /**
     * sum |d*q| + |m| over a row, times 4095, times 2^24, must stay below 2^53 for exact sums in
     * doubles whatever their order: 2^17 with a factor two to spare for the check's own rounding.
     */
    private static final double SUM_LIMIT = 0x1p16;

    private Packing() {}

    static PackedMatrix pack(WeightType type, int rows, int cols, MemorySegment data) throws MalformedException {
        long bytes = Math.multiplyExact(type.rowBytes(cols), (long) rows);
        if (rows <= 0 || data.byteSize() != bytes) {
            throw new IllegalArgumentException(
                    "matrix of " + rows + " rows needs " + bytes + " bytes, got " + data.byteSize());
        }
        Form form = form(type);
        if (form == Form.FLOATS) {
            return floats(type, rows, cols, data);
        }
        Source source = new Source(type, rows, cols, data);
        if (!source.fits(form)) {
            return doubles(type, rows, cols, data);
        }
        int exponent = form.scaleLines == 1 ? source.exponent() : 0;
        int[] words = new int[PackedMatrix.wordCount(form, rows, cols)];
        PackedMatrix packed = new PackedMatrix(form, rows, cols, exponent, words);
        float power = Math.scalb(1f, exponent);
        int stride = form.lines() * PackedMatrix.LINE;
        for (int r = 0; r < rows; r++) {
            int at = packed.offset(r / 16);
            for (int g = 0; g < packed.groups(); g++, at += stride) {
                source.group(r, g);
                putScales(form, source, power, words, at, r % 16);
                int codes = at + form.scaleLines * 16 + r % 16;
                for (int j = 0; j < form.codeLines; j++) {
                    words[codes + 16 * j] = source.codes[j];
                }
            }
        }
        return packed;
    }

    private static void putScales(Form form, Source s, float power, int[] words, int at, int r) {
        if (form.scaleLines == 1) {
            int d = Float.floatToFloat16(s.d * power) & 0xffff;
            int m = Float.floatToFloat16(s.m * power) & 0xffff;
            words[at + 2 * (r & 7) + (r >> 3)] = d | m << 16;
        } else {
            words[at + r] = Float.floatToRawIntBits(s.d);
            words[at + 16 + r] = Float.floatToRawIntBits(form == Form.BYTES_SIXTEENS ? s.d2 : s.m);
        }
    }

    static Form form(WeightType type) {
        return switch (type) {
            case Q4_0, Q4_1 -> Form.NIBBLES_HALVES;
            case Q4_K -> Form.NIBBLES_FLOATS;
            case Q5_0, Q5_1, Q8_0 -> Form.BYTES_HALVES;
            case Q5_K -> Form.BYTES_FLOATS;
            case Q6_K -> Form.BYTES_SIXTEENS;
            case F32, F16, BF16 -> Form.FLOATS;
        };
    }

    private static PackedMatrix floats(WeightType type, int rows, int cols, MemorySegment data)
            throws MalformedException {
        int[] words = new int[PackedMatrix.wordCount(Form.FLOATS, rows, cols)];
        PackedMatrix packed = new PackedMatrix(Form.FLOATS, rows, cols, 0, words);
        long[] w = new long[cols];
        for (int r = 0; r < rows; r++) {
            decode(type, cols, data, r, w);
            int at = packed.offset(r / 16) + r % 16;
            for (int k = 0; k < cols; k++) {
                // Exact: a float's multiple of 2^-24 keeps at most 24 significant bits.
                words[at + 16 * k] = Float.floatToRawIntBits((float) (w[k] * 0x1p-24));
            }
        }
        return packed;
    }

    private static PackedMatrix doubles(WeightType type, int rows, int cols, MemorySegment data)
            throws MalformedException {
        int[] words = new int[PackedMatrix.wordCount(Form.DOUBLES, rows, cols)];
        PackedMatrix packed = new PackedMatrix(Form.DOUBLES, rows, cols, 0, words);
        long[] w = new long[cols];
        for (int r = 0; r < rows; r++) {
            decode(type, cols, data, r, w);
            int at = packed.offset(r / 16) + 2 * (r % 16);
            for (int k = 0; k < cols; k++) {
                long bits = Double.doubleToRawLongBits(w[k] * 0x1p-24);
                words[at + 32 * k] = (int) bits;
                words[at + 32 * k + 1] = (int) (bits >>> 32);
            }
        }
        return packed;
    }

    private static void decode(WeightType type, int cols, MemorySegment data, int row, long[] w)
            throws MalformedException {
        byte[] bytes = new byte[Math.toIntExact(type.rowBytes(cols))];
        MemorySegment.copy(data, ValueLayout.JAVA_BYTE, (long) row * bytes.length, bytes, 0, bytes.length);
        type.decodeRow(bytes, w);
        long sum = 0;
        for (long v : w) {
            sum += Math.min(Math.abs(v), ROW_LIMIT);
            if (sum >= ROW_LIMIT) {
                throw new MalformedException("sum of the weights of row " + row + " reaches 2^40", -1);
            }
        }
    }

    /** The weights of one row again, from the packed words. */
    static void row(PackedMatrix m, int row, long[] out) {
        int[] words = m.words();
        Form form = m.form();
        int at = m.offset(row / 16);
        int r = row % 16;
        double unit = Math.scalb(0x1p24, -m.exponent());
        for (int k = 0; k < out.length; k++) {
            int g = at + k / 32 * form.lines() * 16;
            int c = k % 32;
            out[k] = (long) (unit
                    * switch (form) {
                        case FLOATS -> Float.intBitsToFloat(words[g + 16 * c + r]);
                        case DOUBLES ->
                            Double.longBitsToDouble((words[g + 32 * c + 2 * r] & 0xffffffffL)
                                    | (long) words[g + 32 * c + 2 * r + 1] << 32);
                        case NIBBLES_HALVES, NIBBLES_FLOATS -> {
                            int code =
                                    words[g + 16 * (form.scaleLines + c % 16 / 4) + r] >> 8 * (c % 4) + c / 16 * 4 & 15;
                            yield scale(form, words, g, r, 0) * code + scale(form, words, g, r, 1);
                        }
                        case BYTES_HALVES, BYTES_FLOATS -> {
                            int code = (words[g + 16 * (form.scaleLines + c / 4) + r] >> 8 * (c % 4) & 255) - 128;
                            yield scale(form, words, g, r, 0) * code + scale(form, words, g, r, 1);
                        }
                        case BYTES_SIXTEENS -> {
                            int code = (words[g + 16 * (form.scaleLines + c / 4) + r] >> 8 * (c % 4) & 255) - 128;
                            yield scale(form, words, g, r, c / 16) * code;
                        }
                    });
        }
    }

    /** d (which = 0) or m or the second d (which = 1) of a group's row. */
    private static double scale(Form form, int[] words, int at, int r, int which) {
        return form.scaleLines == 1
                ? Float.float16ToFloat((short) (words[at + 2 * (r & 7) + (r >> 3)] >> 16 * which))
                : Float.intBitsToFloat(words[at + 16 * which + r]);
    }

    /** Reads groups of 32 columns of a quantised matrix as codes in packed order and float scales. */
    private static final class Source {
        private final WeightType type;
        private final int rows;
        private final int cols;
        private final MemorySegment data;
        private final long rowBytes;
        private final int[] codes = new int[8];
        private float d;
        private float d2;
        private float m;
        private float scaleMax;

        Source(WeightType type, int rows, int cols, MemorySegment data) {
            this.type = type;
            this.rows = rows;
            this.cols = cols;
            this.data = data;
            this.rowBytes = type.rowBytes(cols);
        }

        /** Whether every sum of the fast kernels is exact, and every scale has the form's width. */
        boolean fits(Form form) throws MalformedException {
            double codeMax = form.codeLines == 4 ? 15 : 128;
            boolean fits = true;
            for (int r = 0; r < rows; r++) {
                double sum = 0;
                float max = 0;
                for (int g = 0; g < cols / 32; g++) {
                    scales(r, g);
                    float size = Math.max(Math.abs(d), Math.abs(d2));
                    float min = Math.abs(m);
                    max = Math.max(max, Math.max(size, min));
                    sum += 32 * (size * codeMax + min);
                }
                scaleMax = Math.max(scaleMax, max);
                if (sum >= SUM_LIMIT) {
                    decode(type, cols, data, r, new long[cols]);
                    fits = false;
                }
            }
            return fits && (form.scaleLines > 1 || scaleMax <= 65504);
        }

        /** The largest power of two, up to 2^10, that keeps every scale that was seen a finite half. */
        int exponent() {
            int exponent = 0;
            for (float max = scaleMax; exponent < 10 && max * 2 <= 65504; max *= 2) {
                exponent++;
            }
            return exponent;
        }

        private float half(long at) throws MalformedException {
            short bits = data.get(SHORT, at);
            if ((bits & HALF_INFINITY) == HALF_INFINITY) {
                throw new MalformedException("a scale is not finite", at);
            }
            return Float.float16ToFloat(bits);
        }

        private long at(int row, int group) {
            return row * rowBytes + (long) group * 32 / type.blockWeights() * type.blockBytes();
        }

        private void scales(int row, int group) throws MalformedException {
            long at = at(row, group);
            int sub = group % 8;
            switch (type) {
                case Q4_0 -> set(half(at), -8 * half(at));
                case Q5_0, Q8_0 -> set(half(at), 0);
                case Q4_1, Q5_1 -> set(half(at), half(at + 2));
                case Q4_K, Q5_K -> set(half(at) * six(at + 4, sub, 0), -half(at + 2) * six(at + 4, sub, 1));
                case Q6_K -> {
                    float scale = half(at + 208);
                    set(scale * data.get(ValueLayout.JAVA_BYTE, at + 192 + 2 * sub), 0);
                    d2 = scale * data.get(ValueLayout.JAVA_BYTE, at + 193 + 2 * sub);
                }
                case F32, F16, BF16 -> throw new IllegalArgumentException(type + " has no scales");
            }
        }

        private void set(float scale, float min) {
            d = scale;
            d2 = scale;
            m = min;
        }

        /** Six-bit scale (which = 0) or minimum (1) of a K-quant's group. */
        private int six(long at, int group, int which) {
            int low = u8(at + group % 4 + 4 * which);
            if (group < 4) {
                return low & 63;
            }
            return u8(at + group + 4) >> 4 * which & 15 | low >> 6 << 4;
        }

        private int u8(long at) {
            return data.get(ValueLayout.JAVA_BYTE, at) & 255;
        }

        /** Fills scales and codes. */
        void group(int row, int group) throws MalformedException {
            scales(row, group);
            long at = at(row, group);
            switch (type) {
                case Q4_0 -> nibbles(at + 2);
                case Q4_1 -> nibbles(at + 4);
                case Q8_0 -> {
                    for (int j = 0; j < 8; j++) {
                        codes[j] = data.get(INT, at + 2 + 4 * j) ^ 0x80808080;
                    }
                }
                default -> {
                    Arrays.fill(codes, 0);
                    for (int c = 0; c < 32; c++) {
                        place(code(at, group % 8, c), c);
                    }
                }
            }
        }

        private void nibbles(long at) {
            for (int j = 0; j < 4; j++) {
                codes[j] = data.get(INT, at + 4 * j);
            }
        }

        private void place(int code, int c) {
            if (type == WeightType.Q4_K) {
                codes[c % 16 / 4] |= code << 8 * (c % 4) + c / 16 * 4;
            } else {
                codes[c / 4] |= code + 128 << 8 * (c % 4);
            }
        }

        private int code(long at, int sub, int c) {
            return switch (type) {
                case Q5_0 -> nibble(at + 6, c) + (fifth(at + 2, c) << 4) - 16;
                case Q5_1 -> nibble(at + 8, c) + (fifth(at + 4, c) << 4);
                case Q4_K -> superNibble(at + 16, sub, c);
                case Q5_K -> superNibble(at + 48, sub, c) + ((u8(at + 16 + c) >> sub & 1) << 4);
                case Q6_K -> {
                    int low = u8(at + 64 * (sub / 4) + 32 * (sub % 2) + c) >> 4 * (sub % 4 / 2) & 15;
                    int high = u8(at + 128 + 32 * (sub / 4) + c) >> 2 * (sub % 4) & 3;
                    yield (low | high << 4) - 32;
                }
                default -> throw new IllegalArgumentException(type + " is packed in another way");
            };
        }

        private int nibble(long at, int c) {
            return u8(at + c % 16) >> c / 16 * 4 & 15;
        }

        private int fifth(long at, int c) {
            return u8(at + c / 8) >> c % 8 & 1;
        }

        private int superNibble(long at, int sub, int c) {
            return u8(at + 32 * (sub / 2) + c) >> 4 * (sub % 2) & 15;
        }
    }
}
