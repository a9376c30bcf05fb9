package assay.cli;

import assay.core.base.MalformedException;
import assay.ledger.store.ReplicatedLedger;
import assay.node.Home;
import assay.node.consensus.AbciServer;
import assay.node.consensus.LinkChain;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code assay ledger}: what a network's ledger says, by proofs; or one machine's copy of it, behind a CometBFT. */
@Command(
        name = "ledger",
        sortOptions = false,
        header = "Read a network's ledger by proofs, or serve a copy of it to the CometBFT of this machine.",
        description = {
            "%n  @|bold status|@                 newest block, validators, money (if nothing is said)",
            "  @|bold account ADDRESS|@        balance and nonce",
            "  @|bold accounts|@, @|bold models|@, @|bold channels|@, @|bold audits|@",
            "  @|bold transactions [HEIGHT]|@  from a height on (the last 60), and what came of them",
            "  @|bold operators|@              who offers what, where, for how much, with what at stake",
            "  @|bold receipt OPERATOR ID|@    how far a receipt got; ID is its digest",
            "  @|bold validators|@             who agrees on blocks",
            "  @|bold follow|@                 each new block, until Ctrl-C%n",
            "Of your own network (without --ledger): all but @|bold account|@, @|bold receipt|@ and"
                    + " @|bold validators|@.%n",
            "Nothing that an endpoint says is believed: headers are checked by their signatures, the rest by proofs."
                    + " That a list is whole is the one thing that no proof shows.%n",
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  assay ledger channels --json",
            "  assay ledger --ledger http://127.0.0.1:26657#GENESIS operators",
            "  assay ledger --abci tcp://127.0.0.1:26658 --home validator/ledger",
        })
final class LedgerCommand implements Callable<Integer> {
    private final Assay assay;

    @Parameters(
            index = "0",
            arity = "0..1",
            paramLabel = "WHAT",
            defaultValue = "status",
            description = "One of these (default: ${DEFAULT-VALUE}).")
    private String what = "status";

    @Parameters(
            index = "1",
            arity = "0..1",
            paramLabel = "ADDRESS|OPERATOR|HEIGHT",
            description = "account: which; receipt: whose; transactions: from which block on.")
    private @Nullable String who;

    @Parameters(index = "2", arity = "0..1", paramLabel = "ID", description = "receipt: its digest.")
    private @Nullable String id;

    @Mixin
    private LedgerOption ledger = new LedgerOption();

    @Option(
            names = "--abci",
            paramLabel = "ADDRESS",
            description = "tcp://HOST:PORT or unix://FILE, where CometBFT finds it (its proxy_app).")
    private @Nullable String address;

    @Option(
            names = "--home",
            paramLabel = "FOLDER",
            description = "With --abci: the ledger's folder, with its genesis; else: whose last trusted header it is.")
    private @Nullable Path home;

    LedgerCommand(Assay assay) {
        this.assay = assay;
    }

    @Override
    public Integer call() throws IOException, MalformedException, Mistake, InterruptedException {
        if (ledger.isGiven()) {
            Path folder = home == null
                    ? assay.folders().data()
                    : home.toAbsolutePath().normalize();
            return new LedgerPages(assay, ledger.open(folder)).show(what, who, id);
        }
        if (address == null) {
            Path folder = home == null
                    ? assay.folders().data()
                    : home.toAbsolutePath().normalize();
            return new OwnLedger(assay, new Home(folder)).show(what, who);
        }
        if (home == null) {
            throw new Mistake("say where the ledger is: --home FOLDER", "assay ledger --help", Exit.USAGE);
        }
        int threads = Runtime.getRuntime().availableProcessors();
        try (AbciServer server =
                AbciServer.start(ReplicatedLedger.open(home, threads), LinkChain.beside(home), address)) {
            assay.screen().out().println("serving " + home + " at " + address);
            String why = server.ended().join();
            throw new Mistake("the ledger cannot go on: " + why, "start it and its CometBFT again", Exit.FAILED);
        }
    }
}
