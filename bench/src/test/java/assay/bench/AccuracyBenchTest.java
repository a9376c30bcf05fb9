package assay.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import assay.core.base.Hash;
import assay.core.codec.Field;
import assay.core.codec.JsonText;
import assay.core.program.Program;
import assay.core.text.Tokenizer;
import assay.core.text.Vocabulary;
import assay.engine.compile.Compiler;
import assay.engine.gguf.GgmlType;
import assay.engine.gguf.GgufFile;
import assay.engine.gguf.RandomModel;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AccuracyBenchTest {
    private static final String TEXT =
            "The re-entrant <|im_start|> one, and\tthe other: \u00e9\u00df\ud83d\ude00 done.";

    @TempDir
    Path folder;

    @Test
    void theExactProgramIsCloseToTheFloatModel() throws Exception {
        Path model = RandomModel.tiny("qwen2", GgmlType.Q4_1, 5).write(folder.resolve("m.gguf"));
        Field whole = Field.root(JsonText.parse(
                output(model, new AccuracyBench.Options(List.of(text()), 60, 2, true, false)), 8, 1 << 20));
        Field exact = whole.at("exact");
        int tokens = whole.at("texts").items(1).getFirst().at("tokens").int32(2, 60);
        assertEquals(tokens - 1, exact.at("positions").int32(0, 100));
        double kl = exact.at("kl").decimal();
        assertTrue(kl >= 0 && kl < 1e-3, "KL " + kl);
        assertEquals(1, exact.at("perplexityRatio").decimal(), 0.01);
        // Random weights predict nothing: worse than knowing only that there are 272 tokens.
        assertTrue(exact.at("nllFloat").decimal() > Math.log(272) - 1);
    }

    @Test
    void theDigestIsThatOfTheNormativeProgramsLogits() throws Exception {
        Path model = RandomModel.tiny("llama", GgmlType.Q5_0, 6).write(folder.resolve("m.gguf"));
        String printed = new String(
                output(model, new AccuracyBench.Options(List.of(text()), 20, 2, false, true)), StandardCharsets.UTF_8);
        try (GgufFile file = GgufFile.open(model)) {
            Program program = Compiler.compile(file);
            int[] ids = Tokenizer.of(Vocabulary.parse(program.tokenizer())).encode(TEXT);
            int[] first = Arrays.copyOf(ids, Math.min(ids.length, 20));
            int rows = program.shape().vocabulary();
            ByteBuffer all = ByteBuffer.allocate(4 * rows * first.length).order(ByteOrder.LITTLE_ENDIAN);
            ExactLogits.scalar(program, file).run(first, (position, logits, from) -> {
                for (int r = 0; r < rows; r++) {
                    all.putInt(logits[from + r]);
                }
            });
            assertEquals(Hash.sha256(all.array()).hex() + "  " + text() + "\n", printed);
        }
    }

    private Path text() throws Exception {
        return Files.writeString(folder.resolve("text.txt"), TEXT);
    }

    private static byte[] output(Path model, AccuracyBench.Options options) throws Exception {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        AccuracyBench.run(model, options, new PrintStream(out, true, StandardCharsets.UTF_8));
        return out.toByteArray();
    }
}
