package assay.cli;

import assay.core.base.MalformedException;
import assay.ledger.store.ReplicatedLedger;
import assay.node.consensus.AbciServer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code assay ledger}: one machine's copy of a ledger, behind a CometBFT. */
@Command(
        name = "ledger",
        sortOptions = false,
        header = "Serve a copy of a ledger to the CometBFT of this machine.",
        description = "%nCtrl-C stops it; every block that was committed is on the disk by then.%n",
        footerHeading = "%nExamples:%n",
        footer = {"  assay ledger --abci tcp://127.0.0.1:26658 --home validator/ledger"})
final class LedgerCommand implements Callable<Integer> {
    private final Assay assay;

    @Option(
            names = "--abci",
            paramLabel = "ADDRESS",
            required = true,
            description = "tcp://HOST:PORT or unix://FILE, where CometBFT finds it (its proxy_app).")
    private String address = "";

    @Option(
            names = "--home",
            paramLabel = "FOLDER",
            required = true,
            description = "The ledger's folder, with its genesis.")
    private Path home = Path.of("");

    LedgerCommand(Assay assay) {
        this.assay = assay;
    }

    @Override
    public Integer call() throws IOException, MalformedException, Mistake, InterruptedException {
        int threads = Runtime.getRuntime().availableProcessors();
        try (AbciServer server = AbciServer.start(ReplicatedLedger.open(home, threads), address)) {
            assay.screen().out().println("serving " + home + " at " + address);
            String why = server.ended().join();
            throw new Mistake("the ledger cannot go on: " + why, "start it and its CometBFT again", Exit.FAILED);
        }
    }
}
