package assay.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import assay.core.codec.Field;
import assay.engine.gguf.GgmlType;
import assay.engine.gguf.RandomModel;
import assay.ledger.crypto.Address;
import assay.ledger.light.LedgerUrl;
import assay.ledger.light.LightLedger;
import assay.ledger.state.Key;
import assay.ledger.state.State;
import assay.node.Home;
import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.HexFormat;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Everything as processes of their own on sockets of this machine: four validators, a node, three auditors and a wallet;
 * then an auditor that copies. Takes minutes, so it is run by a command of its own:
 *
 * <pre>mvn -pl cli -am test -Dtest=JoinedNetworkTest -Dassay.network=true -Dsurefire.failIfNoSpecifiedTests=false</pre>
 */
class JoinedNetworkTest {
    private static final long PATIENCE_NANOS = 600_000_000_000L;

    @TempDir
    Path folder;

    private Processes processes;
    private Path home;
    private String url = "";

    @BeforeEach
    void begin() {
        processes = new Processes(folder);
    }

    @AfterEach
    void stop() throws Exception {
        processes.close();
    }

    private Said run(String... arguments) {
        return Said.run(home, arguments);
    }

    private void fund(Path its, String account, String units) throws Exception {
        Address to = new Home(its).account(account).address();
        Said said = run(
                "wallet",
                "send",
                to.toString(),
                units,
                "--from",
                "faucet",
                "--home",
                folder.resolve("net").toString(),
                "--ledger",
                url);
        assertEquals(Exit.OK, said.code(), said.err());
        assertTrue(said.err().contains("by proof"), said.err());
    }

    private Field ask(String question) throws Exception {
        Said said = run("ask", "--ledger", url, "--json", "--max-tokens", "40", question);
        assertEquals(Exit.OK, said.code(), () -> said.err() + said.out() + processes.everything());
        return said.json();
    }

    @Test
    void aQuestionIsPaidReceiptedDrawnDeliveredCommittedRevealedAndConfirmed() throws Exception {
        TestNet.assume();
        home = folder.resolve("wallet");
        Path model = RandomModel.tiny("llama", GgmlType.Q8_0, 7).write(folder.resolve("tiny.gguf"));
        int port = Processes.freePorts();
        url = processes.net(folder.resolve("net"), port, "--validators", "4");
        long until = System.nanoTime() + PATIENCE_NANOS;
        while (run("ledger", "validators", "--ledger", url, "--json").code() != Exit.OK) {
            assertTrue(System.nanoTime() < until, processes::everything);
            Thread.sleep(500);
        }
        fund(folder.resolve("n"), "operator", "1000");
        fund(home, "wallet", "100");
        Process node = startNode(model, port + 90);
        for (int i = 1; i <= 3; i++) {
            fund(folder.resolve("a" + i), "auditor", "500");
            processes.start(
                    "auditor" + i,
                    "assay.cli.Main",
                    "auditor",
                    "--ledger",
                    url,
                    "--model",
                    model.toString(),
                    "--home",
                    folder.resolve("a" + i).toString(),
                    "--threads",
                    "1");
        }
        processes.await("node", "answers at");
        for (int i = 1; i <= 3; i++) {
            processes.await("auditor" + i, "auditing");
        }
        long before = System.nanoTime();
        Field answer = ask("Why is the sky blue?");
        System.out.println("from question to verdict: " + (System.nanoTime() - before) / 1_000_000 + " ms, "
                + answer.at("status").string());
        assertEquals("CONFIRMED", answer.at("status").string(), processes::everything);
        assertEquals(Exit.OK, run("verify", answer.at("receipt").string()).code());
        for (int i = 1; i <= 3; i++) {
            assertTrue(balance("a" + i, "auditor") > 300_000_000L, "auditor " + i + " was paid");
        }
        node.destroyForcibly().waitFor();
        startNode(model, port + 90);
        processes.await("node", "answers at");
        assertEquals("CONFIRMED", ask("And now?").at("status").string(), processes::everything);
        copying();
    }

    private Process startNode(Path model, int port) throws IOException {
        return processes.start(
                "node",
                "assay.cli.Main",
                "node",
                "--ledger",
                url,
                "--model",
                model.toString(),
                "--home",
                folder.resolve("n").toString(),
                "--port",
                Integer.toString(port),
                "--threads",
                "1");
    }

    /** An auditor more, which copies: when it is drawn it gets nothing, and the others share what it would have had. */
    private void copying() throws Exception {
        LightLedger light = LightLedger.open(LedgerUrl.parse(url), folder.resolve("trust"), InstantSource.system());
        String id =
                HexFormat.of().formatHex(light.keys(State.Part.MODELS, Key.ANY).getFirst());
        fund(folder.resolve("c"), "auditor", "500");
        processes.start(
                "copier",
                CopyingAuditor.class.getName(),
                url,
                folder.resolve("c").toString(),
                id);
        processes.await("copier", "bonded");
        for (int i = 0; i < 8 && !processes.said("copier").contains("copied"); i++) {
            assertEquals("CONFIRMED", ask("Question " + i).at("status").string(), processes::everything);
        }
        assertTrue(processes.said("copier").contains("copied"), "the copier was drawn");
        assertEquals(300_000_000L, balance("c", "auditor"), "a copier is paid for nothing");
        assertTrue(balance("a1", "auditor") > 300_000_000L);
    }

    private long balance(String its, String account) throws Exception {
        Address who = new Home(folder.resolve(its)).account(account).address();
        return run("ledger", "account", who.toString(), "--ledger", url, "--json")
                .json()
                .at("balance_micro")
                .integer(0, Long.MAX_VALUE);
    }
}
