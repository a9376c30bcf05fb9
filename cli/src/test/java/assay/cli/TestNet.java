package assay.cli;

import static org.junit.jupiter.api.Assertions.assertTrue;

import assay.core.base.Amount;
import assay.core.base.Hash;
import assay.core.base.MalformedException;
import assay.ledger.Outcome;
import assay.ledger.crypto.Address;
import assay.ledger.light.LedgerUrl;
import assay.ledger.light.LightLedger;
import assay.ledger.state.Genesis;
import assay.ledger.state.Params;
import assay.ledger.store.Sender;
import assay.ledger.tx.Signer;
import assay.ledger.tx.Transaction;
import assay.node.Home;
import assay.node.consensus.CometBft;
import assay.node.consensus.LocalNetwork;
import assay.node.follow.FollowedLedger;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Assumptions;

/** A ledger behind CometBFT with everybody as a process of its own, by the commands that people use; the test follows it. */
final class TestNet implements AutoCloseable {
    private static final long PATIENCE_NANOS = 600_000_000_000L;

    private final Path folder;
    private final Processes processes;
    private final int port;
    private final String url;
    private final FollowedLedger ledger;
    private final Sender faucet;
    private int nodes;

    private TestNet(Path folder, Processes processes, int port, String url) throws Exception {
        this.folder = folder;
        this.processes = processes;
        this.port = port;
        this.url = url;
        ledger = follow();
        faucet = sender("net", "faucet");
    }

    /** Skips the test unless networks are asked for and can be had. */
    static void assume() {
        Assumptions.assumeTrue(Boolean.getBoolean("assay.network"), "skipped: takes minutes; -Dassay.network=true");
        Assumptions.assumeTrue(CometBft.find().isPresent(), "skipped: no CometBFT; " + CometBft.INSTALL);
    }

    /** As {@code assay net} makes it. */
    static TestNet usual(Path folder, int validators) throws Exception {
        Processes processes = new Processes(folder);
        int port = Processes.freePorts();
        return begin(folder, processes, port, "--validators", Integer.toString(validators));
    }

    /** With rules of its own. */
    static TestNet of(Path folder, Params rules, int validators) throws Exception {
        int port = Processes.freePorts();
        Home net = new Home(folder.resolve("net"));
        Address rich = net.account("faucet").address();
        LocalNetwork.make(
                CometBft.find().orElseThrow(),
                net.dir(),
                founders -> new Genesis(
                        Genesis.CHAIN_ID_FIRST + 5,
                        rules,
                        List.of(new Genesis.Allocation(rich, Amount.ofUnits(1_000_000))),
                        founders),
                validators,
                port);
        return begin(folder, new Processes(folder), port);
    }

    private static TestNet begin(Path folder, Processes processes, int port, String... more) throws Exception {
        boolean isStarted = false;
        try {
            TestNet net = new TestNet(folder, processes, port, processes.net(folder.resolve("net"), port, more));
            isStarted = true;
            return net;
        } finally {
            if (!isStarted) {
                processes.close();
            }
        }
    }

    /** As soon as there is something to follow. */
    private FollowedLedger follow() throws Exception {
        long until = System.nanoTime() + PATIENCE_NANOS;
        while (true) {
            try {
                LightLedger light =
                        LightLedger.open(LedgerUrl.parse(url), folder.resolve("trust"), InstantSource.system());
                return FollowedLedger.open(light, folder.resolve("followed"));
            } catch (IOException e) {
                if (System.nanoTime() > until) {
                    throw e;
                }
                Thread.sleep(300);
            }
        }
    }

    /** The ledger as the test sees it. */
    FollowedLedger ledger() {
        return ledger;
    }

    String url() {
        return url;
    }

    /** Who plays. */
    Processes processes() {
        return processes;
    }

    /** Where somebody keeps keys and a copy of the ledger. */
    Home home(String who) {
        return new Home(folder.resolve(who));
    }

    Address account(String who, String name) throws IOException {
        return home(who).account(name).address();
    }

    /** The test's own way to use somebody's account, which no process does. */
    Sender sender(String who, String name) throws IOException {
        return new Sender(ledger, new Signer(home(who).account(name), ledger.chainId()));
    }

    /** Gives somebody money. */
    void fund(String who, String account, long units) throws IOException {
        fund(account(who, account), units);
    }

    /** The same, to an account that the test has the key of. */
    void fund(Address to, long units) {
        applied(faucet, new Transaction.Transfer(to, Amount.ofUnits(units)));
    }

    static void applied(Sender sender, Transaction body) {
        Outcome outcome = sender.send(body).join();
        assertTrue(outcome instanceof Outcome.Applied, () -> body + ": " + outcome);
    }

    /** Waits until something is so; generously. */
    void await(BooleanSupplier what) throws InterruptedException {
        long until = System.nanoTime() + PATIENCE_NANOS;
        while (!what.getAsBoolean()) {
            assertTrue(System.nanoTime() < until, () -> "it never happened\n" + processes.everything());
            Thread.sleep(200);
        }
    }

    /** Waits for so many blocks more. */
    void awaitBlocks(int count) throws InterruptedException {
        long height = ledger.state().height() + count;
        await(() -> ledger.state().height() >= height);
    }

    /** Bonds accounts for a model that audit nothing: so that what is asked of several can be asked. */
    void idleAuditors(Hash model, int count) throws IOException {
        for (int i = 0; i < count; i++) {
            fund("idle" + i, "auditor", 300);
            applied(sender("idle" + i, "auditor"), new Transaction.BondAuditor(model, Amount.ofUnits(200)));
        }
    }

    /** Starts a command of somebody's with its home and this ledger. */
    Process start(String who, String command, String... more) throws IOException {
        List<String> arguments = new ArrayList<>(
                List.of(command, "--ledger", url, "--home", home(who).dir().toString()));
        arguments.addAll(List.of(more));
        return processes.start(who, "assay.cli.Main", arguments.toArray(String[]::new));
    }

    /** A port that nobody else of this network was given. */
    int nextPort() {
        return port + 50 + nodes++;
    }

    /** Starts a node, whose operator has money, and waits until it answers. */
    URI node(String who, Path model, String... more) throws Exception {
        int at = nextPort();
        node(who, at, model, more);
        return URI.create("http://127.0.0.1:" + at);
    }

    /** The same at this port. */
    Process node(String who, int at, Path model, String... more) throws Exception {
        List<String> arguments =
                new ArrayList<>(List.of("--model", model.toString(), "--port", Integer.toString(at), "--threads", "1"));
        arguments.addAll(List.of(more));
        Process process = start(who, "node", arguments.toArray(String[]::new));
        processes.await(who, "answers at");
        return process;
    }

    /** Starts an auditor, which has money, and waits until it audits. */
    void auditor(String who, Path model) throws Exception {
        start(who, "auditor", "--model", model.toString(), "--threads", "1");
        processes.await(who, "auditing");
    }

    /** Makes somebody run these weights in place of the model's. */
    void swapWeights(String who, Path model, Path other) throws IOException, MalformedException {
        Path derived = processes
                .home(who)
                .resolve("cache/models/derived")
                .resolve(Hash.sha256(Files.readAllBytes(model)).hex());
        OtherWeights.put(model, other, derived);
    }

    /** Runs a command of somebody's in this process. */
    Said run(String who, String... command) {
        List<String> arguments = new ArrayList<>(List.of(command));
        arguments.addAll(List.of("--ledger", url));
        return Said.run(home(who).dir(), arguments.toArray(String[]::new));
    }

    /** A question of somebody's, who pays for the answer; without waiting for its audit. */
    Said ask(String who, String question) {
        Said said = run(who, "ask", "--no-wait", "--json", "--max-tokens", "16", question);
        assertTrue(said.code() == Exit.OK, () -> said.err() + said.out() + processes.everything());
        return said;
    }

    @Override
    public void close() throws IOException {
        ledger.close();
        processes.close();
    }
}
