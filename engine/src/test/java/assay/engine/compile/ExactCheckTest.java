package assay.engine.compile;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import assay.core.base.Hash;
import assay.core.codec.Field;
import assay.core.codec.JsonText;
import assay.core.program.Forward;
import assay.core.program.Program;
import assay.engine.gguf.GgufFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** vectors/exact: digests of SmolLM2-135M-Instruct from an independent implementation. */
class ExactCheckTest {
    @Test
    void scalarForwardReachesTheDigestsOfTheRealModel() throws Exception {
        Path model = RealModel.path();
        assumeTrue(Files.exists(model), RealModel.MISSING);
        Field check = Field.root(
                JsonText.parse(Files.readAllBytes(Path.of("..", "vectors", "exact", "check.json")), 8, 1 << 20));
        List<Field> tokens = check.at("token_ids").items(1000);
        int[] ids = new int[tokens.size()];
        for (int i = 0; i < ids.length; i++) {
            ids[i] = tokens.get(i).int32(0, 1 << 20);
        }
        try (GgufFile file = GgufFile.open(model)) {
            Program program = Compiler.compile(file);
            assertEquals(program.root(), Program.parse(program.encode()).root());
            Forward forward = new Forward(program, new FileWeights(file));
            Field digests = check.at("digests");
            int[][] x = forward.embed(ids);
            assertEquals(digests.at("embedding").hash(), digest(x));
            for (int l = 0; l < program.shape().layers(); l++) {
                x = forward.layer(l, x);
                if (digests.find("layer " + l).isPresent()) {
                    assertEquals(digests.at("layer " + l).hash(), digest(x));
                }
            }
            assertEquals(check.at("logits_sha256").hash(), digest(forward.logits(x)));
            assertEquals(0, forward.saturations());
        }
    }

    static Hash digest(int[][] rows) {
        ByteBuffer out = ByteBuffer.allocate(4 * rows.length * rows[0].length).order(ByteOrder.LITTLE_ENDIAN);
        for (int[] row : rows) {
            for (int v : row) {
                out.putInt(v);
            }
        }
        return Hash.sha256(out.array());
    }
}
