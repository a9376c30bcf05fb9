package assay.prover.audit;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import assay.core.audit.Challenge;
import assay.core.audit.LightAudit;
import assay.core.audit.OpeningFormat;
import assay.core.base.Hash;
import assay.core.receipt.Digests;
import assay.core.verify.Verdict;
import assay.engine.gguf.GgmlType;
import assay.engine.infer.Engine;
import assay.engine.infer.EngineOptions;
import assay.engine.infer.GenerationRequest;
import assay.engine.infer.ReplayRequest;
import assay.engine.infer.ReplayResult;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Honest openings: what a checker without weights says of them. */
class LightAuditTest {
    @TempDir
    Path folder;

    @Test
    void allCellsOfAnHonestAnswerPass() throws Exception {
        passes("llama", GgmlType.Q4_1, "");
        passes("qwen2", GgmlType.Q8_0, ",\"presence_penalty\":0.5,\"top_p\":0.9");
        passes("llama", GgmlType.Q5_0, ",\"logit_bias\":{\"65\":3}");
    }

    private void passes(String architecture, GgmlType type, String more) throws Exception {
        World world = World.of(folder, architecture, type, 3);
        Run run = Run.honest(world, world.ask("hi", 6, 1, more, 11));
        Challenge challenge = new Challenge(run.subject().digest(), World.hash("seed"), Challenge.CELLS_MAX);
        byte[] bytes = run.open(challenge);
        LightAudit.Report report =
                LightAudit.check(world.key(), world.text(), run.subject(), challenge, bytes, new SecureRandom());
        assertInstanceOf(Verdict.Valid.class, report.verdict(), report.toString());
        assertEquals(run.grid().cells(), report.cells());
        assertEquals(Math.min(Challenge.CELLS_MAX, report.cells()), report.drawn());
    }

    @Test
    void theEngineOpensWhatThePlainProgramOpens() throws Exception {
        World world = World.of(folder, "llama", GgmlType.Q4_K, 5);
        World.Question question = world.ask("why", 5, 1, "", 4);
        Run run = Run.honest(world, question);
        try (Engine engine = new Engine(
                world.model(), EngineOptions.standard().withContext(128).withThreads(2))) {
            Challenge challenge = new Challenge(run.subject().digest(), World.hash("seed"), 40);
            byte[] fast = OpeningFormat.encode(Regenerated.open(engine, run.subject(), World.TRACE_SALT, challenge));
            assertArrayEquals(run.open(challenge), fast);
        }
    }

    @Test
    void severalChoicesAreDrawnFromTogether() throws Exception {
        World world = World.of(folder, "qwen2", GgmlType.Q4_0, 6);
        World.Question question = world.ask("why", 5, 3, "", 4);
        try (Engine engine = new Engine(
                world.model(), EngineOptions.standard().withContext(128).withThreads(2))) {
            int[][] answers = {{5}, {6, 7, 8}, {9, 10}};
            GenerationRequest request = new GenerationRequest(
                    question.prompt(), Digests.ids(question.prompt()), question.sampling(), question.seed());
            ReplayResult found = engine.replay(new ReplayRequest(request, answers));
            // What the sampler itself gives, so that the answers are honest ones.
            List<List<Integer>> ids = new ArrayList<>();
            List<Hash> roots = new ArrayList<>();
            for (int choice = 0; choice < 3; choice++) {
                int[] sampled = sampled(engine, request, answers, choice);
                ids.add(java.util.Arrays.stream(sampled).boxed().toList());
                answers[choice] = sampled;
            }
            found = engine.replay(new ReplayRequest(request, answers));
            found.choices().forEach(c -> roots.add(c.traceRoot()));
            LightAudit.Subject subject = world.subject(question, ids, Digests.traces(roots));
            Challenge challenge = new Challenge(subject.digest(), World.hash("seed"), 200);
            byte[] bytes = OpeningFormat.encode(Regenerated.open(engine, subject, World.TRACE_SALT, challenge));
            LightAudit.Report report =
                    LightAudit.check(world.key(), world.text(), subject, challenge, bytes, new SecureRandom());
            assertInstanceOf(Verdict.Valid.class, report.verdict(), report.toString());
            assertTrue(report.heads() > 0 && report.drawn() == Math.min(200, report.cells()));
        }
    }

    private static int[] sampled(Engine engine, GenerationRequest request, int[][] answers, int choice)
            throws InterruptedException {
        int[] ids = new int[0];
        for (int i = 0; i < 4; i++) {
            int[][] tried = answers.clone();
            tried[choice] = java.util.Arrays.copyOf(ids, i + 1);
            var got = engine.replay(new ReplayRequest(request, tried)).choices().get(choice);
            ids = got.picks().stream().mapToInt(p -> p.id()).toArray();
        }
        return ids;
    }
}
