package assay.bench;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import assay.core.codec.Field;
import assay.core.codec.JsonText;
import assay.engine.gguf.GgufFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** vectors/llama: the float model is the float64 model that another program computed. */
class FloatModelVectorTest {
    /** The vectors hold float32; logits are below 40. */
    private static final double ERROR_MAX = 4e-6;

    @TempDir
    static Path folder;

    @TestFactory
    Stream<DynamicTest> theFloatModelAgreesWithFloat64InPython() throws Exception {
        List<Path> files;
        try (Stream<Path> found = Files.list(Path.of("..", "vectors", "llama"))) {
            files = found.filter(p -> p.toString().endsWith(".json")).sorted().toList();
        }
        assertEquals(16, files.size());
        return files.stream().map(p -> DynamicTest.dynamicTest(String.valueOf(p.getFileName()), () -> check(p)));
    }

    private static void check(Path path) throws Exception {
        Field vector = Field.root(JsonText.parse(Files.readAllBytes(path), 8, 1 << 22));
        int[] ids = vector.at("input").at("tokens").items(1_000).stream()
                .mapToInt(f -> Integer.parseInt(JsonText.write(f.value())))
                .toArray();
        Path model = folder.resolve("model.gguf");
        Path packed = path.resolveSibling(vector.at("input").at("model").string());
        try (GZIPInputStream in = new GZIPInputStream(Files.newInputStream(packed))) {
            Files.write(model, in.readAllBytes());
        }
        ByteBuffer wanted =
                ByteBuffer.wrap(vector.at("expect").at("float").base64(1 << 20)).order(ByteOrder.LITTLE_ENDIAN);
        try (GgufFile file = GgufFile.open(model)) {
            FloatModel two = new FloatModel(file, 2);
            double[][] logits = two.logits(two.hidden(ids));
            for (double[] row : logits) {
                for (double logit : row) {
                    assertEquals(wanted.getFloat(), logit, ERROR_MAX);
                }
            }
            assertEquals(0, wanted.remaining());
            FloatModel one = new FloatModel(file, 1);
            assertArrayEquals(logits, one.logits(one.hidden(ids)), "one thread and two");
        }
    }
}
