package assay.cli;

import assay.core.base.Amount;
import assay.core.base.Hash;
import assay.engine.infer.EngineOptions;
import assay.engine.infer.Model;
import assay.ledger.BlockContext;
import assay.ledger.Outcome;
import assay.ledger.crypto.Address;
import assay.ledger.light.Reach;
import assay.ledger.state.Genesis;
import assay.ledger.state.State;
import assay.ledger.store.EmbeddedLedger;
import assay.ledger.store.LiveLedger;
import assay.ledger.store.Sender;
import assay.ledger.tx.SignedTransaction;
import assay.ledger.tx.Signer;
import assay.ledger.tx.Transaction;
import assay.node.AuditorProcess;
import assay.node.Home;
import assay.node.Node;
import assay.node.NodeConfig;
import assay.node.serve.Pace;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/** Everybody in this process on one embedded ledger, speaking over sockets; its blocks are made by a clock. */
final class OneProcessStage implements CommitteeStage {
    private static final int BLOCKS_A_SECOND = 40;
    private static final EngineOptions ENGINE = new EngineOptions(1, 256, 16, 64, 32, 32, 16L << 20);

    private final Path folder;
    private final EmbeddedLedger ledger;
    private final List<AutoCloseable> members = new ArrayList<>();
    private final Thread clock;

    OneProcessStage(Path folder) throws IOException {
        this.folder = folder;
        Address faucet = faucet().account("faucet").address();
        ledger = EmbeddedLedger.open(
                folder.resolve("ledger"),
                new Genesis(
                        Genesis.CHAIN_ID_FIRST + 5,
                        CommitteeStage.rules(1_000, 400, 400),
                        List.of(new Genesis.Allocation(faucet, Amount.ofUnits(1_000_000)))));
        Address ticking = home("clock").account("wallet").address();
        new Sender(ledger, new Signer(faucet().account("faucet"), ledger.chainId()))
                .send(new Transaction.Transfer(ticking, Amount.ofUnits(1_000)))
                .join();
        Sender ticker = new Sender(ledger, new Signer(home("clock").account("wallet"), ledger.chainId()));
        clock = Thread.ofPlatform().daemon().start(() -> tick(ticker, faucet));
    }

    private static void tick(Sender ticker, Address to) {
        try {
            while (true) {
                ticker.send(new Transaction.Transfer(to, Amount.ofMicro(1))).join();
                Thread.sleep(1000 / BLOCKS_A_SECOND);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Everybody's ledger is the same, and outlives each of them. */
    private record Shared(LiveLedger real) implements LiveLedger {
        @Override
        public State state() {
            return real.state();
        }

        @Override
        public BlockContext context() {
            return real.context();
        }

        @Override
        public CompletableFuture<Outcome> submit(SignedTransaction transaction) {
            return real.submit(transaction);
        }

        @Override
        public void onBlock(Consumer<BlockEvents> listener) {
            real.onBlock(listener);
        }

        @Override
        public String refusing() {
            return real.refusing();
        }

        @Override
        public long nonce(Address address) {
            return real.nonce(address);
        }

        @Override
        public void stopWaiting() {}

        @Override
        public void close() {}
    }

    @Override
    public String name() {
        return "in one process";
    }

    @Override
    public LiveLedger ledger() {
        return ledger;
    }

    @Override
    public Home faucet() {
        return home("faucet");
    }

    @Override
    public Home home(String who) {
        return new Home(folder.resolve(who));
    }

    /** The model that everybody speaks of, with these weights. */
    private Model model(String who, Path file, Weights weights) throws Exception {
        Path derived = derived(who);
        if (weights != Weights.SAID) {
            OtherWeights.put(file, weights.write(folder), derived);
        }
        return Model.load(file, derived);
    }

    private Path derived(String who) {
        return folder.resolve(who).resolve("derived");
    }

    @Override
    public URI node(String who, Weights weights) throws Exception {
        Path file = Weights.SAID.write(Files.createDirectories(folder.resolve("models " + who)));
        int port;
        try (ServerSocket any = new ServerSocket(0)) {
            port = any.getLocalPort();
        }
        NodeConfig config = new NodeConfig(
                home(who).dir(),
                "tiny",
                file,
                Hash.sha256(Files.readAllBytes(file)),
                "CC0-1.0",
                derived(who),
                port,
                ENGINE);
        URI at = URI.create("http://127.0.0.1:" + port);
        members.add(Node.join(
                config,
                model(who, file, weights),
                new Shared(ledger),
                at,
                Optional.of(Pace.AT_ONCE), // nothing here is about waiting for other receipts
                line -> {}));
        return at;
    }

    @Override
    public void auditor(String who, Weights weights) throws Exception {
        Path file = Weights.SAID.write(Files.createDirectories(folder.resolve("models " + who)));
        members.add(AuditorProcess.join(
                home(who), model(who, file, weights), file, ENGINE, new Shared(ledger), Reach.LOOPBACK, line -> {}));
    }

    @Override
    public void bad(String who, Class<?> conduct) throws Exception {
        Sender sender = new Sender(ledger, new Signer(home(who).account("auditor"), ledger.chainId()));
        Hash model = ledger.state().modelId("tiny").orElseThrow();
        BadAuditor.Conduct rules = conduct == LazyAuditor.class ? LazyAuditor::hear : CopyingAuditor::hear;
        BadAuditor.begin(new Shared(ledger), sender, model, rules, line -> {});
    }

    @Override
    public String said() {
        return "";
    }

    @Override
    public void close() throws IOException {
        for (AutoCloseable member : members.reversed()) {
            try {
                member.close();
            } catch (Exception e) {
                throw new IOException(e);
            }
        }
        clock.interrupt();
        ledger.close();
    }
}
