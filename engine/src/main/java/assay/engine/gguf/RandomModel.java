package assay.engine.gguf;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Function;

/**
 * A small model with random weights and a byte-level vocabulary: what tests and benches run when no
 * real model is at hand. The same record and seed give the same file.
 *
 * @param architecture {@code llama} or {@code qwen2}; qwen2 has biases on q, k and v
 * @param width of the residual, a multiple of the block of each type that is used
 * @param headSize written as attention.key_length and value_length; even
 * @param vocabulary number of tokens, at least {@link #VOCABULARY_MIN}
 * @param tied whether the head is the embedding; if not, there is an output.weight
 * @param ropeFreqs whether there is a rope_freqs.weight
 * @param type the type of each matrix, by tensor name
 */
public record RandomModel(
        String architecture,
        int layers,
        int width,
        int heads,
        int kvHeads,
        int headSize,
        int feedForward,
        int vocabulary,
        int context,
        boolean tied,
        boolean ropeFreqs,
        Function<String, GgmlType> type,
        long seed) {

    /** Bytes, a few merges, and the control tokens. */
    public static final int VOCABULARY_MIN = 272;

    /** ChatML, with the control tokens of the vocabulary. */
    public static final String CHAT_TEMPLATE =
            "{% for message in messages %}{{ '<|im_start|>' + message['role'] + '\\n' + message['content']"
                    + " + '<|im_end|>' + '\\n' }}{% endfor %}"
                    + "{% if add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}{% endif %}";

    private static final List<String> MERGES =
            List.of("h e", "Ġ t", "i n", "r e", "a n", "Ġt he", "o n", "e r", "Ġ a", "Ġ s");
    private static final List<String> CONTROLS = List.of("<|endoftext|>", "<|im_start|>", "<|im_end|>");

    public RandomModel {
        if (!architecture.equals("llama") && !architecture.equals("qwen2")) {
            throw new IllegalArgumentException("llama or qwen2, got " + architecture);
        }
        if (vocabulary < VOCABULARY_MIN) {
            throw new IllegalArgumentException("at least " + VOCABULARY_MIN + " tokens, got " + vocabulary);
        }
    }

    /** Two layers of llama, 64 wide, 4 heads over 2 KV heads, every matrix of one type. */
    public static RandomModel tiny(String architecture, GgmlType type, long seed) {
        int width = type.blockWeights == 256 ? 256 : 64;
        return new RandomModel(
                architecture, 2, width, 4, 2, width / 4, 2 * width, VOCABULARY_MIN, 256, true, false, n -> type, seed);
    }

    /** Writes the model and gives its path. */
    public Path write(Path path) throws IOException {
        return writer().write(path);
    }

    /** The model as a writer, to which a test may add. */
    public GgufWriter writer() {
        GgufWriter out = new GgufWriter();
        hyperparameters(out);
        tokenizer(out);
        SplittableRandom random = new SplittableRandom(seed);
        matrix(out, "token_embd.weight", width, vocabulary, 0.5, random);
        for (int i = 0; i < layers; i++) {
            layer(out, "blk." + i + ".", random);
        }
        gain(out, "output_norm.weight", random);
        if (!tied) {
            matrix(out, "output.weight", width, vocabulary, 1.5 / Math.sqrt(width), random);
        }
        if (ropeFreqs) {
            float[] factors = new float[headSize / 2];
            for (int i = 0; i < factors.length; i++) {
                factors[i] = 1 + 7f * i / factors.length;
            }
            out.vector("rope_freqs.weight", factors);
        }
        return out;
    }

    private void hyperparameters(GgufWriter out) {
        String a = architecture + ".";
        out.string("general.architecture", architecture)
                .string("general.name", "random " + architecture + " " + seed)
                .string("general.license", "cc0-1.0")
                .integer(a + "block_count", layers)
                .integer(a + "context_length", context)
                .integer(a + "embedding_length", width)
                .integer(a + "feed_forward_length", feedForward)
                .integer(a + "attention.head_count", heads)
                .integer(a + "attention.head_count_kv", kvHeads)
                .integer(a + "attention.key_length", headSize)
                .integer(a + "attention.value_length", headSize)
                .integer(a + "rope.dimension_count", headSize)
                .integer(a + "vocab_size", vocabulary)
                .float32(a + "attention.layer_norm_rms_epsilon", 1e-5f)
                .float32(a + "rope.freq_base", 10_000f);
    }

    private void tokenizer(GgufWriter out) {
        List<String> tokens = new ArrayList<>();
        for (int b = 0; b < 256; b++) {
            tokens.add(byteCharacter(b));
        }
        for (String merge : MERGES) {
            tokens.add(merge.replace(" ", ""));
        }
        int firstControl = tokens.size();
        tokens.addAll(CONTROLS);
        int firstWord = tokens.size();
        while (tokens.size() < vocabulary) {
            tokens.add("word" + tokens.size());
        }
        int[] types = new int[vocabulary];
        for (int i = 0; i < vocabulary; i++) {
            types[i] = i < firstControl ? 1 : i < firstWord ? 3 : 1;
        }
        out.string("tokenizer.ggml.model", "gpt2")
                .string("tokenizer.ggml.pre", architecture.equals("qwen2") ? "qwen2" : "smollm")
                .strings("tokenizer.ggml.tokens", tokens)
                .integers("tokenizer.ggml.token_type", types)
                .strings("tokenizer.ggml.merges", MERGES)
                .integer("tokenizer.ggml.bos_token_id", firstControl)
                .integer("tokenizer.ggml.eos_token_id", firstControl + 2)
                .bool("tokenizer.ggml.add_bos_token", false)
                .string("tokenizer.chat_template", CHAT_TEMPLATE);
    }

    /** GPT-2's visible character for a byte: itself if printable in Latin-1, else from U+0100 on. */
    private static String byteCharacter(int b) {
        int hidden = 0;
        for (int i = 0; i <= b; i++) {
            boolean visible = i >= '!' && i <= '~' || i >= 0xa1 && i <= 0xac || i >= 0xae;
            if (i == b) {
                return String.valueOf((char) (visible ? b : 256 + hidden));
            }
            hidden += visible ? 0 : 1;
        }
        throw new IllegalArgumentException("no byte: " + b);
    }

    private void layer(GgufWriter out, String name, SplittableRandom random) {
        double scale = 1.5 / Math.sqrt(width);
        gain(out, name + "attn_norm.weight", random);
        projection(out, name + "attn_q", heads * headSize, scale, random);
        projection(out, name + "attn_k", kvHeads * headSize, scale, random);
        projection(out, name + "attn_v", kvHeads * headSize, scale, random);
        matrix(out, name + "attn_output.weight", heads * headSize, width, scale, random);
        gain(out, name + "ffn_norm.weight", random);
        matrix(out, name + "ffn_gate.weight", width, feedForward, scale, random);
        matrix(out, name + "ffn_up.weight", width, feedForward, scale, random);
        matrix(out, name + "ffn_down.weight", feedForward, width, 1 / Math.sqrt(feedForward), random);
    }

    private void projection(GgufWriter out, String name, int rows, double scale, SplittableRandom random) {
        matrix(out, name + ".weight", width, rows, scale, random);
        if (architecture.equals("qwen2")) {
            float[] bias = new float[rows];
            for (int i = 0; i < rows; i++) {
                bias[i] = (float) random.nextDouble(-1, 1);
            }
            out.vector(name + ".bias", bias);
        }
    }

    private void gain(GgufWriter out, String name, SplittableRandom random) {
        float[] gain = new float[width];
        for (int i = 0; i < width; i++) {
            gain[i] = (float) random.nextDouble(0.5, 1.5);
        }
        out.vector(name, gain);
    }

    private void matrix(GgufWriter out, String name, int columns, int rows, double deviation, SplittableRandom random) {
        GgmlType matrixType = type.apply(name);
        byte[] bytes = weights(matrixType, (long) columns * rows, deviation, random);
        out.tensor(name, matrixType, new long[] {columns, rows}, bytes);
    }

    /**
     * The bytes of random weights about 0 with roughly this standard deviation: uniform codes under
     * scales that vary from block to block.
     *
     * @throws IllegalArgumentException if {@code type} is not supported
     */
    public static byte[] weights(GgmlType type, long count, double deviation, SplittableRandom random) {
        ByteBuffer out =
                ByteBuffer.allocate(Math.toIntExact(type.rowBytes(count))).order(ByteOrder.LITTLE_ENDIAN);
        byte[] block = new byte[type.blockBytes];
        while (out.hasRemaining()) {
            random.nextBytes(block);
            setScales(type, ByteBuffer.wrap(block).order(ByteOrder.LITTLE_ENDIAN), deviation, random);
            out.put(block);
        }
        return out.array();
    }

    /** Replaces the random scales of a block (or the random value of a float) by sensible ones. */
    private static void setScales(GgmlType type, ByteBuffer block, double deviation, SplittableRandom random) {
        double s = deviation * random.nextDouble(0.5, 1.5);
        switch (type) {
            case F32 -> block.putFloat(0, (float) (deviation * random.nextGaussian()));
            case F16 -> putF16(block, 0, deviation * random.nextGaussian());
            case BF16 ->
                block.putShort(0, (short) (Float.floatToRawIntBits((float) (deviation * random.nextGaussian())) >> 16));
            case Q4_0 -> putF16(block, 0, s / 4.6);
            case Q4_1 -> putScaleAndMinimum(block, s / 4.6, -7.5 * s / 4.6);
            case Q5_0 -> putF16(block, 0, s / 9.2);
            case Q5_1 -> putScaleAndMinimum(block, s / 9.2, -15.5 * s / 9.2);
            case Q8_0 -> putF16(block, 0, s / 74);
            case Q4_K -> kScales(block, s / 4.6, 7.5, random);
            case Q5_K -> kScales(block, s / 9.2, 15.5, random);
            case Q6_K -> putF16(block, 208, s / (18.5 * 74));
            default -> throw new IllegalArgumentException("weights of type " + type + " are not supported");
        }
    }

    private static void putF16(ByteBuffer block, int at, double value) {
        block.putShort(at, Float.floatToFloat16((float) value));
    }

    private static void putScaleAndMinimum(ByteBuffer block, double scale, double minimum) {
        putF16(block, 0, scale);
        putF16(block, 2, minimum);
    }

    /** Eight scales from 32 to 63, each with the minimum that puts the middle code at about 0. */
    private static void kScales(ByteBuffer block, double step, double middle, SplittableRandom random) {
        putScaleAndMinimum(block, step / 48, step / 48 * middle);
        for (int j = 0; j < 4; j++) {
            int low = random.nextInt(32, 64);
            int high = random.nextInt(32, 64);
            block.put(4 + j, (byte) (low | high >> 4 << 6));
            block.put(8 + j, (byte) (low | high >> 4 << 6));
            block.put(12 + j, (byte) (high & 15 | (high & 15) << 4));
        }
    }
}
