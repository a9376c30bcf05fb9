package assay.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;

import assay.core.base.MalformedException;
import assay.core.codec.Field;
import assay.core.codec.JsonText;
import assay.engine.gguf.GgmlType;
import assay.engine.gguf.Tensor;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** vectors/gguf: every block is worth what the public gguf package says, to the last bit. */
class FloatWeightsVectorTest {
    @TestFactory
    Stream<DynamicTest> blocksAreWorthWhatThePublicPackageSays() {
        return Arrays.stream(GgmlType.values())
                .filter(GgmlType::supported)
                .map(type -> DynamicTest.dynamicTest(type.name(), () -> check(type)));
    }

    private static void check(GgmlType type) throws Exception {
        Path path = Path.of("..", "vectors", "gguf", "blocks-" + type.name().toLowerCase(Locale.ROOT) + ".json");
        for (Field vector :
                Field.root(JsonText.parse(Files.readAllBytes(path), 8, 1 << 22)).items(1_000)) {
            check(type, vector);
        }
    }

    private static void check(GgmlType type, Field vector) throws MalformedException {
        byte[] block = HexFormat.of().parseHex(vector.at("input").at("block").string());
        List<Field> wanted = vector.at("expect").at("weights24").items(1_000);
        double[] got = new double[wanted.size()];
        FloatWeights.row(new Tensor("w", type, new long[] {got.length}, MemorySegment.ofArray(block)), 0, got);
        for (int i = 0; i < got.length; i++) {
            // Only floats have more than 24 bits after the point; the vectors round those.
            double scaled = got[i] * 0x1p24;
            double exact = type == GgmlType.F32 || type == GgmlType.BF16 ? Math.rint(scaled) : scaled;
            assertEquals(
                    wanted.get(i).integer(-(1L << 53), 1L << 53),
                    exact,
                    0.0,
                    vector.at("id").string() + ", weight " + i);
        }
    }
}
