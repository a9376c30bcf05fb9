package assay.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import assay.core.codec.Field;
import assay.core.codec.JsonText;
import assay.engine.gguf.GgmlType;
import assay.engine.gguf.RandomModel;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class InferenceBenchTest {
    @TempDir
    Path folder;

    @Test
    void everyMeasureIsTakenInEveryRound() throws Exception {
        Path model = new RandomModel(
                        "llama",
                        1,
                        32,
                        2,
                        1,
                        16,
                        32,
                        RandomModel.VOCABULARY_MIN,
                        1_024,
                        true,
                        false,
                        n -> GgmlType.Q8_0,
                        9)
                .write(folder.resolve("m.gguf"));
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        InferenceBench.run(
                model, new InferenceBench.Options(1, 2, true), new PrintStream(out, true, StandardCharsets.UTF_8));
        List<Field> measures = Field.root(JsonText.parse(out.toByteArray(), 8, 1 << 20))
                .at("measures")
                .items(10);
        assertEquals(5, measures.size());
        for (Field measure : measures) {
            Field assay = measure.at("assay");
            assertEquals(2, assay.at("runs").items(10).size());
            assertTrue(assay.at("median").decimal() > 0, measure.at("measure").string());
        }
    }
}
