package assay.engine.infer;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import assay.core.audit.Spot;
import assay.core.base.Hash;
import assay.core.kernel.Sampling;
import assay.core.program.Cell;
import assay.core.program.Forward;
import assay.core.program.Program;
import assay.engine.compile.Compiler;
import assay.engine.compile.FileWeights;
import assay.engine.gguf.GgmlType;
import assay.engine.gguf.GgufFile;
import assay.engine.gguf.RandomModel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a replay keeps of cells, and what cells compute, against the plain program. */
class WitnessAgreementTest {
    private static final int PROMPT = 9;
    private static final int[][] ANSWERS = {{5, 6, 7, 8}, {}, {5, 9}};

    @TempDir
    Path folder;

    @Test
    void everyCellOfEveryChoiceIsThatOfThePlainProgram() throws Exception {
        everyCell("llama", GgmlType.Q4_1);
        everyCell("qwen2", GgmlType.Q8_0);
        everyCell("llama", GgmlType.Q6_K);
        everyCell("llama", GgmlType.F16);
    }

    private void everyCell(String architecture, GgmlType type) throws Exception {
        Path file = RandomModel.tiny(architecture, type, 7).write(folder.resolve(architecture + type + ".gguf"));
        Model model = Model.load(file);
        int layers = model.program().shape().layers();
        int[] prompt = new SplittableRandom(3).ints(PROMPT, 0, 256).toArray();
        Sampling sampling = new Sampling(0.8, 0, 1, 0, 0, 0, new TreeMap<>(), 8, List.of(), 3, false, 0);
        ReplayRequest replay = new ReplayRequest(new GenerationRequest(prompt, Hash.sha256(), sampling, 1), ANSWERS);
        List<Spot> spots = new ArrayList<>();
        for (int choice : new int[] {0, 2}) {
            for (int t = 0; t < PROMPT + ANSWERS[choice].length - 1; t++) {
                for (int l = 0; l <= layers; l++) {
                    spots.add(new Spot(choice, l, t));
                }
            }
        }
        try (Engine engine = new Engine(
                        model, EngineOptions.standard().withContext(64).withThreads(2));
                GgufFile gguf = GgufFile.open(file)) {
            Witness witness = engine.witness(replay, spots);
            ReplayResult plain = engine.replay(replay);
            for (int choice : new int[] {0, 2}) {
                assertEquals(
                        plain.choices().get(choice).traceRoot(),
                        witness.result().choices().get(choice).traceRoot());
                agrees(witness, choice, ids(prompt, ANSWERS[choice]), gguf, model);
            }
            assertEquals(true, witness.trace(1).isEmpty());
        }
    }

    private static int[] ids(int[] prompt, int[] answer) {
        int[] ids = java.util.Arrays.copyOf(prompt, prompt.length + answer.length - 1);
        System.arraycopy(answer, 0, ids, prompt.length, answer.length - 1);
        return ids;
    }

    private static void agrees(Witness witness, int choice, int[] ids, GgufFile gguf, Model model) throws Exception {
        Program program = Compiler.compile(gguf);
        FileWeights weights = new FileWeights(gguf);
        Forward forward = new Forward(program, weights);
        Cell.Sums slow = Cell.rows(weights);
        Cell.Sums fast = model.sums();
        int[][] x = forward.embed(ids);
        assertArrayEquals(
                x[2], Cell.embedding(model.row(program.matrix(Program.EMBEDDING).orElseThrow(), ids[2])));
        for (int l = 0; l < program.shape().layers(); l++) {
            int[][] before = x;
            x = forward.layer(l, x);
            for (int t = 0; t < ids.length; t++) {
                int[] residual = witness.residual(new Spot(choice, l, t));
                assertArrayEquals(before[t], residual, "residual-in");
                // Only what lies before the position is given.
                short[][] keys = witness.keys(choice, l, t);
                short[][] values = witness.values(choice, l, t);
                Cell.Layer cell = Cell.layer(program, l, t, residual, keys, values, slow);
                assertArrayEquals(forward.key(l, t), cell.key());
                assertArrayEquals(forward.value(l, t), cell.value());
                assertArrayEquals(x[t], cell.residual());
                Cell.Layer same = Cell.layer(program, l, t, residual, keys, values, fast);
                for (Cell.Product product : Cell.Product.values()) {
                    assertArrayEquals(
                            cell.applied(product).sums(), same.applied(product).sums(), product + " sums");
                }
            }
        }
        int[][] logits = forward.logits(x);
        for (int t = 0; t < ids.length; t++) {
            int[] last = witness.residual(new Spot(choice, program.shape().layers(), t));
            assertArrayEquals(x[t], last, "residual-out");
            assertArrayEquals(logits[t], Cell.head(program, last, fast).logits().out());
        }
    }
}
