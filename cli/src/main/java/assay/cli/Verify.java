package assay.cli;

import assay.core.attest.Attestation;
import assay.core.attest.AttestationFile;
import assay.core.base.MalformedException;
import assay.core.base.NodeKey;
import assay.core.codec.Json;
import assay.core.program.Program;
import assay.core.receipt.Receipt;
import assay.core.receipt.Statement;
import assay.core.receipt.Transcript;
import assay.core.verify.ModelText;
import assay.core.verify.ReceiptFile;
import assay.core.verify.TrustPolicy;
import assay.core.verify.Verdict;
import assay.core.verify.Verifier;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code assay verify}: checks receipts offline, with what is in their files and nothing else. */
@Command(
        name = "verify",
        sortOptions = false,
        header = "Check receipts, offline.",
        description = {
            "%nA receipt alone: signature, bindings, bill, place in the node's log. With its transcript (found by itself"
                    + " beside the receipt) and the model's program: prompt, text, finish reason and bill are"
                    + " derived again, without the weights.%n"
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  assay verify answer.receipt",
            "  assay verify answer.receipt --transcript its.transcript --response it.txt",
            "  assay verify answer.receipt --node 3f1a…   only this node's key will do",
            "  assay verify answer.receipt --attestation its.attestation --measured pcr0=0a…",
        },
        exitCodeList = {
            "0:valid",
            "1:invalid: what it claims is false",
            "2:malformed, or the command was written wrongly",
            "3:undecided: something is missing, and is named",
        })
final class Verify implements Callable<Integer> {
    private final Assay assay;

    @Parameters(arity = "1..*", paramLabel = "FILE", description = "Receipts.")
    private List<Path> files = new ArrayList<>();

    @Option(names = "--transcript", paramLabel = "FILE", description = "What was asked and answered, in clear.")
    private @Nullable Path transcript;

    @Option(names = "--request", paramLabel = "FILE", description = "The body that was sent: must be the transcript's.")
    private @Nullable Path request;

    @Option(names = "--response", paramLabel = "FILE", description = "The text that came: must be the transcript's.")
    private @Nullable Path response;

    @Option(names = "--program", paramLabel = "FILE", description = "The model's compiled program.")
    private @Nullable Path program;

    @Option(
            names = "--node",
            paramLabel = "KEY",
            description = "Only receipts that this Ed25519 key signed are valid: 64 hex digits, as in the receipt.")
    private @Nullable String node;

    @Option(
            names = "--attestation",
            paramLabel = "FILE",
            description = "Evidence of the node's trusted execution environment (found by itself beside the receipt).")
    private @Nullable Path attestation;

    @Option(
            names = "--measured",
            paramLabel = "NAME=HEX",
            description = "What has to be measured there, for example pcr0=0a1b…; may be given often.")
    private Map<String, String> measured = new TreeMap<>();

    @Option(names = "--nonce", paramLabel = "HEX", description = "What the environment was asked to state.")
    private @Nullable String nonce;

    @Option(names = "--allow-debug", description = "An environment in debug mode will do.")
    private boolean debugAllowed;

    @Option(
            names = {"-m", "--model"},
            paramLabel = "NAME",
            description = "A pulled model, whose program is used.")
    private @Nullable String model;

    Verify(Assay assay) {
        this.assay = assay;
    }

    @Override
    public Integer call() throws IOException, Mistake {
        if (files.size() > 1 && attestation != null) {
            throw new Mistake("--attestation goes with one receipt", "", Exit.USAGE);
        }
        if (files.size() > 1 && (transcript != null || request != null || response != null)) {
            throw new Mistake("--transcript, --request and --response go with one receipt", "", Exit.USAGE);
        }
        Optional<NodeKey> pinned = pinned();
        List<Json> told = new ArrayList<>();
        List<Verdict> verdicts = new ArrayList<>();
        for (Path file : files) {
            long begun = System.nanoTime();
            Verdict verdict = attested(file, verdict(file, pinned));
            double millis = (System.nanoTime() - begun) / 1e6;
            verdicts.add(verdict);
            if (assay.json()) {
                Json.Members json = Json.object().put("file", file.toString());
                VerdictLines.json(verdict).members().forEach(json::put);
                told.add(json.build());
            } else {
                print(file, verdict, String.format(Locale.ROOT, "%.0f ms, offline, no weights", millis));
            }
        }
        if (assay.json()) {
            assay.screen().json(told.size() == 1 ? told.getFirst() : Json.of(told));
        }
        return worst(verdicts.stream().map(Verdict::exitCode).toList());
    }

    /** Invalid before malformed before undecided: the strongest word against any of them. */
    static int worst(Collection<Integer> codes) {
        return codes.stream()
                .mapToInt(Integer::intValue)
                .filter(code -> code != Exit.OK)
                .min()
                .orElse(Exit.OK);
    }

    private Optional<NodeKey> pinned() throws Mistake {
        String text = node;
        if (text == null) {
            return Optional.empty();
        }
        try {
            if (!text.matches("[0-9a-fA-F]{64}")) {
                throw new MalformedException("64 hex digits expected", -1);
            }
            return Optional.of(NodeKey.ofBytes(HexFormat.of().parseHex(text)));
        } catch (MalformedException e) {
            throw new Mistake("--node " + text + " is no node's key: " + e.getMessage(), "", Exit.USAGE);
        }
    }

    private Verdict verdict(Path file, Optional<NodeKey> pinned) throws IOException, Mistake {
        byte[] bytes = bytes(file, ReceiptFile.SIZE_MAX_BYTES + 1);
        TrustPolicy policy = pinned.isPresent() ? TrustPolicy.pinned(pinned.get()) : TrustPolicy.stranger();
        Verdict alone = Verifier.verify(bytes, policy);
        Path told = transcript != null ? transcript : beside(file, ".transcript");
        if (!(alone instanceof Verdict.Valid valid)) {
            return alone;
        }
        if (transcript == null && !Files.exists(told)) {
            return request == null && response == null
                    ? alone
                    : new Verdict.Undecided("the transcript: it holds the salt that request and response are hashed"
                            + " with; give it with --transcript");
        }
        byte[] clear = bytes(told, Transcript.SIZE_MAX_BYTES + 1);
        Optional<Verdict> differs = differs(clear);
        if (differs.isPresent()) {
            return differs.get();
        }
        Receipt receipt = receipt(bytes);
        Optional<Program> found = program(receipt, file);
        if (found.isEmpty()) {
            boolean asked = transcript != null || request != null || response != null;
            return asked ? new Verdict.Undecided(missing(receipt)) : withoutText(valid, receipt);
        }
        if (!found.get().root().equals(receipt.model().program())) {
            return new Verdict.Undecided(
                    "the program " + receipt.model().program().hex() + ": the one at hand is "
                            + found.get().root().hex());
        }
        try {
            return Verifier.verify(bytes, clear, ModelText.of(found.get()), policy);
        } catch (MalformedException e) {
            return new Verdict.Undecided("a program that can chat: " + e.getMessage());
        }
    }

    /** With the attestation beside the receipt, if there is one. */
    private Verdict attested(Path file, Verdict signed) throws IOException, Mistake {
        Path evidence = attestation != null ? attestation : beside(file, ".attestation");
        if (!(signed instanceof Verdict.Valid valid) || attestation == null && !Files.exists(evidence)) {
            return signed;
        }
        SortedMap<String, String> demanded = new TreeMap<>();
        measured.forEach((name, hex) -> demanded.put(name.toLowerCase(Locale.ROOT), hex.toLowerCase(Locale.ROOT)));
        Optional<String> asked = Optional.ofNullable(nonce).map(hex -> hex.toLowerCase(Locale.ROOT));
        return Attestation.beside(
                valid,
                receipt(bytes(file, ReceiptFile.SIZE_MAX_BYTES + 1)),
                bytes(evidence, AttestationFile.SIZE_MAX_BYTES + 1),
                demanded,
                asked,
                debugAllowed);
    }

    /** Of a file that was verified, so that it can be read. */
    private static Receipt receipt(byte[] file) {
        try {
            return Statement.parse(ReceiptFile.parse(file).envelope().payload());
        } catch (MalformedException e) {
            throw new AssertionError("a valid receipt is well-formed", e);
        }
    }

    /** What is given as request and response against the transcript. */
    private Optional<Verdict> differs(byte[] clear) throws IOException, Mistake {
        Transcript told;
        try {
            told = Transcript.parse(clear);
        } catch (MalformedException e) {
            return Optional.of(new Verdict.Malformed(e.offset(), "transcript: " + e.getMessage()));
        }
        if (request != null && !Arrays.equals(bytes(request, Transcript.BODY_MAX_BYTES + 1), told.body())) {
            return Optional.of(new Verdict.Invalid(request + " is not the request that was answered"));
        }
        if (response != null) {
            String text = new String(bytes(response, Transcript.SIZE_MAX_BYTES), StandardCharsets.UTF_8);
            String line = text.endsWith("\n") ? text.substring(0, text.length() - 1) : text;
            boolean known = told.choices().stream()
                    .anyMatch(c -> c.text().equals(text) || c.text().equals(line));
            if (!known) {
                return Optional.of(new Verdict.Invalid(response + " is not the text that was answered"));
            }
        }
        return Optional.empty();
    }

    private Optional<Program> program(Receipt receipt, Path file) throws IOException, Mistake {
        if (program != null) {
            Optional<Program> given = Programs.read(program);
            if (given.isEmpty()) {
                throw new Mistake(program + " is not a compiled program", "", Exit.USAGE);
            }
            return given;
        }
        if (model != null) {
            return Programs.read(
                    Show.found(assay.models(), model).derivedFolder().resolve(Programs.DERIVED));
        }
        return Programs.find(assay, receipt, file);
    }

    /** A transcript lies beside the receipt, and nothing to derive it with: the receipt is what was asked about. */
    private static Verdict withoutText(Verdict.Valid alone, Receipt receipt) {
        List<String> open = new ArrayList<>(alone.leavesOpen());
        open.addFirst("the transcript beside it, which was not looked at: that takes " + missing(receipt));
        return new Verdict.Valid(alone.claims(), open);
    }

    private static String missing(Receipt receipt) {
        return "the compiled program of model " + receipt.model().id() + " ("
                + receipt.model().program().hex().substring(0, 16)
                + "…), to derive prompt and text again: 'assay pull' the model and 'assay show' it, or give --program"
                + " with the file of that root in a node's folder node/programs";
    }

    static Path beside(Path receipt, String ending) {
        String name = String.valueOf(receipt.getFileName());
        String stem = name.endsWith(".receipt") ? name.substring(0, name.length() - ".receipt".length()) : name;
        return receipt.resolveSibling(stem + ending);
    }

    static byte[] bytes(Path file, int max) throws IOException, Mistake {
        if (!Files.exists(file)) {
            throw new Mistake("there is no file " + file, "", Exit.USAGE);
        }
        try (var in = Files.newInputStream(file)) {
            return in.readNBytes(max);
        } catch (IOException e) {
            throw new Mistake(file + " cannot be read: " + e.getMessage(), "", Exit.USAGE);
        }
    }

    /** The verdict for people: which tier, by whom, at what cost, and what is still open. */
    void print(Path file, Verdict verdict, String cost) {
        Screen screen = assay.screen();
        var out = screen.out();
        switch (verdict) {
            case Verdict.Valid valid -> {
                out.println(screen.green("✔ ") + file + "  " + valid.tier());
                for (String sentence : sentences(valid.claim())) {
                    out.println("  ✔ " + sentence);
                }
                out.println("  by: " + VerdictLines.by(valid));
                out.println("  cost: " + cost);
                out.println("  it does not prove");
                valid.leavesOpen().forEach(o -> out.println("    · " + o));
            }
            case Verdict.Invalid invalid -> {
                out.println(screen.red("✘ ") + file + "  INVALID");
                out.println("  " + invalid.reason());
            }
            case Verdict.Malformed malformed -> {
                out.println(screen.red("✘ ") + file + "  MALFORMED");
                out.println("  " + malformed.reason());
            }
            case Verdict.Undecided undecided -> {
                out.println("? " + file + "  UNDECIDED");
                out.println("  missing: " + undecided.need());
            }
        }
    }

    private static List<String> sentences(String claim) {
        return List.of(claim.split("(?<=\\.) (?=[A-Z])", -1));
    }
}
