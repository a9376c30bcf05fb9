package assay.cli;

import assay.core.audit.Challenge;
import assay.core.base.MalformedException;
import assay.core.verify.SeenCheckpoints;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
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
            "A node opens a receipt once for nothing; whoever wants more demands it on the ledger, for a fee.",
            "Both need the receipt's transcript; it is found beside the receipt, as what opens the trace is."
                    + " With --json each of many receipts is one line.%n"
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  assay audit answer.receipt --replay",
            "  assay audit *.receipt --replay --together 16   many at once, in bounded memory",
            "  assay audit key smollm2-135m",
            "  assay audit answer.receipt --light --cells 32",
            "  assay audit answer.receipt --light --from http://node:11435 --api-key KEY",
        },
        exitCodeList = {
            "0:the same, bit for bit; or all drawn cells are as they should be",
            "1:something differs, and is named",
            "2:malformed, or the command was written wrongly",
            "3:undecided: something is missing, and is named",
        })
final class Audit implements Callable<Integer> {
    private static final int TOGETHER_MAX = 64;

    private final Assay assay;

    @Parameters(arity = "1..*", paramLabel = "RECEIPT", description = "Receipts; or the word key and a model.")
    private List<Path> files = new ArrayList<>();

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

    @Option(
            names = "--together",
            paramLabel = "COUNT",
            defaultValue = "8",
            description = "How many receipts are replayed at once, 1 to 64 (default: ${DEFAULT-VALUE}).")
    private int together = 8;

    @Option(names = "--threads", paramLabel = "COUNT", description = "Threads of the engine (default: all).")
    private @Nullable Integer threads;

    Audit(Assay assay) {
        this.assay = assay;
    }

    @Override
    public Integer call() throws IOException, InterruptedException, Mistake, MalformedException {
        if (files.getFirst().toString().equals("key") && files.size() == 2) {
            return new AuditKeys(assay).draw(files.get(1).toString(), out);
        }
        if (replay == light || cells < 1 || cells > Challenge.CELLS_MAX || together < 1 || together > TOGETHER_MAX) {
            throw new Mistake(
                    replay == light
                            ? "say how: --replay or --light"
                            : "1 to " + Challenge.CELLS_MAX + " cells, 1 to " + TOGETHER_MAX + " replays at once",
                    "try: assay audit --help",
                    Exit.USAGE);
        }
        if (files.size() > 1 && (light || transcript != null || opening != null)) {
            throw new Mistake("--light, --transcript and --opening go with one receipt", "", Exit.USAGE);
        }
        if (light) {
            return light(files.getFirst());
        }
        Replaying.Wish wish = new Replaying.Wish(
                Optional.ofNullable(transcript),
                Optional.ofNullable(opening),
                Optional.ofNullable(model),
                Bounds.threads(threads),
                together);
        return new Replaying(assay, wish).audit(files);
    }

    private int light(Path file) throws IOException, InterruptedException, Mistake, MalformedException {
        Candidate candidate = Candidate.read(file, Optional.ofNullable(transcript), new SeenCheckpoints(1));
        if (candidate.refused().isPresent()) {
            return Replaying.undone(assay, file, candidate.refused().get());
        }
        LightAuditing.Wish wish =
                new LightAuditing.Wish(cells, Optional.ofNullable(key), Optional.ofNullable(from), apiKey);
        return new LightAuditing(assay, wish).audit(file, candidate.subject());
    }
}
