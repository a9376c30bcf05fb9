package assay.engine.compile;

import assay.core.base.MalformedException;
import assay.core.kernel.Rope;
import assay.core.program.Matrix;
import assay.core.program.Program;
import assay.core.program.Shape;
import assay.engine.gguf.GgufFile;
import assay.engine.gguf.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import java.util.SortedMap;

/**
 * Reads a file's hyper-parameters and refuses, by name, whatever would change the arithmetic in a way
 * that the program does not have. Every key under the architecture's prefix must be known here.
 */
final class Hyperparameters {
    /** Keys under the architecture's prefix that are read, or that say nothing about the arithmetic. */
    private static final Set<String> KNOWN = Set.of(
            "block_count",
            "context_length",
            "embedding_length",
            "feed_forward_length",
            "attention.head_count",
            "attention.head_count_kv",
            "attention.key_length",
            "attention.value_length",
            "attention.layer_norm_rms_epsilon",
            "rope.freq_base",
            "rope.dimension_count",
            "rope.scaling.type",
            "rope.scaling.factor",
            "rope.scale_linear",
            "rope.scaling.original_context_length",
            "rope.scaling.finetuned",
            "vocab_size",
            "tensor_data_layout");

    private static final List<String> LAYER_MATRICES = List.of(
            "attn_q.weight",
            "attn_k.weight",
            "attn_v.weight",
            "attn_output.weight",
            "ffn_gate.weight",
            "ffn_up.weight",
            "ffn_down.weight");

    private static final List<String> LAYER_VECTORS =
            List.of("attn_norm.weight", "ffn_norm.weight", "attn_q.bias", "attn_k.bias", "attn_v.bias");

    private Hyperparameters() {}

    static Shape read(GgufFile file) throws MalformedException {
        String architecture = file.string("general.architecture")
                .orElseThrow(() -> new MalformedException("general.architecture is missing", -1));
        Rope.Pairing pairing =
                switch (architecture) {
                    case "llama" -> Rope.Pairing.ADJACENT;
                    case "qwen2" -> Rope.Pairing.HALVES;
                    default ->
                        throw new MalformedException(
                                "architecture \"" + architecture + "\" is not supported (llama and qwen2 are)", -1);
                };
        String prefix = architecture + ".";
        refuseUnknownKeys(file, prefix);
        int width = required(file, prefix + "embedding_length");
        int heads = required(file, prefix + "attention.head_count");
        int headSize = optional(file, prefix + "attention.key_length", heads == 0 ? 0 : width / heads);
        refuseUnless(
                optional(file, prefix + "attention.value_length", headSize) == headSize,
                prefix + "attention.value_length differs from the key length");
        refuseUnless(
                optional(file, prefix + "rope.dimension_count", headSize) == headSize,
                prefix + "rope.dimension_count differs from the head size");
        String layout = file.string(prefix + "tensor_data_layout").orElse("");
        refuseUnless(
                layout.isEmpty() || layout.equals("reference"),
                prefix + "tensor_data_layout \"" + layout + "\" is not supported");
        Tensor embedding = file.tensor(Program.EMBEDDING)
                .orElseThrow(() -> new MalformedException("tensor " + Program.EMBEDDING + " is missing", -1));
        try {
            return new Shape(
                    architecture,
                    required(file, prefix + "block_count"),
                    width,
                    heads,
                    optional(file, prefix + "attention.head_count_kv", heads),
                    headSize,
                    required(file, prefix + "feed_forward_length"),
                    Math.toIntExact(Math.min(embedding.rows(), Integer.MAX_VALUE)),
                    required(file, prefix + "context_length"),
                    pairing);
        } catch (IllegalArgumentException e) {
            throw new MalformedException(String.valueOf(e.getMessage()), -1);
        }
    }

    static double epsilon(GgufFile file) throws MalformedException {
        String key = architecture(file) + ".attention.layer_norm_rms_epsilon";
        return file.float32(key).orElseThrow(() -> new MalformedException(key + " is missing", -1));
    }

    /** Radians a position for each pair: {@code base^(-2i/hd)}, over rope_freqs and linear scaling. */
    static double[] frequencies(GgufFile file, Shape shape) throws MalformedException {
        String prefix = shape.architecture() + ".";
        double base = file.float32(prefix + "rope.freq_base").orElse(10000f);
        double factor = linearFactor(file, prefix);
        int half = shape.headSize() / 2;
        float[] divisors = new float[0];
        if (file.tensor("rope_freqs.weight").isPresent()) {
            divisors = Compiler.floats(file.tensor("rope_freqs.weight").get(), half);
        }
        double[] frequencies = new double[half];
        for (int i = 0; i < half; i++) {
            frequencies[i] = StrictMath.pow(base, -2.0 * i / shape.headSize());
            if (divisors.length > 0) {
                frequencies[i] /= divisors[i];
            }
            frequencies[i] /= factor;
            if (!(Math.abs(frequencies[i]) < 0x1p20)) {
                throw new MalformedException("RoPE frequency " + i + " is not a usable number", -1);
            }
        }
        return frequencies;
    }

    private static double linearFactor(GgufFile file, String prefix) throws MalformedException {
        String type = file.string(prefix + "rope.scaling.type").orElse("none");
        double old = file.float32(prefix + "rope.scale_linear").orElse(1f);
        double factor = file.float32(prefix + "rope.scaling.factor").orElse((float) old);
        refuseUnless(type.equals("none") || type.equals("linear"), prefix + "rope.scaling.type \"" + type + "\"");
        if (type.equals("none") && file.string(prefix + "rope.scaling.type").isPresent()) {
            return 1;
        }
        refuseUnless(factor > 0 && Double.isFinite(factor), prefix + "rope.scaling.factor " + factor);
        return factor;
    }

    private static void refuseUnknownKeys(GgufFile file, String prefix) throws MalformedException {
        for (String key : file.keys()) {
            if (key.startsWith(prefix) && !KNOWN.contains(key.substring(prefix.length()))) {
                throw new MalformedException(
                        key + ": this changes the model in a way that the exact program does not define", -1);
            }
        }
    }

    static void refuseUnknownTensors(GgufFile file, Shape shape) throws MalformedException {
        for (Tensor tensor : file.tensors()) {
            String name = tensor.name();
            boolean known = name.equals(Program.EMBEDDING)
                    || name.equals(Program.HEAD)
                    || name.equals("output_norm.weight")
                    || name.equals("rope_freqs.weight");
            if (!known && name.startsWith("blk.")) {
                int dot = name.indexOf('.', 4);
                String rest = dot < 0 ? "" : name.substring(dot + 1);
                known = LAYER_MATRICES.contains(rest) || LAYER_VECTORS.contains(rest);
                known &= dot > 0 && isLayer(name.substring(4, dot), shape.layers());
            }
            refuseUnless(known, "tensor " + name);
        }
    }

    private static boolean isLayer(String digits, int layers) {
        try {
            int layer = Integer.parseInt(digits);
            return layer >= 0 && layer < layers && Integer.toString(layer).equals(digits);
        } catch (NumberFormatException e) {
            return false;
        }
    }

    /** Names of all matrices, in the program's order. */
    static List<String> matrixNames(Shape shape, boolean untied) {
        List<String> names = new ArrayList<>();
        names.add(Program.EMBEDDING);
        for (int l = 0; l < shape.layers(); l++) {
            for (String name : LAYER_MATRICES) {
                names.add("blk." + l + "." + name);
            }
        }
        if (untied) {
            names.add(Program.HEAD);
        }
        return names;
    }

    static void checkShapes(SortedMap<String, Matrix> found, Shape shape) throws MalformedException {
        for (String name : matrixNames(shape, found.containsKey(Program.HEAD))) {
            Matrix matrix = found.get(name);
            if (matrix == null) {
                throw new MalformedException("tensor " + name + " is missing", -1);
            }
            int[] expected =
                    expectedShape(name.substring(name.startsWith("blk.") ? name.indexOf('.', 4) + 1 : 0), shape);
            if (matrix.rows() != expected[0] || matrix.cols() != expected[1]) {
                throw new MalformedException(
                        name + " has " + matrix.rows() + " rows of " + matrix.cols() + ", expected " + expected[0]
                                + " of " + expected[1],
                        -1);
            }
        }
    }

    private static int[] expectedShape(String name, Shape shape) {
        return switch (name) {
            case "attn_q.weight" -> new int[] {shape.queryWidth(), shape.width()};
            case "attn_k.weight", "attn_v.weight" -> new int[] {shape.kvWidth(), shape.width()};
            case "attn_output.weight" -> new int[] {shape.width(), shape.queryWidth()};
            case "ffn_gate.weight", "ffn_up.weight" -> new int[] {shape.feedForward(), shape.width()};
            case "ffn_down.weight" -> new int[] {shape.width(), shape.feedForward()};
            default -> new int[] {shape.vocabulary(), shape.width()};
        };
    }

    private static String architecture(GgufFile file) {
        return file.string("general.architecture").orElse("");
    }

    private static int required(GgufFile file, String key) throws MalformedException {
        OptionalLong value = file.integer(key);
        return narrow(value.orElseThrow(() -> new MalformedException(key + " is not an integer", -1)), key);
    }

    private static int optional(GgufFile file, String key, int otherwise) throws MalformedException {
        if (!file.keys().contains(key)) {
            return otherwise;
        }
        return required(file, key);
    }

    private static int narrow(long value, String key) throws MalformedException {
        if (value < 0 || value > Integer.MAX_VALUE) {
            throw new MalformedException(key + " is out of range: " + value, -1);
        }
        return (int) value;
    }

    private static void refuseUnless(boolean holds, String what) throws MalformedException {
        if (!holds) {
            throw new MalformedException(what + " is not supported by the exact program", -1);
        }
    }
}
