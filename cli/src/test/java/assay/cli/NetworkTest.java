package assay.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import assay.core.base.Hash;
import assay.core.codec.Field;
import assay.core.receipt.Receipt;
import assay.core.receipt.Statement;
import assay.core.receipt.Transcript;
import assay.core.verify.ReceiptFile;
import assay.engine.gguf.GgmlType;
import assay.engine.gguf.RandomModel;
import assay.engine.infer.EngineOptions;
import assay.engine.infer.Model;
import assay.ledger.crypto.Address;
import assay.ledger.store.EmbeddedLedger;
import assay.node.Node;
import assay.node.NodeConfig;
import assay.node.serve.Book;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.BooleanSupplier;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The commands on a real network of their own with a small random model: what a person meets. */
class NetworkTest {
    @TempDir
    static Path folder;

    private static Path home;
    private static Path receipt;
    private static Said asked;

    private static Said run(String... arguments) {
        return Said.run(home, arguments);
    }

    @BeforeAll
    static void aQuestionIsAsked() throws Exception {
        home = folder.resolve("home");
        Path model = RandomModel.tiny("llama", GgmlType.Q8_0, 7).write(folder.resolve("tiny.gguf"));
        asked = run("ask", "--model", model.toString(), "--max-tokens", "8", "--json", "hello there");
        assertEquals(0, asked.code(), asked.err() + asked.out());
        receipt = Path.of(asked.json().at("receipt").at("file").string());
    }

    @Test
    void anAnswerIsPaidReceiptedAndReplayed() throws Exception {
        Field json = asked.json();
        assertEquals("valid", json.at("receipt").at("verdict").at("verdict").string());
        assertTrue(json.at("audit").at("confirmed").bool());
        assertEquals(8, json.at("usage").at("completion_tokens").int32(0, 100));
        long paid = json.at("paid_micro").integer(0, 1000);
        assertEquals(json.at("usage").at("prompt_tokens").int32(0, 300) + 8, paid, "one micro-unit a token");
        assertTrue(asked.err().contains("play money"), asked.err());
    }

    @Test
    void aPersonIsToldInPlainWords() {
        Said said = run("ask", "--max-tokens", "4", "--model", "tiny", "hello");
        assertEquals(0, said.code(), said.err());
        assertTrue(said.err().contains("✔ paid 0.0000"), said.err());
        assertTrue(
                said.err().contains("replayed on this machine by the same operator: same 4 tokens, same trace"),
                said.err());
        assertTrue(said.err().contains("assay verify "), said.err());
    }

    @Test
    void aModelThatIsServedIsRemovedOnlyByForce() throws Exception {
        Path other = folder.resolve("serving");
        assertEquals(
                0,
                Said.run(other, "pull", folder.resolve("tiny.gguf").toString()).code());
        try (ServerSocket served = new ServerSocket(0)) {
            URI uri = URI.create("http://127.0.0.1:" + served.getLocalPort());
            Running running = new Running(uri, ProcessHandle.current().pid(), "tiny", 64);
            running.write(other);
            Said refused = Said.run(other, "rm", "tiny");
            assertEquals(1, refused.code());
            assertTrue(refused.err().contains("tiny is served by the network that runs here: " + uri), refused.err());
            assertTrue(refused.err().contains("--force"), refused.err());
            assertEquals(0, Said.run(other, "show", "tiny").code());
            assertEquals(0, Said.run(other, "rm", "--force", "tiny").code());
            assertEquals(1, Said.run(other, "show", "tiny").code());
        }
    }

    @Test
    void numbersOutOfRangeAreRefusedByTheOptionsName() {
        refused("--max-tokens is at least 1, got 0", "ask", "-n", "0", "hello");
        refused("--max-tokens is at least 1, got -3", "chat", "--max-tokens", "-3");
        refused("--threads is 1 to 64, got 0", "ask", "--threads", "0", "hello");
        refused("--threads is 1 to 64, got 65", "audit", "--replay", "--threads", "65", receipt.toString());
        refused("--ctx is at least 1, got 0", "up", "--ctx", "0");
        refused("--temperature must be from 0 to 2, got 3", "ask", "-t", "3", "hello");
    }

    private static void refused(String why, String... command) {
        Said said = run(command);
        assertEquals(Exit.USAGE, said.code(), said.err());
        assertEquals("assay: " + why, said.err().strip());
    }

    @Test
    void tooDearAQuestionIsRefusedBeforeAnythingIsPaid() throws Exception {
        long before = run("wallet", "--json").json().at("channel_micro").integer(0, Long.MAX_VALUE);
        Said said = run("ask", "--model", "tiny", "--max-tokens", "100", "--max-cost", "0.000050", "hello");
        assertEquals(1, said.code());
        assertTrue(said.err().contains("nothing is paid"), said.err());
        assertEquals(before, run("wallet", "--json").json().at("channel_micro").integer(0, Long.MAX_VALUE));
    }

    @Test
    void aReplayThatNobodyWaitedForIsMadeByTheNextNetwork() throws Exception {
        Path other = folder.resolve("impatient");
        String model = folder.resolve("tiny.gguf").toString();
        Field first = Said.run(other, "ask", "--model", model, "--no-wait", "--json", "--max-tokens", "4", "one")
                .json();
        assertTrue(first.find("audit").isEmpty());
        assertEquals(assay.ledger.state.Receipt.Status.DRAWN, onLedger(other, first));
        Field second = Said.run(other, "ask", "--model", model, "--json", "--max-tokens", "4", "two")
                .json();
        assertTrue(second.at("audit").at("confirmed").bool());
        assertEquals(assay.ledger.state.Receipt.Status.CONFIRMED, onLedger(other, first));
        assertEquals(assay.ledger.state.Receipt.Status.CONFIRMED, onLedger(other, second));
    }

    private static assay.ledger.state.Receipt.Status onLedger(Path home, Field answer) throws Exception {
        byte[] file = Files.readAllBytes(Path.of(answer.at("receipt").at("file").string()));
        Receipt receipt = Statement.parse(ReceiptFile.parse(file).envelope().payload());
        try (EmbeddedLedger ledger = EmbeddedLedger.open(home.resolve("ledger"))) {
            return ledger.state()
                    .receipt(
                            Address.parse(receipt.node().operator()),
                            answer.at("receipt").at("digest").hash())
                    .orElseThrow()
                    .status();
        }
    }

    @Test
    void aReceiptIsValidByItselfAnywhere() throws IOException {
        Path copy = Files.createDirectories(folder.resolve("elsewhere")).resolve("r.receipt");
        Files.copy(receipt, copy);
        Said said = Said.run(folder.resolve("stranger"), "verify", copy.toString());
        assertEquals(0, said.code(), said.out() + said.err());
        assertTrue(said.out().contains("does not prove"), said.out());
    }

    @Test
    void aReceiptOfAnotherNodeThanTheOneNamedIsInvalid() throws Exception {
        byte[] file = Files.readAllBytes(receipt);
        String key = Statement.parse(ReceiptFile.parse(file).envelope().payload())
                .node()
                .key()
                .hex();
        Said same = run("verify", receipt.toString(), "--node", key);
        assertEquals(0, same.code(), same.out() + same.err());
        assertTrue(same.out().contains("the one you gave"), same.out());
        String other = "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a"; // RFC 8032, 7.1, test 1
        Said differs = run("verify", receipt.toString(), "--node", other);
        assertEquals(1, differs.code(), differs.out());
        assertTrue(differs.out().contains("key: expected " + other + ", got " + key), differs.out());
        assertEquals(2, run("verify", receipt.toString(), "--node", "3f1a").code());
    }

    @Test
    void whatTheModelSaturatedIsShown() throws Exception {
        Said said = run("show", "tiny", "--json");
        assertTrue(said.json().at("computedPositions").integer(0, Long.MAX_VALUE) > 8, said.out());
        assertEquals(0, said.json().at("saturations").integer(0, Long.MAX_VALUE));
        assertTrue(run("show", "tiny").out().contains("0 in "));
    }

    @Test
    void aFaultThatTheAuditorFindsIsToldInPlainWords() throws Exception {
        Path other = folder.resolve("caught");
        Path file = folder.resolve("tiny.gguf");
        EngineOptions options = EngineOptions.standard().withThreads(1).withContext(256);
        NodeConfig config = new NodeConfig(
                other, "tiny", file, Hash.sha256(Files.readAllBytes(file)), "", folder.resolve("derived"), 0, options);
        try (Node node = Node.startWithoutAuditor(config, Model.load(file))) {
            new Running(node.uri(), ProcessHandle.current().pid(), "tiny", 256).write(other);
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            ByteArrayOutputStream err = new ByteArrayOutputStream();
            CompletableFuture<Integer> asking = CompletableFuture.supplyAsync(
                    () -> Said.run(out, err, other, "ask", "--max-tokens", "6", "is the bridge safe"));
            await(() -> out.toString(StandardCharsets.UTF_8).endsWith("\n") || asking.isDone());
            Book.Entry entry = node.book().newest().orElseThrow();
            tamper(other.resolve("node").resolve("journal"), node.book().transcript(entry));
            node.audit();
            assertEquals(Exit.FAILED, asking.get());
            String said = err.toString(StandardCharsets.UTF_8);
            assertTrue(said.contains("✘ THE ANSWER FAILED ITS AUDIT: "), said);
            assertTrue(said.contains("the answer is not the one that the receipt is about"), said);
            assertTrue(said.contains("the node is slashed and you are refunded"), said);
            assertFalse(said.contains("replayed on this machine"), said);
        }
    }

    /** Changes one letter of the answer in the journal's record of a receipt, from which auditors are served. */
    private static void tamper(Path journal, Transcript told) throws Exception {
        byte[] file = Files.readAllBytes(journal);
        byte[] whole = told.encode();
        String text = told.choices().getFirst().text();
        ByteBuffer bytes = ByteBuffer.wrap(file);
        for (int at = 0; at < file.length; at += 8 + bytes.getInt(at)) {
            int end = at + 8 + bytes.getInt(at);
            int start = end - whole.length;
            if (start > at && java.util.Arrays.equals(file, start, end, whole, 0, whole.length)) {
                int letter = 0;
                while (!Character.toString(text.charAt(letter)).matches("[a-zA-Z]")) {
                    letter++;
                }
                String json = new String(whole, StandardCharsets.UTF_8);
                int from = json.indexOf("\"content\":\"") + 11;
                int place = json.indexOf(text.charAt(letter), from);
                int byteAt = start + json.substring(0, place).getBytes(StandardCharsets.UTF_8).length;
                file[byteAt] = (byte) (file[byteAt] == 'a' ? 'b' : 'a');
                CRC32C crc = new CRC32C();
                crc.update(file, at + 8, end - at - 8);
                bytes.putInt(at + 4, (int) crc.getValue());
                try (FileChannel out = FileChannel.open(journal, StandardOpenOption.WRITE)) {
                    out.write(ByteBuffer.wrap(file, at, end - at), at);
                }
                return;
            }
        }
        throw new AssertionError("the journal does not hold the transcript");
    }

    private static void await(BooleanSupplier done) throws InterruptedException {
        long end = System.nanoTime() + 120_000_000_000L;
        while (!done.getAsBoolean() && System.nanoTime() < end) {
            Thread.sleep(5);
        }
        assertTrue(done.getAsBoolean());
    }

    @Test
    void withItsTranscriptTextAndBillAreDerivedAgain() {
        Said said = run("verify", receipt.toString());
        assertEquals(0, said.code(), said.out());
        assertTrue(said.out().contains("derived again here"), said.out());
    }

    @Test
    void aTranscriptWithoutItsProgramIsLeftOpenUnlessItIsAskedAbout() throws IOException {
        Path lone = Files.createDirectories(folder.resolve("lone"));
        Files.copy(receipt, lone.resolve("r.receipt"));
        Files.copy(Verify.beside(receipt, ".transcript"), lone.resolve("r.transcript"));
        Said said = Said.run(
                folder.resolve("stranger"), "verify", lone.resolve("r.receipt").toString());
        assertEquals(0, said.code(), said.out());
        assertTrue(said.out().contains("the transcript beside it, which was not looked at"), said.out());
        Said asked = Said.run(
                folder.resolve("stranger"),
                "verify",
                lone.resolve("r.receipt").toString(),
                "--transcript",
                lone.resolve("r.transcript").toString());
        assertEquals(3, asked.code(), asked.out());
        assertTrue(asked.out().contains("program"), asked.out());
    }

    @Test
    void aChangedReceiptIsInvalidAndACutOneMalformed() throws IOException {
        byte[] bytes = Files.readAllBytes(receipt);
        String text = new String(bytes, StandardCharsets.UTF_8);
        int at = text.indexOf("\"sig\":\"") + 12;
        assertTrue(at > 12, "a signature is there");
        byte[] changed = bytes.clone();
        changed[at] = (byte) (changed[at] == 'A' ? 'B' : 'A');
        Path file = folder.resolve("changed.receipt");
        Files.write(file, changed);
        assertEquals(1, run("verify", file.toString()).code());
        Path cut = folder.resolve("cut.receipt");
        Files.write(cut, java.util.Arrays.copyOf(bytes, bytes.length / 2));
        assertEquals(2, run("verify", cut.toString()).code());
        assertEquals(
                1,
                run("verify", cut.toString(), file.toString(), receipt.toString())
                        .code());
    }

    @Test
    void manyReceiptsAreReplayedAtOnceAndEachHasItsOwnResult() throws Exception {
        List<String> command = new ArrayList<>(List.of("audit", "--replay", "--together", "3"));
        for (int i = 0; i < 10; i++) {
            Path copy = Files.createDirectories(folder.resolve("many")).resolve(i + ".receipt");
            Files.copy(receipt, copy);
            String told = Files.readString(Verify.beside(receipt, ".transcript"));
            if (i != 7) {
                boolean wrong = i == 4;
                Files.writeString(
                        Verify.beside(copy, ".transcript"),
                        wrong ? told.replaceFirst("\"content\":\"", "\"content\":\"x") : told);
            }
            Files.copy(Verify.beside(receipt, ".opening"), Verify.beside(copy, ".opening"));
            command.add(copy.toString());
        }
        Said said = run(command.toArray(String[]::new));
        assertEquals(1, said.code(), said.out() + said.err());
        assertTrue(said.out().contains("10 receipts: 8 replayed and the same, 1 not, 1 not decided"), said.out());
        List<String> heads = said.out()
                .lines()
                .filter(line -> !line.startsWith(" ") && line.contains(".receipt"))
                .toList();
        assertEquals(10, heads.size(), said.out());
        for (int i = 0; i < 10; i++) {
            String head = heads.get(i);
            assertTrue(head.contains(i + ".receipt"), said.out());
            assertEquals(i == 4, head.contains("FAILED"), head);
            assertEquals(i == 7, head.contains("undecided"), head);
        }
        assertEquals(
                2,
                run("audit", "--replay", "--together", "0", receipt.toString()).code());
        assertEquals(
                2,
                run("audit", "--light", receipt.toString(), receipt.toString()).code());
    }

    @Test
    void anotherTextThanTheAnsweredOneIsInvalid() throws Exception {
        Path told = folder.resolve("told.txt");
        Files.writeString(told, asked.json().at("answer").string());
        assertEquals(
                0,
                run("verify", receipt.toString(), "--response", told.toString()).code());
        Files.writeString(told, "something else");
        assertEquals(
                1,
                run("verify", receipt.toString(), "--response", told.toString()).code());
    }

    @Test
    void aReplayByHandComesToTheSameTrace() throws Exception {
        Said said = run("audit", "--replay", "--json", receipt.toString());
        assertEquals(0, said.code(), said.out() + said.err());
        assertTrue(said.json().at("trace_compared").bool());
        Path lone = Files.createDirectories(folder.resolve("unopened"));
        Files.copy(receipt, lone.resolve("r.receipt"));
        Files.copy(Verify.beside(receipt, ".transcript"), lone.resolve("r.transcript"));
        assertEquals(
                3,
                run("audit", "--replay", lone.resolve("r.receipt").toString()).code());
        Files.writeString(
                lone.resolve("r.opening"),
                Files.readString(Verify.beside(receipt, ".opening"))
                        .replaceFirst("\"trace_root\":\"[0-9a-f]{4}", "\"trace_root\":\"dead"));
        assertEquals(
                1,
                run("audit", "--replay", lone.resolve("r.receipt").toString()).code());
    }

    @Test
    void drawnCellsAreCheckedWithAKeyAndWithoutTheWeights() throws Exception {
        Path key = folder.resolve("tiny.key");
        Said drawn = run("audit", "key", "tiny", "--out", key.toString());
        assertEquals(0, drawn.code(), drawn.out() + drawn.err());
        assertTrue(drawn.out().contains("secret"), drawn.out());
        assertEquals(1, run("audit", "key", "tiny", "--out", key.toString()).code(), "a key is not written over");

        Said said = run("audit", receipt.toString(), "--light", "--cells", "8", "--key", key.toString(), "--json");
        assertEquals(0, said.code(), said.out() + said.err());
        assertEquals("AUDITED", said.json().at("tier").string());
        assertEquals(8, said.json().at("drawn").int32(0, 100));
        assertEquals(1, verdicts(key), "a verdict is counted");
        Said again = run("audit", receipt.toString(), "--light", "--key", key.toString());
        assertEquals(3, again.code(), "one opening is free");
        assertTrue(again.err().contains("DemandOpening"), again.err());
        assertEquals(
                2, run("audit", receipt.toString(), "--light", "--cells", "0").code());

        Files.setPosixFilePermissions(key, java.nio.file.attribute.PosixFilePermissions.fromString("rw-r--r--"));
        Said open = run("audit", receipt.toString(), "--light", "--key", key.toString());
        assertEquals(1, open.code());
        assertTrue(open.err().contains("others may read"), open.err());
    }

    private static long verdicts(Path key) throws IOException {
        return java.nio.ByteBuffer.wrap(Files.readAllBytes(key))
                .order(java.nio.ByteOrder.LITTLE_ENDIAN)
                .getLong(assay.core.audit.AuditKey.VERDICTS_OFFSET);
    }

    @Test
    void theWalletMovesPlayMoney() throws Exception {
        Path other = folder.resolve("other");
        String address = Said.run(other, "wallet", "address").out().strip();
        assertEquals(0, Said.run(other, "wallet", "faucet").code());
        assertEquals(
                1_000_000_000L,
                Said.run(other, "wallet", "--json").json().at("balance_micro").integer(0, Long.MAX_VALUE));
        assertEquals(
                0,
                Said.run(other, "wallet", "send", "0x52908400098527886E0F7030069857D2E4169EE7", "1.5")
                        .code());
        assertEquals(
                998_500_000L,
                Said.run(other, "wallet", "--json").json().at("balance_micro").integer(0, Long.MAX_VALUE));
        assertEquals(1, Said.run(other, "wallet", "send", address, "999999").code());
        assertTrue(Said.run(other, "wallet").out().contains("play money"));
    }

    @Test
    void showNamesTheProgram() throws Exception {
        Said said = run("show", "tiny", "--json");
        assertEquals(0, said.code(), said.err());
        assertEquals(64, said.json().at("programRoot").string().length());
        assertFalse(said.json().at("weightRoot").string().isEmpty());
    }
}
