package assay.engine.compile;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

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
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/**
 * vectors/llama: on random models of both architectures and of every type, the exact program is
 * closer to the float model than llama.cpp is.
 *
 * <p>Where the weights are floats llama.cpp computes in floats too, and bounds that 13-bit
 * activations explain stand in: a rounding of 2^-13 of the largest of a vector, some ten times over.
 */
class LlamaVectorTest {
    /** Kullback-Leibler divergence in nats, mean over positions. */
    private static final double KL_MAX = 3e-4;

    /** Of logits whose standard deviation is 4. */
    private static final double LOGIT_ERROR_MAX = 0.3;

    @TempDir
    static Path folder;

    @TestFactory
    Stream<DynamicTest> theExactProgramIsAsCloseToTheFloatModelAsLlamaCppIs() throws Exception {
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
        double[][] wanted = logits(vector.at("expect"), "float");
        Distance llama = Distance.of(logits(vector.at("expect"), "llama"), wanted);
        Distance exact = Distance.of(
                run(path.resolveSibling(vector.at("input").at("model").string()), ids), wanted);
        String both = "exact " + exact + ", llama.cpp " + llama;
        boolean floats = vector.at("id").string().matches(".*-b?f(16|32)");
        assertTrue(exact.kl <= (floats ? KL_MAX : llama.kl / 3), both);
        assertTrue(exact.maxAbs <= (floats ? LOGIT_ERROR_MAX : llama.maxAbs / 3), both);
    }

    private static double[][] run(Path packed, int[] ids) throws Exception {
        Path model = folder.resolve("model.gguf");
        try (GZIPInputStream in = new GZIPInputStream(Files.newInputStream(packed))) {
            Files.write(model, in.readAllBytes());
        }
        try (GgufFile file = GgufFile.open(model)) {
            Program program = Compiler.compile(file);
            Forward forward = new Forward(program, new FileWeights(file));
            int[][] x = forward.embed(ids);
            for (int l = 0; l < program.shape().layers(); l++) {
                x = forward.layer(l, x);
            }
            int[][] z = forward.logits(x);
            double[][] logits = new double[z.length][z[0].length];
            for (int i = 0; i < z.length; i++) {
                for (int r = 0; r < z[i].length; r++) {
                    logits[i][r] = z[i][r] * 0x1p-16;
                }
            }
            return logits;
        }
    }

    private static double[][] logits(Field expect, String name) throws Exception {
        int rows = expect.at("rows").int32(1, 1_000);
        ByteBuffer floats = ByteBuffer.wrap(expect.at(name).base64(1 << 20)).order(ByteOrder.LITTLE_ENDIAN);
        double[][] logits = new double[expect.at("positions").int32(1, 1_000)][rows];
        for (double[] row : logits) {
            for (int r = 0; r < rows; r++) {
                row[r] = floats.getFloat();
            }
        }
        return logits;
    }

    private record Distance(double maxAbs, double kl) {
        static Distance of(double[][] got, double[][] wanted) {
            double max = 0;
            double kl = 0;
            for (int i = 0; i < wanted.length; i++) {
                double normGot = logSum(got[i]);
                double normWanted = logSum(wanted[i]);
                for (int r = 0; r < wanted[i].length; r++) {
                    max = Math.max(max, Math.abs(got[i][r] - wanted[i][r]));
                    double logP = wanted[i][r] - normWanted;
                    kl += Math.exp(logP) * (logP - (got[i][r] - normGot)) / wanted.length;
                }
            }
            return new Distance(max, kl);
        }

        private static double logSum(double[] logits) {
            double max = Double.NEGATIVE_INFINITY;
            for (double l : logits) {
                max = Math.max(max, l);
            }
            double sum = 0;
            for (double l : logits) {
                sum += Math.exp(l - max);
            }
            return max + Math.log(sum);
        }
    }
}
