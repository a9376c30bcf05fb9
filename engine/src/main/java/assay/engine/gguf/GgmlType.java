package assay.engine.gguf;

import java.util.Optional;

/**
 * How the weights of a tensor are stored: groups of {@code blockWeights} weights in {@code
 * blockBytes} bytes.
 *
 * <p>Numbers and sizes are those of ggml's {@code enum ggml_type}. Types that the exact program has
 * no definition for are listed so that they can be refused by name; their {@link #supported} is
 * false. Sizes of types that ggml has removed are 0.
 */
public enum GgmlType {
    F32(0, 1, 4, true),
    F16(1, 1, 2, true),
    Q4_0(2, 32, 18, true),
    Q4_1(3, 32, 20, true),
    Q4_2(4, 0, 0, false),
    Q4_3(5, 0, 0, false),
    Q5_0(6, 32, 22, true),
    Q5_1(7, 32, 24, true),
    Q8_0(8, 32, 34, true),
    Q8_1(9, 32, 36, false),
    Q2_K(10, 256, 84, false),
    Q3_K(11, 256, 110, false),
    Q4_K(12, 256, 144, true),
    Q5_K(13, 256, 176, true),
    Q6_K(14, 256, 210, true),
    Q8_K(15, 256, 292, false),
    IQ2_XXS(16, 256, 66, false),
    IQ2_XS(17, 256, 74, false),
    IQ3_XXS(18, 256, 98, false),
    IQ1_S(19, 256, 50, false),
    IQ4_NL(20, 32, 18, false),
    IQ3_S(21, 256, 110, false),
    IQ2_S(22, 256, 82, false),
    IQ4_XS(23, 256, 136, false),
    I8(24, 1, 1, false),
    I16(25, 1, 2, false),
    I32(26, 1, 4, false),
    I64(27, 1, 8, false),
    F64(28, 1, 8, false),
    IQ1_M(29, 256, 56, false),
    BF16(30, 1, 2, true),
    Q4_0_4_4(31, 0, 0, false),
    Q4_0_4_8(32, 0, 0, false),
    Q4_0_8_8(33, 0, 0, false),
    TQ1_0(34, 256, 54, false),
    TQ2_0(35, 256, 66, false),
    IQ4_NL_4_4(36, 0, 0, false),
    IQ4_NL_4_8(37, 0, 0, false),
    IQ4_NL_8_8(38, 0, 0, false),
    MXFP4(39, 32, 17, false),
    NVFP4(40, 64, 36, false),
    Q1_0(41, 128, 18, false);

    private static final GgmlType[] BY_ID = values();

    /** The type's number in a GGUF file. */
    public final int id;

    /** Weights in a block; rows are whole numbers of blocks. 0 for a removed type. */
    public final int blockWeights;

    /** Bytes of a block. 0 for a removed type. */
    public final int blockBytes;

    private final boolean supported;

    GgmlType(int id, int blockWeights, int blockBytes, boolean supported) {
        this.id = id;
        this.blockWeights = blockWeights;
        this.blockBytes = blockBytes;
        this.supported = supported;
    }

    /** The type with this number, or empty where ggml defines none. */
    public static Optional<GgmlType> ofId(int id) {
        return id >= 0 && id < BY_ID.length ? Optional.of(BY_ID[id]) : Optional.empty();
    }

    /** Whether the exact program defines what these bytes mean. */
    public boolean supported() {
        return supported;
    }

    /** Whether ggml itself gave this type up, so that not even its size is known. */
    public boolean removed() {
        return blockBytes == 0;
    }

    /**
     * Bytes of a row of {@code columns} weights.
     *
     * @throws IllegalArgumentException if this type is not {@link #supported}, or the row is not a
     *     whole number of blocks
     */
    public long rowBytes(long columns) {
        if (!supported) {
            throw new IllegalArgumentException("weights of type " + this + " are not supported");
        }
        if (columns < 1 || columns % blockWeights != 0) {
            throw new IllegalArgumentException(
                    "a row of " + this + " is a multiple of " + blockWeights + " weights, got " + columns);
        }
        return Math.multiplyExact(columns / blockWeights, (long) blockBytes);
    }
}
