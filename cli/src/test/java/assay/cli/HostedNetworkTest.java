package assay.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import assay.core.base.Amount;
import assay.engine.gguf.GgmlType;
import assay.engine.gguf.RandomModel;
import assay.ledger.Event;
import assay.ledger.crypto.Address;
import assay.ledger.state.Params;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A model's file from two hosts, one of which changed it, on a ledger behind CometBFT, everybody a process: an operator
 * that sells the model downloads it by {@code assay pull}, acknowledges what is good, and that host is paid for it. Takes
 * minutes, so it is run by a command of its own:
 *
 * <pre>mvn -pl cli -am test -Dtest=HostedNetworkTest -Dassay.network=true -Dsurefire.failIfNoSpecifiedTests=false</pre>
 */
class HostedNetworkTest {
    private static final int PART_BYTES = 8 << 20;
    private static final int SALES = 5;

    @TempDir
    Path folder;

    private final List<Event> events = new CopyOnWriteArrayList<>();

    @Test
    void theHostThatSendsTheFileIsPaidAndTheOneThatSendsAnotherIsNot() throws Exception {
        TestNet.assume();
        try (TestNet net = TestNet.of(folder, rules(), 1)) {
            net.ledger().onBlock(block -> events.addAll(block.events()));
            Path model = model();
            net.fund("n", "operator", 500);
            net.fund("payer", "wallet", 100);
            net.node("n", model);
            net.idleAuditors(net.ledger().state().modelId("large").orElseThrow(), 4);
            for (int i = 1; i <= SALES; i++) {
                net.ask("payer", "What is receipt " + i + "?"); // from such sales hosts are paid
            }
            List<String> hosts = hosts(net, model);
            Address good = net.account(hosts.get(1), "host");
            Address bad = net.account(hosts.get(0), "host");
            try (RandomAccessFile changed =
                    new RandomAccessFile(copy(hosts.get(0)).toFile(), "rw")) {
                changed.seek(PART_BYTES + 4_321); // the second part is another one
                int was = changed.read();
                changed.seek(PART_BYTES + 4_321);
                changed.write(was ^ 1);
            }
            net.await(() -> count(Event.ReceiptPaid.class) == SALES);
            net.awaitBlocks(2); // what a light client reads is proven by the block after

            Said pulled = net.run(
                    "puller", "pull", "large", "--home", net.home("n").dir().toString());
            System.out.println(pulled.err() + pulled.out());
            assertEquals(Exit.OK, pulled.code(), pulled.err());
            assertTrue(pulled.err().contains("gave another file"), pulled.err());
            assertTrue(pulled.err().contains("acknowledged by operator " + net.account("n", "operator")), pulled.err());
            Path got = Path.of(pulled.out().strip().lines().toList().getLast().strip());
            assertArrayEquals(Files.readAllBytes(model), Files.readAllBytes(got));
            Said removed = Said.run(net.home("puller").dir(), "rm", "large");
            assertEquals(Exit.OK, removed.code(), removed.err());
            assertFalse(Files.exists(got), "what was downloaded is freed");

            long rest = Files.size(model) - PART_BYTES;
            net.await(() -> bytesPaid(good) == rest); // all parts but the first
            assertTrue(bytesPaid(bad) <= PART_BYTES, "at most the part that was good");
            Said again = Said.run(net.home("stranger").dir(), "pull", "large", "--ledger", net.url());
            assertEquals(Exit.OK, again.code(), again.err());
            assertTrue(again.err().contains("for nothing"), "who sells nothing pays nothing: " + again.err());
        }
    }

    /** Two hosts, the one that is asked first at the head: hosts are asked in the order of their addresses. */
    private List<String> hosts(TestNet net, Path model) throws Exception {
        List<String> names = new ArrayList<>(List.of("h1", "h2"));
        for (String name : names) {
            net.fund(name, "host", 30);
            Path own = Files.copy(model, copy(name));
            net.start(name, "host", "--model", own.toString(), "--port", Integer.toString(net.nextPort()));
            net.processes().await(name, "hosting large");
        }
        if (net.account("h1", "host").compareTo(net.account("h2", "host")) > 0) {
            names = names.reversed();
        }
        return names;
    }

    private Path copy(String host) throws Exception {
        return Files.createDirectories(folder.resolve("file of " + host)).resolve("large.gguf");
    }

    /** Of three parts: a small model, and behind it in its file bytes that nobody reads. */
    private Path model() throws Exception {
        Path file = RandomModel.tiny("llama", GgmlType.Q8_0, 7).write(folder.resolve("large.gguf"));
        byte[] more = new byte[2 * PART_BYTES + (1 << 20)];
        new SplittableRandom(5).nextBytes(more);
        return Files.write(file, more, StandardOpenOption.APPEND);
    }

    /** A transaction costs nothing, and hosts get a micro-unit for every million bytes. */
    private static Params rules() {
        Params p = Params.local();
        return new Params(
                p.windows(),
                new Params.Shares(100_000, 100_000, 10_000, 300_000),
                new Params.Audits(false, 1, 2, 100_000, 100_000, 2, 0, 1),
                new Params.Costs(Amount.ZERO, Amount.ZERO, Amount.ZERO, 1_000),
                p.disputes(),
                p.governance(),
                new Params.Hosting(600, 60, 50_000, 4, Amount.ofUnits(10), Amount.ofMicro(1_000), Amount.ZERO, 60));
    }

    private long count(Class<? extends Event> kind) {
        return events.stream().filter(kind::isInstance).count();
    }

    private long bytesPaid(Address host) {
        return events.stream()
                .filter(e -> e instanceof Event.HostPaid paid && paid.host().equals(host))
                .mapToLong(e -> ((Event.HostPaid) e).bytes())
                .sum();
    }
}
