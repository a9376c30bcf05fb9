package assay.cli;

import assay.ledger.store.LiveLedger;
import assay.node.Home;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;

/** Everybody as a process of its own, by the commands that people use, on a ledger behind CometBFT. */
final class ProcessesStage implements CommitteeStage {
    private final Path folder;
    private final TestNet net;

    ProcessesStage(Path folder) throws Exception {
        this.folder = folder;
        net = TestNet.of(folder, CommitteeStage.rules(40, 8, 12), 1);
    }

    @Override
    public String name() {
        return "each member a process";
    }

    @Override
    public LiveLedger ledger() {
        return net.ledger();
    }

    @Override
    public Home faucet() {
        return home("net");
    }

    @Override
    public Home home(String who) {
        return net.home(who);
    }

    /** The model's file, and in the member's own store what it runs in its place. */
    private Path model(String who, Weights weights) throws Exception {
        Path file = folder.resolve("tiny.gguf");
        if (!Files.exists(file)) {
            Weights.SAID.write(folder);
        }
        if (weights != Weights.SAID) {
            net.swapWeights(who, file, weights.write(folder));
        }
        return file;
    }

    @Override
    public URI node(String who, Weights weights) throws Exception {
        return net.node(who, model(who, weights), "--post-count", "1");
    }

    @Override
    public void auditor(String who, Weights weights) throws Exception {
        net.auditor(who, model(who, weights));
    }

    @Override
    public void bad(String who, Class<?> conduct) throws Exception {
        String model = net.ledger().state().modelId("tiny").orElseThrow().hex();
        net.processes().start(who, conduct.getName(), net.url(), home(who).dir().toString(), model);
        net.processes().await(who, "bonded");
    }

    @Override
    public String said() {
        return net.processes().everything();
    }

    @Override
    public void close() throws IOException {
        net.close();
    }
}
