package assay.engine.compile;

import assay.core.kernel.WeightType;
import assay.engine.gguf.GgmlType;
import assay.engine.gguf.GgufWriter;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * Two small models that drive the exact program to its limits: clamps of q, k and v, saturated residuals and
 * linear outputs, left shifts, rows of zeros, rows at the bound on Σ|W|, gains at ±4096, every weight type.
 *
 * <p>They mean nothing; the same bytes come out on every machine. Width 256, 2 layers, 8 heads of 32.
 */
enum ExtremeModel {
    /** Adjacent pairs, rope_freqs, linear scaling, a head of its own; layer 0 is the wild one. */
    LLAMA("llama", 2, 96, 11),
    /** Halves, biases, a tied head; layer 1 is the wild one. */
    QWEN2("qwen2", 4, 80, 12);

    private static final int WIDTH = 256;
    private static final int HEAD_SIZE = 32;
    private static final int FEED_FORWARD = 512;
    private static final long BOUND = 1L << 40;
    private static final float GAIN_MOST = Math.nextDown(4096f);

    private static final Map<String, GgmlType> LLAMA_TYPES = Map.ofEntries(
            Map.entry("blk.0.attn_q", GgmlType.Q4_K),
            Map.entry("blk.0.attn_k", GgmlType.Q5_K),
            Map.entry("blk.0.attn_v", GgmlType.Q6_K),
            Map.entry("blk.0.attn_output", GgmlType.Q8_0),
            Map.entry("blk.0.ffn_gate", GgmlType.Q4_0),
            Map.entry("blk.0.ffn_up", GgmlType.Q5_0),
            Map.entry("blk.0.ffn_down", GgmlType.Q4_1),
            Map.entry("blk.1.attn_q", GgmlType.Q5_1),
            Map.entry("blk.1.attn_k", GgmlType.F16),
            Map.entry("blk.1.attn_v", GgmlType.BF16),
            Map.entry("blk.1.attn_output", GgmlType.Q6_K),
            Map.entry("blk.1.ffn_gate", GgmlType.Q4_K),
            Map.entry("blk.1.ffn_up", GgmlType.Q5_K),
            Map.entry("blk.1.ffn_down", GgmlType.Q8_0));

    private static final Map<String, GgmlType> QWEN2_TYPES = Map.ofEntries(
            Map.entry("blk.0.attn_q", GgmlType.Q4_1),
            Map.entry("blk.0.attn_k", GgmlType.Q8_0),
            Map.entry("blk.0.attn_v", GgmlType.F32),
            Map.entry("blk.0.attn_output", GgmlType.Q5_1),
            Map.entry("blk.0.ffn_gate", GgmlType.Q5_0),
            Map.entry("blk.0.ffn_up", GgmlType.Q4_0),
            Map.entry("blk.0.ffn_down", GgmlType.Q6_K),
            Map.entry("blk.1.attn_q", GgmlType.Q8_0),
            Map.entry("blk.1.attn_k", GgmlType.Q4_0),
            Map.entry("blk.1.attn_v", GgmlType.Q5_0),
            Map.entry("blk.1.attn_output", GgmlType.Q4_1),
            Map.entry("blk.1.ffn_gate", GgmlType.Q5_1),
            Map.entry("blk.1.ffn_up", GgmlType.Q6_K),
            Map.entry("blk.1.ffn_down", GgmlType.Q5_K));

    private final String architecture;
    private final int kvHeads;
    private final int vocabulary;
    private final long seed;

    ExtremeModel(String architecture, int kvHeads, int vocabulary, long seed) {
        this.architecture = architecture;
        this.kvHeads = kvHeads;
        this.vocabulary = vocabulary;
        this.seed = seed;
    }

    /** How the rows of a matrix are drawn: every third is zero, every {@code hotEvery}-th is hot. */
    private record Rows(GgmlType type, double deviation, int hotEvery, double hotDeviation) {}

    /** The name of the file in vectors/extreme, without endings. */
    String fileName() {
        return architecture + "-extreme";
    }

    /** The ids that the vectors feed: every kind of embedding row, some twice. */
    int[] ids() {
        return new int[] {6, 1, 8, 3, 10, 4, 13, 2, 15, 7, 9, 19, 6, 74, 75, 5, 66};
    }

    /** The bytes of the GGUF file. */
    byte[] bytes() {
        SplittableRandom random = new SplittableRandom(seed);
        GgufWriter out = new GgufWriter();
        hyperparameters(out);
        embedding(out, random);
        boolean llama = this == LLAMA;
        layer(out, "blk.0.", llama, random);
        layer(out, "blk.1.", !llama, random);
        out.vector("output_norm.weight", gains(0.5, llama ? 5 : 0, random));
        if (llama) {
            matrix(out, "output", WIDTH, vocabulary, new Rows(GgmlType.Q6_K, 0.3, 24, 0), random);
            float[] factors = new float[HEAD_SIZE / 2];
            for (int i = 0; i < factors.length; i++) {
                factors[i] = 0.75f + 2.3f * i;
            }
            out.vector("rope_freqs.weight", factors);
        }
        return out.bytes();
    }

    private void hyperparameters(GgufWriter out) {
        String a = architecture + ".";
        out.string("general.architecture", architecture)
                .string("general.name", fileName())
                .string("general.license", "cc0-1.0")
                .integer(a + "block_count", 2)
                .integer(a + "context_length", 48)
                .integer(a + "embedding_length", WIDTH)
                .integer(a + "feed_forward_length", FEED_FORWARD)
                .integer(a + "attention.head_count", WIDTH / HEAD_SIZE)
                .integer(a + "attention.head_count_kv", kvHeads)
                .integer(a + "rope.dimension_count", HEAD_SIZE)
                .float32(a + "attention.layer_norm_rms_epsilon", this == LLAMA ? 1e-5f : 1e-6f)
                .float32(a + "rope.freq_base", this == LLAMA ? 10_000f : 1_000_000f);
        if (this == LLAMA) {
            out.string(a + "rope.scaling.type", "linear").float32(a + "rope.scaling.factor", 0.3f);
        }
    }

    /** Eight kinds of rows in turn, from zero to the bound. */
    private void embedding(GgufWriter out, SplittableRandom random) {
        ByteBuffer bytes = ByteBuffer.allocate(vocabulary * WIDTH * 4).order(ByteOrder.LITTLE_ENDIAN);
        for (int id = 0; id < vocabulary; id++) {
            for (int i = 0; i < WIDTH; i++) {
                float value =
                        switch (id % 8) {
                            case 1 -> 0;
                            case 2 -> i == 31 * (id / 8 % 8) ? Math.nextDown(65536f) : 0;
                            case 3 -> i % 3 == 0 ? -200 : 200;
                            case 4 -> coarse(1e-4, random);
                            case 5 -> i == id ? -3 : coarse(1e-3, random);
                            case 6 -> coarse(40, random);
                            default -> coarse(id % 8 == 0 ? 1 : 0.05, random);
                        };
                bytes.putFloat(value);
            }
        }
        out.tensor("token_embd.weight", GgmlType.F32, new long[] {WIDTH, vocabulary}, bytes.array());
    }

    private void layer(GgufWriter out, String p, boolean wild, SplittableRandom random) {
        int kv = kvHeads * HEAD_SIZE;
        out.vector(p + "attn_norm.weight", gains(0.5, wild ? 8 : 0, random));
        projection(out, p + "attn_q", WIDTH, wild ? 0.01 : 0.05, wild ? 0.3 : 3, random);
        projection(out, p + "attn_k", kv, wild ? 0.01 : 0.001, wild ? 0.25 : 0.06, random);
        projection(out, p + "attn_v", kv, wild ? 0.01 : 0.00001, wild ? 0.25 : 0.0006, random);
        matrix(out, p + "attn_output", WIDTH, WIDTH, rows(p + "attn_output", 0.05, wild ? 64 : 0, 0), random);
        out.vector(p + "ffn_norm.weight", gains(0.5, wild ? 8 : 0, random));
        matrix(out, p + "ffn_gate", WIDTH, FEED_FORWARD, rows(p + "ffn_gate", 0.05, wild ? 48 : 0, 0), random);
        matrix(out, p + "ffn_up", WIDTH, FEED_FORWARD, rows(p + "ffn_up", 0.05, wild ? 48 : 0, 0), random);
        matrix(out, p + "ffn_down", FEED_FORWARD, WIDTH, rows(p + "ffn_down", 0.05, wild ? 64 : 0, 0), random);
    }

    private Rows rows(String name, double deviation, int hotEvery, double hotDeviation) {
        GgmlType type = (this == LLAMA ? LLAMA_TYPES : QWEN2_TYPES).get(name);
        return new Rows(java.util.Objects.requireNonNull(type), deviation, hotEvery, hotDeviation);
    }

    private void projection(
            GgufWriter out, String name, int rows, double deviation, double hotDeviation, SplittableRandom r) {
        matrix(out, name, WIDTH, rows, rows(name, deviation, rows / 2, hotDeviation), r);
        if (this == QWEN2) {
            float[] bias = new float[rows];
            for (int i = 0; i < rows; i++) {
                bias[i] = i % 9 == 0 ? 0 : coarse(i % 31 == 0 ? 40 * deviation : deviation, r);
            }
            out.vector(name + ".bias", bias);
        }
    }

    /** Gains about {@code usual}, some negative, with {@code most} large ones, two of those at the limit. */
    private static float[] gains(double usual, int most, SplittableRandom random) {
        float[] gains = new float[WIDTH];
        for (int i = 0; i < WIDTH; i++) {
            gains[i] = coarse(usual, random);
        }
        for (int i = 0; i < most; i++) {
            gains[31 * i] = (i % 2 == 0 ? GAIN_MOST : -GAIN_MOST) / (i < 2 ? 1 : 4);
        }
        return gains;
    }

    private static void matrix(GgufWriter out, String name, int cols, int rows, Rows kind, SplittableRandom random) {
        int size = Math.toIntExact(kind.type.rowBytes(cols));
        ByteBuffer bytes = ByteBuffer.allocate(rows * size);
        for (int r = 0; r < rows; r++) {
            byte[] row = new byte[size];
            if (kind.hotEvery > 0 && r % kind.hotEvery == 7) {
                double deviation = kind.hotDeviation == 0 ? 4.0 * 65536 / cols : kind.hotDeviation;
                row = underTheBound(kind.type, cols, deviation, random);
            } else if (r % 3 != 1) {
                row = row(kind.type, cols, kind.deviation, random);
            }
            bytes.put(row);
        }
        out.tensor(name + ".weight", kind.type, new long[] {cols, rows}, bytes.array());
    }

    /** A row of at most this deviation, as large as the bound on Σ|W| lets it be. */
    private static byte[] underTheBound(GgmlType type, int cols, double deviation, SplittableRandom random) {
        long drawn = random.nextLong();
        for (double d = deviation; ; d *= 0.98) {
            byte[] row = row(type, cols, d, new SplittableRandom(drawn));
            long[] w = new long[cols];
            try {
                WeightType.ofId(type.id).decodeRow(row, w);
            } catch (assay.core.base.MalformedException e) {
                continue; // an infinite scale
            }
            if (Arrays.stream(w).map(x -> Math.min(Math.abs(x), BOUND)).sum() < BOUND) {
                return row;
            }
        }
    }

    /** Random codes under random signs of scales; every bit of a block is used. */
    private static byte[] row(GgmlType type, int cols, double deviation, SplittableRandom random) {
        ByteBuffer out =
                ByteBuffer.allocate(Math.toIntExact(type.rowBytes(cols))).order(ByteOrder.LITTLE_ENDIAN);
        byte[] bytes = new byte[type.blockBytes];
        while (out.hasRemaining()) {
            random.nextBytes(bytes);
            ByteBuffer block = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
            float s = (float) (random.nextBoolean() ? deviation : -deviation);
            switch (type) {
                case F32 -> block.putFloat(0, coarse(deviation, random));
                case F16 -> half(block, 0, coarse(deviation, random));
                case BF16 -> block.putShort(0, (short) (Float.floatToRawIntBits(coarse(deviation, random)) >> 16));
                case Q4_0 -> half(block, 0, s / 5);
                case Q4_1 -> scaleAndMinimum(block, s / 5, -1.5f * s);
                case Q5_0 -> half(block, 0, s / 10);
                case Q5_1 -> scaleAndMinimum(block, s / 10, -1.5f * s);
                case Q8_0 -> half(block, 0, s / 75);
                case Q4_K -> scaleAndMinimum(block, s / 320, s / 43);
                case Q5_K -> scaleAndMinimum(block, s / 640, s / 43);
                case Q6_K -> half(block, 208, s / 1300);
                default -> throw new IllegalArgumentException(type.toString());
            }
            out.put(bytes);
        }
        return out.array();
    }

    private static void half(ByteBuffer block, int at, float value) {
        block.putShort(at, Float.floatToFloat16(value));
    }

    private static void scaleAndMinimum(ByteBuffer block, float scale, float minimum) {
        half(block, 0, scale);
        half(block, 2, minimum);
    }

    /** A float about 0, uniform, with a standard deviation of roughly {@code deviation}: no libm, so no platform. */
    private static float coarse(double deviation, SplittableRandom random) {
        return (float) (deviation * 1.7 * (2 * random.nextDouble() - 1));
    }
}
