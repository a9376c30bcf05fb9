package assay.cli;

import assay.core.audit.Challenge;
import assay.core.audit.LightAudit;
import assay.core.base.Hash;
import assay.core.base.MalformedException;
import assay.core.codec.Field;
import assay.core.codec.JsonText;
import assay.core.receipt.Digests;
import assay.core.receipt.Receipt;
import assay.core.receipt.Statement;
import assay.core.receipt.Transcript;
import assay.core.verify.ModelText;
import assay.core.verify.ReceiptFile;
import assay.core.verify.TrustPolicy;
import assay.core.verify.Verdict;
import assay.core.verify.Verifier;
import assay.engine.infer.Engine;
import assay.engine.infer.EngineOptions;
import assay.engine.infer.Model;
import assay.engine.store.StoredModel;
import assay.node.audit.Replays;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code assay audit}: computes an answer again, or checks drawn cells of it without the weights. */
@Command(
        name = "audit",
        sortOptions = false,
        header = "Check how an answer was computed: all of it with the weights, or drawn cells without them.",
        description = {
            "%n@|bold --replay|@ computes the answer again and compares tokens, text, bill and trace. It needs the model.",
            "@|bold --light|@ draws cells (a layer at a token) now, has the node open them, and checks these without the"
                    + " weights. It needs a key that was drawn from them once: @|bold assay audit key MODEL|@.",
            "Both need the receipt's transcript; it is found beside the receipt, as what opens the trace is.%n"
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  assay audit answer.receipt --replay",
            "  assay audit key smollm2-135m",
            "  assay audit answer.receipt --light --cells 32",
            "  assay audit answer.receipt --light --key my.key --from http://node:11435 --api-key KEY",
        },
        exitCodeList = {
            "0:the same, bit for bit; or all drawn cells are as they should be",
            "1:something differs, and is named",
            "2:malformed, or the command was written wrongly",
            "3:undecided: something is missing, and is named",
        })
final class Audit implements Callable<Integer> {
    private static final int OPENING_MAX_BYTES = 4096;

    private final Assay assay;

    @Parameters(index = "0", arity = "1", paramLabel = "RECEIPT", description = "A receipt's file; or the word key.")
    private Path file = Path.of("");

    @Parameters(index = "1", arity = "0..1", paramLabel = "MODEL", hidden = true)
    private @Nullable String keyed;

    @Option(names = "--replay", description = "Replay all of it, with the weights.")
    private boolean replay;

    @Option(names = "--light", description = "Check drawn cells, without the weights.")
    private boolean light;

    @Option(
            names = "--cells",
            paramLabel = "COUNT",
            defaultValue = "32",
            description = "How many cells to draw, 1 to 256 (default: ${DEFAULT-VALUE}).")
    private int cells = 32;

    @Option(names = "--key", paramLabel = "FILE", description = "The audit key (default: the user's for that model).")
    private @Nullable Path key;

    @Option(names = "--from", paramLabel = "URL", description = "The node that opens (default: the own network's).")
    private @Nullable URI from;

    @Option(names = "--api-key", paramLabel = "KEY", description = "The API key of that node.")
    private String apiKey = "";

    @Option(names = "--out", paramLabel = "FILE", description = "Where a key is written.")
    private @Nullable Path out;

    @Option(names = "--transcript", paramLabel = "FILE", description = "What was asked and answered, in clear.")
    private @Nullable Path transcript;

    @Option(names = "--opening", paramLabel = "FILE", description = "What opens the blinded trace root.")
    private @Nullable Path opening;

    @Option(
            names = {"-m", "--model"},
            paramLabel = "NAME",
            description = "A pulled model (default: the one whose file the receipt names).")
    private @Nullable String model;

    @Option(names = "--threads", paramLabel = "COUNT", description = "Threads of the engine (default: all).")
    private @Nullable Integer threads;

    Audit(Assay assay) {
        this.assay = assay;
    }

    /** An opened trace root; {@code generationNanos} is what the node says its answer took. */
    private record Opening(Hash root, Hash salt, OptionalLong generationNanos) {}

    @Override
    public Integer call() throws IOException, InterruptedException, Mistake, MalformedException {
        if (file.toString().equals("key") && keyed != null) {
            return new AuditKeys(assay).draw(keyed, out);
        }
        if (replay == light || cells < 1 || cells > Challenge.CELLS_MAX) {
            throw new Mistake(
                    replay == light ? "say how: --replay or --light" : "1 to " + Challenge.CELLS_MAX + " cells",
                    "try: assay audit --help",
                    Exit.USAGE);
        }
        byte[] bytes = Verify.bytes(file, ReceiptFile.SIZE_MAX_BYTES + 1);
        Verdict alone = Verifier.verify(bytes, TrustPolicy.stranger());
        if (!(alone instanceof Verdict.Valid)) {
            return undone(alone);
        }
        Receipt receipt = Statement.parse(ReceiptFile.parse(bytes).envelope().payload());
        Path told = transcript != null ? transcript : Verify.beside(file, ".transcript");
        if (!Files.exists(told)) {
            return undone(new Verdict.Undecided("the transcript: give it with --transcript FILE"));
        }
        Transcript clear = Transcript.parse(Verify.bytes(told, Transcript.SIZE_MAX_BYTES + 1));
        if (light) {
            LightAuditing.Wish wish =
                    new LightAuditing.Wish(cells, Optional.ofNullable(key), Optional.ofNullable(from), apiKey);
            return new LightAuditing(assay, wish).audit(file, new LightAudit.Subject(receipt, clear));
        }
        Optional<StoredModel> stored = stored(receipt);
        if (stored.isEmpty()) {
            return undone(new Verdict.Undecided("the model " + receipt.model().id() + ", file sha256 "
                    + receipt.model().file().hex() + ": assay pull it"));
        }
        return replay(receipt, clear, stored.get());
    }

    private Optional<StoredModel> stored(Receipt receipt) throws IOException, Mistake {
        return model != null
                ? Optional.of(Show.found(assay.models(), model))
                : assay.models().find(receipt.model().file().hex());
    }

    private int replay(Receipt receipt, Transcript clear, StoredModel stored)
            throws IOException, InterruptedException, Mistake, MalformedException {
        Optional<Opening> opened = opening();
        assay.screen().passing("loading " + stored.name() + "…");
        Model loaded = Model.load(stored.file(), stored.derivedFolder());
        assay.screen().passing("replaying…");
        int longest = clear.promptIds().length
                + clear.choices().stream().mapToInt(c -> c.ids().size()).max().orElse(0);
        EngineOptions options = EngineOptions.standard().withContext(Math.max(1, longest));
        try (Engine engine = new Engine(loaded, threads == null ? options : options.withThreads(threads))) {
            Replays.Report report =
                    Replays.replay(engine, ModelText.of(loaded.program(), loaded.tokenizer()), receipt, clear);
            assay.screen().passing("");
            List<String> faults = new ArrayList<>(report.faults());
            opened.ifPresent(o -> compare(o, report, receipt, faults));
            return tell(receipt, report, faults, opened);
        }
    }

    private static void compare(Opening o, Replays.Report report, Receipt receipt, List<String> faults) {
        if (!Digests.blind(o.root, o.salt).equals(receipt.trace().root())) {
            faults.add("the opening does not open the receipt's trace root");
        } else if (!o.root.equals(report.root())) {
            faults.add("the trace is another one: the node committed to " + o.root.hex() + ", replayed "
                    + report.root().hex());
        }
    }

    private Optional<Opening> opening() throws IOException, Mistake, MalformedException {
        Path path = opening != null ? opening : Verify.beside(file, ".opening");
        if (opening == null && !Files.exists(path)) {
            return Optional.empty();
        }
        Field json = Field.root(JsonText.parse(Verify.bytes(path, OPENING_MAX_BYTES + 1), 2, OPENING_MAX_BYTES));
        Optional<Field> took = json.find("generation_nanos");
        return Optional.of(new Opening(
                json.at("trace_root").hash(),
                json.at("trace_salt").hash(),
                took.isPresent() ? OptionalLong.of(took.get().integer(0, Long.MAX_VALUE)) : OptionalLong.empty()));
    }

    private int undone(Verdict why) {
        if (assay.json()) {
            assay.screen().json(VerdictLines.json(why));
        } else {
            String reason =
                    switch (why) {
                        case Verdict.Valid v -> v.claim();
                        case Verdict.Invalid v -> "the receipt is invalid: " + v.reason();
                        case Verdict.Malformed v -> "malformed: " + v.reason();
                        case Verdict.Undecided v -> "undecided, missing: " + v.need();
                    };
            assay.screen().out().println(reason);
        }
        return why.exitCode();
    }

    private int tell(Receipt receipt, Replays.Report report, List<String> faults, Optional<Opening> opened) {
        OptionalLong took = opened.map(Opening::generationNanos).orElse(OptionalLong.empty());
        ReplayLines lines = new ReplayLines(file, receipt, report, faults, opened.isPresent(), took);
        if (assay.json()) {
            assay.screen().json(lines.json());
        } else {
            lines.print(assay.screen());
        }
        return lines.exitCode();
    }
}
