package assay.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import assay.core.base.Amount;
import assay.core.base.Hash;
import assay.core.codec.Field;
import assay.core.receipt.Statement;
import assay.core.verify.ReceiptFile;
import assay.engine.gguf.GgmlType;
import assay.engine.gguf.RandomModel;
import assay.ledger.Event;
import assay.ledger.crypto.Address;
import assay.ledger.crypto.PrivateKey;
import assay.ledger.state.Params;
import assay.ledger.state.Receipt;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Receipts that wait for others, on a ledger behind CometBFT where transactions cost something: none is lost when the
 * node's process is killed, and what waiting saves. Takes minutes, so it is run by a command of its own:
 *
 * <pre>mvn -pl cli -am test -Dtest=PostingNetworkTest -Dassay.network=true -Dsurefire.failIfNoSpecifiedTests=false</pre>
 */
class PostingNetworkTest {
    private static final String[] PATIENT = {"--post-count", "64", "--post-age", "3600", "--post-text"};

    /** How many receipts are counted. */
    private static final int RECEIPTS = Integer.getInteger("assay.receipts", 32);

    @TempDir
    Path folder;

    private final List<Event> events = new CopyOnWriteArrayList<>();

    private TestNet net() throws Exception {
        TestNet net = TestNet.of(folder, charging(), 4);
        net.ledger().onBlock(block -> events.addAll(block.events()));
        return net;
    }

    /**
     * Transactions cost what they cost on a shared ledger, nothing else goes to the reserve, and what is to be posted has
     * so much time that a busy machine does not end it.
     */
    private static Params charging() {
        Params p = Params.local();
        return new Params(
                new Params.Windows(6_000, 600, 1_200, 2, 20, 90, 30, 30),
                new Params.Shares(0, 0, 0, 300_000),
                new Params.Audits(false, 1, 2, 100_000, 100_000, 2, 0, 1),
                new Params.Costs(
                        Amount.ZERO, Amount.ZERO, Params.shared().costs().transaction(), 1_000),
                new Params.Disputes(60, 20, 1_200, 10, Amount.ofMicro(1_000)),
                p.governance(),
                p.hosting());
    }

    private Path model() throws Exception {
        return RandomModel.tiny("llama", GgmlType.Q8_0, 7).write(folder.resolve("tiny.gguf"));
    }

    @Test
    void whatAKilledNodeHadCountedAndNotPostedIsPostedOnceByTheNextInItsTime() throws Exception {
        TestNet.assume();
        try (TestNet net = net()) {
            Path model = model();
            net.fund("n", "operator", 500);
            net.fund("payer", "wallet", 100);
            int port = net.nextPort();
            Process node = net.node("n", port, model, PATIENT);
            String said = net.processes().await("n", "tokenizer and template are on the ledger");
            assertTrue(said.contains("bytes in 2 transactions, for "), said);
            assertEquals(2, net.ledger().state().texts().count());
            net.idleAuditors(net.ledger().state().modelId("tiny").orElseThrow(), 4);
            Address operator = net.account("n", "operator");
            Map<Hash, Long> signedAt = new TreeMap<>();
            for (int i = 0; i < 5; i++) {
                Field answer = net.ask("payer", "Question " + i).json();
                byte[] file = Files.readAllBytes(Path.of(answer.at("receipt").string()));
                byte[] statement = ReceiptFile.parse(file).envelope().payload();
                signedAt.put(
                        Statement.digest(statement),
                        Statement.parse(statement).ledger().height());
            }
            assertEquals(5, signedAt.size());
            assertEquals(0, net.ledger().state().log(operator).size(), "all of them wait for others");
            node.destroyForcibly().waitFor(); // kill -9
            net.node("n", port, model, PATIENT);
            net.processes().await("n", "are on the ledger already");
            net.await(() -> net.ledger().state().log(operator).size() == 5);
            assertEquals(
                    1,
                    events.stream()
                            .filter(Event.CheckpointPosted.class::isInstance)
                            .count(),
                    events::toString);
            long allowed = charging().disputes().unposted();
            for (Map.Entry<Hash, Long> each : signedAt.entrySet()) {
                Receipt posted =
                        net.ledger().state().receipt(operator, each.getKey()).orElseThrow();
                assertTrue(
                        posted.postedAt() <= each.getValue() + allowed,
                        () -> posted.postedAt() + " for " + each.getValue());
            }
            net.ask("payer", "One more?");
            net.awaitBlocks(3); // in which it would be posted if the new process did not wait
            assertEquals(5, net.ledger().state().log(operator).size(), "and the next ones wait again");
        }
    }

    /** Prints what a node pays for so many receipts, posted each at once or together, of both kinds of payment. */
    @Test
    void receiptsThatWaitCostFewerTransactions() throws Exception {
        TestNet.assume();
        Assumptions.assumeTrue(Files.exists(packages()), "skipped: run node/src/test/clients/install");
        try (TestNet net = net()) {
            Path model = model();
            String[] atOnce = {"--post-count", "1", "--redeem-fees", "0"};
            long[][] paid = new long[4][];
            for (int i = 0; i < 4; i++) {
                String scheme = i < 2 ? "exact" : "batch-settlement";
                paid[i] = paid(net, "n" + i, model, scheme, i % 2 == 0 ? atOnce : new String[0]);
                System.out.printf(
                        Locale.ROOT,
                        "%d receipts, %s, %s: %d transactions, %d micro-units of fees, %d checkpoints, %d s%n",
                        RECEIPTS,
                        scheme,
                        i % 2 == 0 ? "each at once" : "together",
                        paid[i][0],
                        paid[i][1],
                        paid[i][2],
                        paid[i][3]);
            }
            assertTrue(paid[1][0] < paid[0][0] && paid[1][1] < paid[0][1], "exact");
            assertTrue(paid[3][0] < paid[2][0] && paid[3][1] < paid[2][1], "channel");
        }
    }

    /** Transactions and fees of a fresh node for so many receipts, its checkpoints, and the seconds that it took. */
    private long[] paid(TestNet net, String who, Path model, String scheme, String... pace) throws Exception {
        net.fund(who, "operator", 500);
        byte[] payer =
                Hash.tagged("payer", who.getBytes(StandardCharsets.UTF_8)).bytes();
        net.fund(PrivateKey.ofBytes(payer).address(), 10);
        URI node = net.node(who, model, pace);
        if (net.ledger().state().auditors().count() == 0) {
            net.idleAuditors(net.ledger().state().modelId("tiny").orElseThrow(), 4);
        }
        Address operator = net.account(who, "operator");
        net.awaitBlocks(3);
        long nonce = net.ledger().state().account(operator).nonce();
        long fees = net.ledger().state().totals().reserve().micro();
        events.clear();
        long begun = System.nanoTime();
        pay(who, payer, node, scheme);
        net.await(() -> net.ledger().state().log(operator).size() == RECEIPTS);
        long seconds = (System.nanoTime() - begun) / 1_000_000_000;
        net.awaitBlocks(5); // what is redeemed after it
        return new long[] {
            net.ledger().state().account(operator).nonce() - nonce,
            net.ledger().state().totals().reserve().micro() - fees,
            events.stream().filter(Event.CheckpointPosted.class::isInstance).count(),
            seconds
        };
    }

    private static Path packages() {
        String xdg = System.getenv("XDG_CACHE_HOME");
        Path base = xdg == null || xdg.isEmpty() ? Path.of(System.getProperty("user.home"), ".cache") : Path.of(xdg);
        return base.resolve("assay/test/clients/node/node_modules");
    }

    /** By the script of the examples, with the stock packages. */
    private void pay(String who, byte[] payer, URI node, String scheme) throws Exception {
        Path scripts = Files.createDirectories(folder.resolve("scripts of " + who));
        Files.createSymbolicLink(scripts.resolve("node_modules"), packages());
        Path script = Files.copy(Path.of("..", "examples", "pay.mjs"), scripts.resolve("pay.mjs"));
        List<String> command =
                new ArrayList<>(List.of("node", script.toString(), node.toString(), "What is a receipt?"));
        command.addAll(List.of(scheme, Integer.toString(RECEIPTS)));
        Path log = scripts.resolve("log");
        ProcessBuilder builder =
                new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile());
        builder.environment().put("PRIVATE_KEY", "0x" + HexFormat.of().formatHex(payer));
        Process process = builder.start();
        assertTrue(process.waitFor(10, TimeUnit.MINUTES), "the script never ended");
        assertEquals(0, process.exitValue(), Files.readString(log));
    }
}
