package assay.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import assay.core.base.Amount;
import assay.core.codec.Field;
import assay.core.codec.JsonText;
import assay.engine.gguf.GgmlType;
import assay.engine.gguf.RandomModel;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The real command in a process of its own, against a node that lies in another one. */
class DisputeTest {
    private static final int PATIENCE_SECONDS = 600;

    @TempDir
    static Path folder;

    private static Path model;

    @BeforeAll
    static void aModel() throws Exception {
        model = RandomModel.tiny("llama", GgmlType.Q8_0, 7).write(folder.resolve("tiny.gguf"));
    }

    private static Said run(String... arguments) throws IOException, InterruptedException {
        Path out = folder.resolve("out");
        ProcessBuilder builder = new ProcessBuilder(Processes.java("assay.cli.Main", arguments))
                .redirectOutput(out.toFile())
                .redirectError(folder.resolve("err").toFile());
        builder.environment().put("ASSAY_HOME", folder.resolve("home").toString());
        Process process = builder.start();
        assertTrue(process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS), () -> "it never ended: " + process.pid());
        return new Said(
                process.exitValue(),
                Files.readString(out, StandardCharsets.UTF_8),
                Files.readString(folder.resolve("err"), StandardCharsets.UTF_8));
    }

    private static Amount units(String out, String word) throws Exception {
        Matcher found = Pattern.compile("(?m)^  " + word + " +([0-9.]+)").matcher(out);
        assertTrue(found.find(), () -> word + " is not in: " + out);
        return Amount.parse(found.group(1));
    }

    @Test
    void aNodeThatTampersIsSlashedAndPayerAndChallengerAreToldWhatTheyGet() throws Exception {
        Said said = run("dispute", "--demo", "--model", model.toString(), "--threads", "1");
        System.out.println(said.out());
        assertEquals(Exit.OK, said.code(), said.out());
        assertTrue(said.out().contains("the ledger recomputes it: "), said.out());
        assertTrue(said.out().contains("✔ the node lost: FAULT"), said.out());
        Amount slash = units(said.out(), "slash");
        Amount refund = units(said.out(), "refund");
        Amount reward = units(said.out(), "reward");
        assertEquals(Amount.ofUnits(20), slash, "a tenth of a stake of 200");
        assertEquals(Amount.ofUnits(2), reward, "a tenth of that");
        assertTrue(!refund.isZero(), "what the answer cost");
        assertEquals(slash, refund.plus(reward).plus(units(said.out(), "burned")));
        assertTrue(said.out().contains("row ") && said.out().contains("ffn_down"), said.out());
    }

    @Test
    void theSameAsJsonNamesTheElement() throws Exception {
        Said said = run("dispute", "--demo", "--json", "--model", model.toString(), "--threads", "1");
        assertEquals(Exit.OK, said.code(), said.out());
        Field json = Field.root(JsonText.parse(
                said.out().lines().findFirst().orElseThrow().getBytes(StandardCharsets.UTF_8), 16, 1 << 20));
        assertTrue(json.at("won").bool());
        assertEquals("FAULT", json.at("status").string());
        List<Field> moves = json.at("moves").items(64);
        Field last = moves.getLast();
        assertTrue(last.at("operation").string().startsWith("Dots of blk."), said.out());
        assertEquals("PROOF", last.at("stage").string());
        assertTrue(json.at("node_moves").int32(0, 64) <= 10, "moves of the node");
        assertTrue(
                json.at("recomputed")
                        .string()
                        .contains(
                                "the node said " + last.at("claimed").integer(Long.MIN_VALUE / 2, Long.MAX_VALUE / 2)),
                said.out());
    }

    @Test
    void withoutANetworkOrAReceiptOneIsToldWhatToDo() throws Exception {
        Said nothing = run("dispute");
        assertEquals(Exit.USAGE, nothing.code(), nothing.err());
        assertTrue(nothing.err().contains("assay dispute --demo"), nothing.err());
        Path sample = Path.of("..", "vectors", "receipt", "sample.receipt");
        Said alone = run("dispute", sample.toString());
        assertEquals(Exit.FAILED, alone.code(), alone.err());
        assertTrue(alone.err().contains("no network runs on this home"), alone.err());
    }
}
