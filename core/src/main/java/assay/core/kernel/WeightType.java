package assay.core.kernel;

import assay.core.base.MalformedException;

/**
 * How a row of weights is written in a model file, and the exact integers that it stands for.
 *
 * <p>Every type gives, per group, {@code d*q + m} with small integer codes q and half-precision
 * scales, and every half is a multiple of 2^-24: so W = 2^24 * (d*q + m) is an integer and nothing
 * is rounded (BF16 and F32 are rounded to a multiple of 2^-24, half to even). Layouts are those of
 * ggml's block types; all multi-byte numbers are little-endian.
 */
public enum WeightType {
    /** 32-bit floats. */
    F32(0, 1, 4),
    /** IEEE 754 halves. */
    F16(1, 1, 2),
    /** d * (q - 8): f16 d, 16 bytes of nibbles. */
    Q4_0(2, 32, 18),
    /** d * q + m: f16 d, f16 m, 16 bytes of nibbles. */
    Q4_1(3, 32, 20),
    /** d * (q - 16): f16 d, 32 fifth bits, 16 bytes of nibbles. */
    Q5_0(6, 32, 22),
    /** d * q + m: f16 d, f16 m, 32 fifth bits, 16 bytes of nibbles. */
    Q5_1(7, 32, 24),
    /** d * q: f16 d, 32 signed bytes. */
    Q8_0(8, 32, 34),
    /** d * sc * q - dmin * mn: f16 d, f16 dmin, 12 bytes of 6-bit sc and mn, 128 bytes of nibbles. */
    Q4_K(12, 256, 144),
    /** d * sc * q - dmin * mn: as Q4_K with 32 bytes of fifth bits before the nibbles. */
    Q5_K(13, 256, 176),
    /** d * sc * (q - 32): 128 bytes low nibbles, 64 bytes high pairs, 16 signed sc, f16 d. */
    Q6_K(14, 256, 210),
    /** The upper half of a 32-bit float. */
    BF16(30, 1, 2);

    private final int id;
    private final int blockWeights;
    private final int blockBytes;

    WeightType(int id, int blockWeights, int blockBytes) {
        this.id = id;
        this.blockWeights = blockWeights;
        this.blockBytes = blockBytes;
    }

    /** The type's number in a GGUF file. */
    public int id() {
        return id;
    }

    /** Weights a block. */
    public int blockWeights() {
        return blockWeights;
    }

    /** Bytes a block. */
    public int blockBytes() {
        return blockBytes;
    }

    /** The type with this GGUF number. */
    public static WeightType ofId(int id) throws MalformedException {
        for (WeightType type : values()) {
            if (type.id == id) {
                return type;
            }
        }
        throw new MalformedException("weight type " + id + " is not supported", -1);
    }

    /** Bytes of a row of {@code cols} weights. */
    public long rowBytes(long cols) {
        if (cols <= 0 || cols % blockWeights != 0) {
            throw new IllegalArgumentException(
                    "a row of " + this + " holds a multiple of " + blockWeights + " weights, got " + cols);
        }
        return Math.multiplyExact(cols / blockWeights, (long) blockBytes);
    }

    /**
     * The integers W = 2^24 * weight of one row.
     *
     * @param row rowBytes(out.length) bytes
     * @param out the row's weights, |W| &lt; 2^63
     * @throws MalformedException if a scale or float is not finite or a float reaches 2^38
     */
    public void decodeRow(byte[] row, long[] out) throws MalformedException {
        if (row.length != rowBytes(out.length)) {
            throw new IllegalArgumentException("row has " + row.length + " bytes, expected " + rowBytes(out.length));
        }
        for (int block = 0; block < out.length / blockWeights; block++) {
            decodeBlock(row, block * blockBytes, out, block * blockWeights);
        }
    }

    private void decodeBlock(byte[] b, int at, long[] out, int to) throws MalformedException {
        switch (this) {
            case F32 -> out[to] = float24(Float.intBitsToFloat(u16(b, at) | u16(b, at + 2) << 16), at);
            case BF16 -> out[to] = float24(Float.intBitsToFloat(u16(b, at) << 16), at);
            case F16 -> out[to] = half24(b, at);
            case Q4_0 -> nibbles32(b, at + 2, -1, half24(b, at), -8, 0, out, to);
            case Q4_1 -> nibbles32(b, at + 4, -1, half24(b, at), 0, half24(b, at + 2), out, to);
            case Q5_0 -> nibbles32(b, at + 6, at + 2, half24(b, at), -16, 0, out, to);
            case Q5_1 -> nibbles32(b, at + 8, at + 4, half24(b, at), 0, half24(b, at + 2), out, to);
            case Q8_0 -> {
                long d = half24(b, at);
                for (int j = 0; j < 32; j++) {
                    out[to + j] = d * b[at + 2 + j];
                }
            }
            case Q4_K -> superBlock(b, at, -1, at + 16, out, to);
            case Q5_K -> superBlock(b, at, at + 16, at + 48, out, to);
            case Q6_K -> sixBit(b, at, out, to);
        }
    }

    /** 32 codes of four bits, low nibbles first, with an optional plane of fifth bits. */
    private static void nibbles32(byte[] b, int q, int fifth, long d, int offset, long m, long[] out, int to) {
        for (int j = 0; j < 32; j++) {
            int code = (b[q + (j & 15)] >> (j < 16 ? 0 : 4)) & 15;
            if (fifth >= 0) {
                code |= ((b[fifth + j / 8] >> (j % 8)) & 1) << 4;
            }
            out[to + j] = d * (code + offset) + m;
        }
    }

    /** 8 groups of 32 codes; scales and minima of six bits packed in 12 bytes at {@code at + 4}. */
    private static void superBlock(byte[] b, int at, int fifth, int q, long[] out, int to) throws MalformedException {
        long d = half24(b, at);
        long dmin = half24(b, at + 2);
        for (int group = 0; group < 8; group++) {
            long scale = d * scale6(b, at + 4, group);
            long min = dmin * min6(b, at + 4, group);
            for (int j = 0; j < 32; j++) {
                int code = (b[q + 32 * (group / 2) + j] >> (4 * (group % 2))) & 15;
                if (fifth >= 0) {
                    code |= ((b[fifth + j] >> group) & 1) << 4;
                }
                out[to + 32 * group + j] = scale * code - min;
            }
        }
    }

    private static int scale6(byte[] b, int s, int group) {
        return group < 4 ? b[s + group] & 63 : (b[s + group + 4] & 15) | (((b[s + group - 4] >> 6) & 3) << 4);
    }

    private static int min6(byte[] b, int s, int group) {
        return group < 4 ? b[s + group + 4] & 63 : ((b[s + group + 4] >> 4) & 15) | (((b[s + group] >> 6) & 3) << 4);
    }

    private static void sixBit(byte[] b, int at, long[] out, int to) throws MalformedException {
        long d = half24(b, at + 208);
        for (int i = 0; i < 256; i++) {
            int half = i / 128;
            int quarter = (i % 128) / 32;
            int j = i % 32;
            int low = (b[at + 64 * half + 32 * (quarter % 2) + j] >> (4 * (quarter / 2))) & 15;
            int high = (b[at + 128 + 32 * half + j] >> (2 * quarter)) & 3;
            int scale = b[at + 192 + i / 16];
            out[to + i] = d * scale * ((low | (high << 4)) - 32);
        }
    }

    /** 2^24 times the half at {@code at}: an integer below 2^41. */
    static long half24(byte[] b, int at) throws MalformedException {
        int bits = u16(b, at);
        int exponent = (bits >> 10) & 31;
        long mantissa = bits & 1023;
        if (exponent == 31) {
            throw new MalformedException("a scale is not finite", at);
        }
        long magnitude = exponent == 0 ? mantissa : (1024 + mantissa) << (exponent - 1);
        return (bits & 0x8000) != 0 ? -magnitude : magnitude;
    }

    private static long float24(float value, int at) throws MalformedException {
        double scaled = Math.rint(value * 0x1p24);
        if (!(Math.abs(scaled) < 0x1p62)) {
            throw new MalformedException("a weight is not finite or too large: " + value, at);
        }
        return (long) scaled;
    }

    private static int u16(byte[] b, int at) {
        return (b[at] & 255) | (b[at + 1] & 255) << 8;
    }
}
