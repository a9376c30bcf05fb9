package assay.bench.verification;

import assay.core.kernel.Rope;
import assay.core.program.Shape;
import assay.engine.gguf.GgmlType;
import assay.engine.gguf.RandomModel;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * One model of the ladder: a shape, and with how many layers it is run.
 *
 * <p>Weights are random codes under sane scales: what a check costs depends on shapes alone. Where not all layers are
 * run, costs are on the line through two smaller models of the same shape. The head is the embedding in all of them.
 *
 * @param name as people know it
 * @param layers of the whole model
 * @param measured with how many layers it is run, in rising order: the last is {@code layers} where the whole is
 */
record Rung(
        String name,
        int layers,
        List<Integer> measured,
        int width,
        int heads,
        int kvHeads,
        int headSize,
        int feedForward,
        int vocabulary) {
    private static final int CONTEXT = 2_048;

    /** Copies the list; refuses what no line can be laid through. */
    Rung {
        measured = List.copyOf(measured);
        if (measured.isEmpty() || measured.size() == 1 && measured.getFirst() != layers) {
            throw new IllegalArgumentException("all layers, or two counts of them, got " + measured);
        }
    }

    /** From a tiny model to the shape of Llama 3.1 8B; the second has the shape of SmolLM2-135M. */
    static List<Rung> ladder() {
        return List.of(
                new Rung("tiny", 4, List.of(4), 128, 4, 2, 32, 384, 2_048),
                new Rung("135M", 30, List.of(8, 16, 30), 576, 9, 3, 64, 1_536, 49_152),
                new Rung("0.5B", 24, List.of(24), 896, 14, 2, 64, 4_864, 151_936),
                new Rung("1B", 16, List.of(16), 2_048, 32, 8, 64, 8_192, 128_256),
                new Rung("3B", 28, List.of(2, 8), 3_072, 24, 8, 128, 8_192, 128_256),
                new Rung("8B", 32, List.of(1, 5), 4_096, 32, 8, 128, 14_336, 128_256));
    }

    /** Whether all layers are run. */
    boolean isWhole() {
        return measured.getLast() == layers;
    }

    /** Multiplied weights of the whole model, the head included, the embedding only as head. */
    long parameters() {
        return parameters(layers);
    }

    private long parameters(int count) {
        long attention = 2L * width * heads * headSize + 2L * width * kvHeads * headSize;
        return count * (attention + 3L * width * feedForward) + (long) vocabulary * width;
    }

    /** How long measuring takes, in parameters. */
    long weight() {
        return 20_000_000L + measured.stream().mapToLong(this::parameters).sum();
    }

    /** Bytes of a light audit's key: r and v for each matrix, s and u for the embedding. */
    long keyBytes() {
        long q = heads * (long) headSize;
        long kv = kvHeads * (long) headSize;
        long layer = (width + q) + 2 * (width + kv) + (q + width) + 2L * (width + feedForward) + (feedForward + width);
        return 8 * (layers * layer + 2L * (vocabulary + width));
    }

    /** The whole model's shape. */
    Shape shape() {
        return new Shape(
                "llama",
                layers,
                width,
                heads,
                kvHeads,
                headSize,
                feedForward,
                vocabulary,
                CONTEXT,
                Rope.Pairing.ADJACENT);
    }

    /** Writes a model of this shape with so many layers. */
    Path write(Path folder, int count) throws IOException {
        RandomModel model = new RandomModel(
                "llama",
                count,
                width,
                heads,
                kvHeads,
                headSize,
                feedForward,
                vocabulary,
                CONTEXT,
                true,
                false,
                tensor -> tensor.startsWith("token_embd") ? GgmlType.Q8_0 : GgmlType.Q4_1,
                1);
        return model.write(folder.resolve(name + "-" + count + ".gguf"));
    }
}
