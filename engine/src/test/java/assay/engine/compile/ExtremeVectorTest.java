package assay.engine.compile;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import assay.core.base.MalformedException;
import assay.core.codec.Field;
import assay.core.codec.Json;
import assay.core.codec.JsonText;
import assay.core.program.Program;
import assay.engine.gguf.GgufFile;
import assay.engine.infer.Engine;
import assay.engine.infer.EngineOptions;
import assay.engine.infer.Model;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** vectors/extreme: digests that check.py, written from the protocol's page alone, also computes. */
class ExtremeVectorTest {
    @TempDir
    private Path folder;

    @ParameterizedTest
    @EnumSource
    void theWriterMakesThePublishedModel(ExtremeModel model) throws IOException {
        assertArrayEquals(ExtremeVectors.read(model.fileName() + ".gguf.gz"), model.bytes());
    }

    @ParameterizedTest
    @EnumSource
    void theScalarPathReachesThePublishedDigests(ExtremeModel model) throws Exception {
        try (GgufFile file = GgufFile.open(published(model))) {
            Program program = Compiler.compile(file);
            assertArrayEquals(ExtremeVectors.read(model.fileName() + ".program.gz"), program.encode());
            Json computed = ExtremeVectors.expected(model, file, program);
            assertEquals(JsonText.write(expected(model).value()), JsonText.write(computed));
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void theEngineReachesThePublishedLogits(int threads) throws Exception {
        for (ExtremeModel model : ExtremeModel.values()) {
            Field expected = expected(model);
            // Steps of 8, 8 and 1 positions: tiles of activations, and one position alone.
            EngineOptions options = EngineOptions.standard()
                    .withThreads(threads)
                    .withContext(48)
                    .withChunk(8, 8);
            int[][] logits = new int[model.ids().length][];
            try (Engine engine = new Engine(Model.load(published(model)), options)) {
                int vocabulary = engine.model().program().shape().vocabulary();
                engine.read(
                        model.ids(),
                        (position, row, from) ->
                                logits[position] = java.util.Arrays.copyOfRange(row, from, from + vocabulary));
                assertEquals(expected.at("logits").hash(), ExactCheckTest.digest(logits), model::fileName);
                assertEquals(
                        expected.at("saturations").integer(1, Long.MAX_VALUE),
                        engine.saturations().count(),
                        model::fileName);
            }
        }
    }

    private Path published(ExtremeModel model) throws IOException {
        return Files.write(folder.resolve(model.fileName()), ExtremeVectors.read(model.fileName() + ".gguf.gz"));
    }

    private static Field expected(ExtremeModel model) throws IOException, MalformedException {
        byte[] text = Files.readAllBytes(ExtremeVectors.FOLDER.resolve("expected.json"));
        List<Field> models =
                Field.root(JsonText.parse(text, 12, 1 << 20)).at("models").items(8);
        Field own = models.get(model.ordinal());
        assertEquals(model.fileName() + ".gguf.gz", own.at("model").string());
        return own.at("expected");
    }
}
