package assay.core.kernel;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import assay.core.base.MalformedException;
import assay.core.codec.Field;
import assay.core.codec.JsonText;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** vectors/gguf: blocks of every type with 2^24 times what the public gguf package dequantises. */
class WeightTypeVectorTest {
    @TestFactory
    Stream<DynamicTest> blocksDecodeToTheExactIntegers() throws Exception {
        List<DynamicTest> tests = new ArrayList<>();
        for (WeightType type : WeightType.values()) {
            Path file = Path.of("..", "vectors", "gguf", "blocks-" + type.name().toLowerCase(Locale.ROOT) + ".json");
            for (Field vector : Field.root(JsonText.parse(Files.readAllBytes(file), 16, 1 << 24))
                    .items(1000)) {
                tests.add(DynamicTest.dynamicTest(vector.at("id").string(), () -> check(type, vector)));
            }
        }
        return tests.stream();
    }

    private static void check(WeightType type, Field vector) throws MalformedException {
        byte[] block = HexFormat.of().parseHex(vector.at("input").at("block").string());
        List<Field> expected = vector.at("expect").at("weights24").items(1 << 16);
        long[] out = new long[expected.size()];
        type.decodeRow(block, out);
        long[] want = new long[out.length];
        for (int i = 0; i < want.length; i++) {
            want[i] = expected.get(i).integer(Long.MIN_VALUE, Long.MAX_VALUE);
        }
        assertArrayEquals(want, out);
    }

    @Test
    void scalesThatAreNotFiniteAreRefused() {
        byte[] block = new byte[18];
        block[1] = 0x7c;
        assertThrows(MalformedException.class, () -> WeightType.Q4_0.decodeRow(block, new long[32]));
        byte[] nan = {0, 0, (byte) 0xc0, 0x7f};
        assertThrows(MalformedException.class, () -> WeightType.F32.decodeRow(nan, new long[1]));
    }
}
