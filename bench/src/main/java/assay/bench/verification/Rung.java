package assay.bench.verification;

import assay.engine.gguf.GgmlType;
import assay.engine.gguf.RandomModel;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * One model of the ladder: a shape, and with how many layers it is run.
 *
 * <p>Weights are random codes under sane scales: what a check costs depends on shapes alone. Where not all layers are
 * run, costs are those of two smaller models of the same shape, and what one layer adds is added for each that is
 * missing.
 *
 * @param name as people know it
 * @param layers of the whole model
 * @param measured how many layers are run, one number or two
 * @param tied whether the head is the embedding
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
        int vocabulary,
        boolean tied) {
    Rung {
        measured = List.copyOf(measured);
    }

    /** From a tiny model to the shape of Llama 3.1 8B; the second has the shape of SmolLM2-135M. */
    static List<Rung> ladder(int most) {
        List<Rung> all = new ArrayList<>(List.of(
                new Rung("tiny", 4, List.of(4), 128, 4, 2, 32, 384, 2_048, true),
                new Rung("135M", 30, List.of(30), 576, 9, 3, 64, 1_536, 49_152, true),
                new Rung("0.5B", 24, List.of(3, 6), 896, 14, 2, 64, 4_864, 151_936, true),
                new Rung("1B", 16, List.of(2, 4), 2_048, 32, 8, 64, 8_192, 128_256, true),
                new Rung("3B", 28, List.of(1, 3), 3_072, 24, 8, 128, 8_192, 128_256, true),
                new Rung("8B", 32, List.of(1, 2), 4_096, 32, 8, 128, 14_336, 128_256, false)));
        return all.subList(0, Math.min(most, all.size()));
    }

    /** Multiplied weights of the whole model, the head included, the embedding only as head. */
    long parameters() {
        return layers * layerParameters() + (long) vocabulary * width;
    }

    private long layerParameters() {
        long attention = 2L * width * heads * headSize + 2L * width * kvHeads * headSize;
        return attention + 3L * width * feedForward;
    }

    /** Bytes of a light audit's key: r and v for each matrix, s and u for the embedding. */
    long keyBytes() {
        long q = heads * (long) headSize;
        long kv = kvHeads * (long) headSize;
        long layer = (width + q) + 2 * (width + kv) + (q + width) + 2L * (width + feedForward) + (feedForward + width);
        return 8 * (layers * layer + 2L * (vocabulary + width));
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
                2_048,
                tied,
                false,
                tensor ->
                        tensor.startsWith("token_embd") || tensor.startsWith("output.") ? GgmlType.Q8_0 : GgmlType.Q4_1,
                1);
        return model.write(folder.resolve(name + "-" + count + ".gguf"));
    }
}
