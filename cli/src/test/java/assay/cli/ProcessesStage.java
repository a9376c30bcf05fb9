package assay.cli;

import assay.core.base.Amount;
import assay.core.base.Hash;
import assay.ledger.crypto.Address;
import assay.ledger.light.LedgerUrl;
import assay.ledger.light.LightLedger;
import assay.ledger.state.Genesis;
import assay.ledger.store.LiveLedger;
import assay.node.Home;
import assay.node.consensus.CometBft;
import assay.node.consensus.LocalNetwork;
import assay.node.follow.FollowedLedger;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;

/** Everybody as a process of its own, by the commands that people use, on a ledger behind CometBFT. */
final class ProcessesStage implements CommitteeStage {
    private final Path folder;
    private final Processes processes;
    private final int port;
    private final String url;
    private final FollowedLedger ledger;
    private int nodes;

    ProcessesStage(Path folder) throws Exception {
        this.folder = folder;
        processes = new Processes(folder);
        port = Processes.freePorts();
        Home net = faucet();
        LocalNetwork.make(
                CometBft.find().orElseThrow(),
                net.dir(),
                founders -> new Genesis(
                        Genesis.CHAIN_ID_FIRST + 5,
                        CommitteeStage.rules(40, 8, 12),
                        List.of(new Genesis.Allocation(account(net, "faucet"), Amount.ofUnits(1_000_000))),
                        founders),
                1,
                port);
        url = processes.net(net.dir(), port);
        ledger = follow();
    }

    /** As soon as there is something to follow. */
    private FollowedLedger follow() throws Exception {
        long until = System.nanoTime() + 300_000_000_000L;
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

    private static Address account(Home home, String name) {
        try {
            return home.account(name).address();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    @Override
    public String name() {
        return "each member a process";
    }

    @Override
    public LiveLedger ledger() {
        return ledger;
    }

    @Override
    public Home faucet() {
        return home("net");
    }

    @Override
    public Home home(String who) {
        return new Home(folder.resolve(who));
    }

    /** The model's file, and in the member's own store what it runs in its place. */
    private Path model(String who, Weights weights) throws Exception {
        Path file = folder.resolve("tiny.gguf");
        if (!Files.exists(file)) {
            Weights.SAID.write(folder);
        }
        if (weights != Weights.SAID) {
            Path derived = processes
                    .home(who)
                    .resolve("cache/models/derived")
                    .resolve(Hash.sha256(Files.readAllBytes(file)).hex());
            OtherWeights.put(file, weights.write(folder), derived);
        }
        return file;
    }

    @Override
    public URI node(String who, Weights weights) throws Exception {
        Path model = model(who, weights);
        int at = port + 90 + nodes++;
        processes.start(
                who,
                "assay.cli.Main",
                "node",
                "--ledger",
                url,
                "--model",
                model.toString(),
                "--home",
                home(who).dir().toString(),
                "--port",
                Integer.toString(at),
                "--threads",
                "1");
        processes.await(who, "answers at");
        return URI.create("http://127.0.0.1:" + at);
    }

    @Override
    public void auditor(String who, Weights weights) throws Exception {
        Path model = model(who, weights);
        processes.start(
                who,
                "assay.cli.Main",
                "auditor",
                "--ledger",
                url,
                "--model",
                model.toString(),
                "--home",
                home(who).dir().toString(),
                "--threads",
                "1");
        processes.await(who, "auditing");
    }

    @Override
    public void bad(String who, Class<?> conduct) throws Exception {
        String model = ledger.state().modelId("tiny").orElseThrow().hex();
        processes.start(who, conduct.getName(), url, home(who).dir().toString(), model);
        processes.await(who, "bonded");
    }

    @Override
    public String said() {
        return processes.everything();
    }

    @Override
    public void close() throws IOException {
        ledger.close();
        processes.close();
    }
}
