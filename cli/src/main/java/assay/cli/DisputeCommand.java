package assay.cli;

import assay.client.Client;
import assay.core.base.Amount;
import assay.core.base.Hash;
import assay.core.base.MalformedException;
import assay.core.codec.Json;
import assay.core.receipt.Receipt;
import assay.core.receipt.Statement;
import assay.core.receipt.Transcript;
import assay.core.verify.ReceiptFile;
import assay.core.verify.TrustPolicy;
import assay.core.verify.Verdict;
import assay.core.verify.Verifier;
import assay.engine.store.StoredModel;
import assay.ledger.crypto.Address;
import assay.ledger.crypto.PrivateKey;
import assay.ledger.store.Sender;
import assay.ledger.tx.Signer;
import assay.node.Home;
import assay.node.audit.Docket;
import assay.node.audit.LiveDocket;
import assay.node.follow.FollowedLedger;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code assay dispute}: disputes a receipt before the ledger, which recomputes one number. */
@Command(
        name = "dispute",
        sortOptions = false,
        header = "Dispute an answer before the ledger: it is narrowed down to one number, which the ledger recomputes.",
        description = {
            "%nComputes the answer again (that needs the model and the receipt's transcript). If something differs it"
                    + " puts your bond for the model at stake, and you and the node narrow the difference down in turns:"
                    + " layer, token, operation, element. The last move carries all that the one element is made of, and"
                    + " the ledger computes it. Who is wrong, or does not move in time, loses: the node its stake, of"
                    + " which you and the payer get a part; you your bond.%n",
            "Without @|bold --ledger|@ the ledger is that of the network that runs on this home (@|bold assay up|@).%n"
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  assay dispute answer.receipt --bond 20",
            "  assay dispute answer.receipt --ledger http://127.0.0.1:26657#GENESIS --bond 20",
            "  assay dispute answer.receipt --watch",
            "  assay dispute --demo",
        },
        exitCodeList = {
            "0:the node was wrong, and is slashed; or there is nothing to dispute",
            "1:the node was right, and your bond is gone; or it could not be disputed",
            "2:malformed, or the command was written wrongly",
            "3:undecided: something is missing, and is named",
        })
final class DisputeCommand implements Callable<Integer> {
    private final Assay assay;

    @Parameters(index = "0", arity = "0..1", paramLabel = "RECEIPT", description = "A receipt's file.")
    private @Nullable Path file;

    @Mixin
    private LedgerOption ledger = new LedgerOption();

    @Option(names = "--home", paramLabel = "FOLDER", description = "The challenger's key, and a copy of the ledger.")
    private @Nullable Path home;

    @Option(
            names = "--bond",
            paramLabel = "UNITS",
            description = "Bond so much for the model first, if less is bonded. You lose it if you are wrong.")
    private @Nullable String bond;

    @Option(names = "--transcript", paramLabel = "FILE", description = "What was asked and answered, in clear.")
    private @Nullable Path transcript;

    @Option(
            names = {"-m", "--model"},
            paramLabel = "NAME",
            description = "A pulled model (default: the one whose file the receipt names).")
    private @Nullable String model;

    @Option(names = "--threads", paramLabel = "COUNT", description = "Threads of the engine (default: all).")
    private @Nullable Integer threads;

    @Option(
            names = "--anyway",
            description = "Dispute although your replay gives the same answer and only the trace could differ.")
    private boolean anyway;

    @Option(
            names = "--watch",
            description = "Only show a dispute about this receipt that others play; wait until one begins.")
    private boolean watch;

    @Option(
            names = "--demo",
            description = "Start a node that lies in a process of its own, ask it, and dispute what it answers.")
    private boolean demo;

    DisputeCommand(Assay assay) {
        this.assay = assay;
    }

    @Override
    public Integer call() throws IOException, InterruptedException, Mistake, MalformedException {
        if (demo == (file != null)) {
            throw new Mistake(
                    demo ? "--demo makes a receipt of its own" : "say which receipt",
                    "assay dispute answer.receipt; or, to see one: assay dispute --demo",
                    Exit.USAGE);
        }
        if (demo) {
            return new DisputeDemo(assay, Optional.ofNullable(model), threads()).run();
        }
        Path folder =
                home == null ? assay.folders().data() : home.toAbsolutePath().normalize();
        return dispute(Optional.ofNullable(file).orElseThrow(), folder);
    }

    private OptionalInt threads() throws Mistake {
        return Bounds.threads(threads);
    }

    private int dispute(Path receiptFile, Path folder)
            throws IOException, InterruptedException, Mistake, MalformedException {
        byte[] bytes = Verify.bytes(receiptFile, ReceiptFile.SIZE_MAX_BYTES + 1);
        Verdict alone = Verifier.verify(bytes, TrustPolicy.stranger());
        if (!(alone instanceof Verdict.Valid)) {
            throw new Mistake(
                    "the receipt itself is not valid: nothing that it says was signed",
                    "assay verify " + receiptFile,
                    alone.exitCode());
        }
        byte[] statement = ReceiptFile.parse(bytes).envelope().payload();
        Receipt receipt = Statement.parse(statement);
        Hash digest = Statement.digest(statement);
        Address operator = Address.parse(receipt.node().operator());
        PrivateKey account = new Home(folder).account("challenger");
        try (Docket docket = docket(folder, account, operator, digest)) {
            DisputePlay play = new DisputePlay(docket, new DisputeLines(assay), operator, digest, account.address());
            play.awaitPosted(receipt.ledger());
            play.checkOpen();
            if (watch) {
                return play.watch();
            }
            Transcript clear = transcript(receiptFile);
            try (DisputeWork work = DisputeWork.replay(assay, receipt, clear, stored(receipt), threads())) {
                return play(play, work, opened(receiptFile, receipt));
            }
        }
    }

    /** The node's root, if it opened it before. */
    private static Optional<Hash> opened(Path receiptFile, Receipt receipt)
            throws IOException, Mistake, MalformedException {
        return TraceOpening.find(receiptFile, Optional.empty())
                .filter(o -> o.opens(receipt))
                .map(TraceOpening::root);
    }

    private int play(DisputePlay play, DisputeWork work, Optional<Hash> opened)
            throws IOException, InterruptedException, Mistake, MalformedException {
        Optional<String> difference = work.difference(opened);
        if (difference.isEmpty() && opened.isPresent()) {
            return play.lines().agree(true);
        }
        if (difference.isEmpty() && !anyway) {
            return play.lines().agree(false);
        }
        difference.ifPresentOrElse(play.lines()::differs, play.lines()::agreesAndDisputes);
        play.bond(bond == null ? Optional.empty() : Optional.of(units(bond)), this::fund);
        return play.open(work);
    }

    private static Amount units(String text) throws Mistake {
        try {
            return Amount.parse(text);
        } catch (MalformedException e) {
            throw new Mistake("--bond: " + e.getMessage(), "--bond 20", Exit.USAGE);
        }
    }

    /** Play money for the bond, from the wallet of one's own network. */
    private void fund(Address to, Amount amount) throws IOException, InterruptedException, Mistake {
        if (ledger.isGiven()) {
            throw new Mistake(
                    "the challenger's account " + to + " lacks " + amount,
                    "assay wallet send --ledger URL " + to + " " + amount,
                    Exit.FAILED);
        }
        Path folder =
                home == null ? assay.folders().data() : home.toAbsolutePath().normalize();
        Client.connect(running(folder).uri())
                .bearer(new Home(folder).apiKey())
                .wallet(
                        "send",
                        Json.object()
                                .put("to", to.toString())
                                .put("amount_micro", amount.micro())
                                .build());
    }

    private Docket docket(Path folder, PrivateKey account, Address operator, Hash digest)
            throws IOException, InterruptedException, Mistake {
        if (ledger.isGiven()) {
            FollowedLedger followed = FollowedLedger.open(ledger.open(folder), folder.resolve("followed"));
            Sender sender = new Sender(followed, new Signer(account, followed.chainId()));
            return new LiveDocket(followed, sender, operator, digest);
        }
        Running network = running(folder);
        return new RemoteDocket(network.uri(), new Home(folder).apiKey(), account, operator, digest);
    }

    private static Running running(Path folder) throws IOException, Mistake {
        return Running.find(folder)
                .orElseThrow(() -> new Mistake(
                        "no network runs on this home, so no ledger can settle anything",
                        "start it with: assay up; or say which ledger: --ledger URL",
                        Exit.FAILED));
    }

    private Transcript transcript(Path receiptFile) throws IOException, Mistake, MalformedException {
        Path told = Candidate.transcript(receiptFile, Optional.ofNullable(transcript));
        if (!Files.exists(told)) {
            throw new Mistake(
                    "what was asked and answered is missing: a receipt alone cannot be computed again",
                    "give it with --transcript FILE",
                    Exit.UNDECIDED);
        }
        return Transcript.parse(Verify.bytes(told, Transcript.SIZE_MAX_BYTES + 1));
    }

    private StoredModel stored(Receipt receipt) throws IOException, Mistake {
        return Replaying.weights(assay.models(), Optional.ofNullable(model), receipt)
                .orElseThrow(() -> new Mistake(
                        "the weights are not on this machine: "
                                + receipt.model().id() + ", file sha256 "
                                + receipt.model().file().hex(),
                        "assay pull it, or check drawn cells without weights: assay audit --light",
                        Exit.UNDECIDED));
    }
}
