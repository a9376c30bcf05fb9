package assay.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import assay.client.Answer;
import assay.client.Standing;
import assay.core.base.Hash;
import assay.core.receipt.Receipt;
import assay.core.receipt.Statement;
import assay.core.receipt.Usage;
import assay.core.verify.ReceiptFile;
import assay.core.verify.Tier;
import assay.core.verify.TrustPolicy;
import assay.core.verify.Verdict;
import assay.core.verify.Verifier;
import assay.node.audit.Replays;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/**
 * What verify, audit, ask and chat print about an answer, against the evidence that entitles to it. Strong words stand in
 * {@link assay.core.verify.Claim}, which has them from evidence alone (ClaimTest); here are all others.
 */
class WordingTest {
    /** What a wording with a strong word is. */
    private enum Kind {
        /** Help, names of options and fields, what is being done. */
        HELP,
        /** Says that something was not done or not shown, or that it failed. */
        DENIAL,
        /** Repeats the ledger's status, which a proof or the node itself shows, and says so. */
        LEDGER
    }

    private record Wording(String file, Kind kind, String text) {}

    private static final List<Wording> WORDINGS = List.of(
            new Wording("Ask", Kind.HELP, "Ask a question; the answer is paid, receipted, and replayed by an auditor."),
            new Wording("Ask", Kind.HELP, "  replaying…"),
            new Wording(
                    "Audit",
                    Kind.HELP,
                    "%n@|bold --replay|@ computes the answer again and compares tokens, text, bill and trace. It needs the"
                            + " model."),
            new Wording("Audit", Kind.HELP, "  assay audit answer.receipt --replay"),
            new Wording(
                    "Audit",
                    Kind.HELP,
                    "  assay audit *.receipt --replay --together 16   many at once, in bounded memory"),
            new Wording(
                    "Audit", Kind.HELP, "How many receipts are replayed at once, 1 to 64 (default: ${DEFAULT-VALUE})."),
            new Wording("Audit", Kind.HELP, " replays at once"),
            new Wording("Audit", Kind.HELP, "--replay"),
            new Wording("Audit", Kind.HELP, "Replay all of it, with the weights."),
            new Wording("Audit", Kind.HELP, "say how: --replay or --light"),
            new Wording("TraceOpening", Kind.DENIAL, "the trace is another one: the node committed to "),
            new Wording("TraceOpening", Kind.DENIAL, ", replayed "),
            new Wording("Replaying", Kind.HELP, "replaying…"),
            new Wording("Replaying", Kind.DENIAL, "a replay broke down"),
            new Wording(
                    "Replaying",
                    Kind.HELP,
                    "%s: %d replayed and the same, %d not, %d not decided; %s in %.1f s, %.0f/s"),
            new Wording("ReplayLines", Kind.DENIAL, "  FAILED its replay"),
            new Wording("Chat", Kind.HELP, "Talk with a model; every answer is paid, receipted and replayed."),
            new Wording(
                    "Footer",
                    Kind.DENIAL,
                    "– not waited for the replay; a network makes it while it runs: assay up, or the next question that"
                            + " waits"),
            new Wording("Footer", Kind.DENIAL, "the replay came to another trace"),
            new Wording("Footer", Kind.DENIAL, "– nobody replayed it: it is worth its signature"),
            new Wording("Footer", Kind.DENIAL, "– the ledger did not pay it, so it is not audited"),
            new Wording("Footer", Kind.DENIAL, "– not replayed yet ("),
            new Wording("Footer", Kind.DENIAL, "UNAUDITED"),
            new Wording(
                    "Footer",
                    Kind.LEDGER,
                    "– the ledger says CONFIRMED, as the node tells; what its auditor found is not here"),
            new Wording(
                    "Footer",
                    Kind.DENIAL,
                    "  a replay on this machine by the same operator proves it to you only if you trust this machine;"),
            new Wording(
                    "Footer",
                    Kind.HELP,
                    "  assay audit RECEIPT --replay, on a machine that you trust, needs no such trust"),
            new Wording("Footer", Kind.DENIAL, "  the receipt alone does not prove"),
            new Wording("Footer", Kind.LEDGER, "confirmed"),
            new Wording("LightAuditing", Kind.HELP, "ask for fewer with --cells COUNT, or replay it with the weights"),
            new Wording("NetworkAsk", Kind.LEDGER, "  on the ledger, by proof: "),
            new Wording("VerdictLines", Kind.DENIAL, "does_not_prove"),
            new Wording("Verify", Kind.DENIAL, "  it does not prove"));

    /** Files whose output is about answers. */
    private static final List<String> FILES = List.of(
            "Ask",
            "Audit",
            "Chat",
            "Footer",
            "LightAuditing",
            "NetworkAsk",
            "ReplayLines",
            "Replaying",
            "Session",
            "ShowReceipt",
            "TraceOpening",
            "VerdictLines",
            "Verify");

    private static final Pattern STRONG = Pattern.compile(
            "replay|audited|prove[sdn]?\\b|proof\\b|settled|\\battested|verified|confirmed|recomputed|same trace|guarantee|certain",
            Pattern.CASE_INSENSITIVE);
    private static final Pattern NEGATION = Pattern.compile(
            "\\bnot\\b|nobody|broke down|another|FAILED|only if|UNAUDITED|does_not|replayed $",
            Pattern.CASE_INSENSITIVE);
    private static final Pattern LITERAL = Pattern.compile("\"((?:[^\"\\\\\\n]|\\\\.)*)\"");
    private static final Pattern JOINED = Pattern.compile("\"\\s*\\+\\s*\"");
    private static final Pattern COMMENT =
            Pattern.compile("/\\*.*?\\*/|^\\s*//[^\\n]*$", Pattern.DOTALL | Pattern.MULTILINE);

    private static List<String> strongLiterals(String file) throws IOException {
        String source = Files.readString(Path.of("src/main/java/assay/cli/" + file + ".java"));
        String code = JOINED.matcher(COMMENT.matcher(source).replaceAll("")).replaceAll("");
        List<String> found = new ArrayList<>();
        Matcher literal = LITERAL.matcher(code);
        while (literal.find()) {
            if (STRONG.matcher(literal.group(1)).find()) {
                found.add(literal.group(1));
            }
        }
        return found;
    }

    @Test
    void everyStrongWordingIsKnownAndNoneIsAClaimOfItsOwn() throws Exception {
        TreeSet<String> known = new TreeSet<>();
        TreeSet<String> found = new TreeSet<>();
        for (Wording w : WORDINGS) {
            if (STRONG.matcher(w.text).find()) {
                known.add(w.file + ": " + w.text);
            }
            if (w.kind == Kind.DENIAL) {
                assertTrue(NEGATION.matcher(w.text).find(), () -> "no denial: " + w.text);
            }
        }
        for (String file : FILES) {
            strongLiterals(file).forEach(text -> found.add(file + ": " + text));
        }
        assertEquals(String.join("\n", known), String.join("\n", found));
    }

    private static byte[] sample() throws IOException {
        return Files.readAllBytes(Path.of("../vectors/receipt/sample.receipt"));
    }

    private static Receipt receipt() throws Exception {
        return Statement.parse(ReceiptFile.parse(sample()).envelope().payload());
    }

    private static Screen screen(ByteArrayOutputStream out) {
        PrintStream stream = new PrintStream(out, true, StandardCharsets.UTF_8);
        return new Screen(stream, stream, false, false, false, false, 100);
    }

    private static String auditLine(String status, Optional<Standing.Replay> replay) throws Exception {
        Receipt receipt = receipt();
        Verdict verdict = Verifier.verify(sample(), TrustPolicy.stranger());
        Answer answer = new Answer(
                "text", "stop", new Usage(4, 0, 60), 4, 1, 1, "id", "ab".repeat(32), 3, sample(), receipt, verdict);
        Footer footer =
                new Footer(answer, Optional.of(new Standing(status, true, replay)), Path.of("x"), OptionalLong.empty());
        return footer.auditLine(screen(new ByteArrayOutputStream()));
    }

    @Test
    void onlyAnAuditorsOwnCleanReportIsCalledAReplay() throws Exception {
        Standing.Replay clean = new Standing.Replay(10, 5, List.of());
        Standing.Replay faulty = new Standing.Replay(10, 5, List.of("token 3 differs"));
        String good = auditLine("CONFIRMED", Optional.of(clean));
        assertTrue(good.contains("replayed on this machine by the same operator: same 60 tokens, same trace"), good);
        for (String status : List.of(
                "SIGNED", "POSTED", "DUE", "DRAWN", "UNAUDITED", "FAULT", "WITHHELD", "UNPAID", "CONFIRMED", "ELSE")) {
            List<Optional<Standing.Replay>> weaker = new ArrayList<>(List.of(Optional.empty(), Optional.of(faulty)));
            if (!status.equals("CONFIRMED")) {
                weaker.add(Optional.of(clean)); // found here, and not yet by the ledger
            }
            for (Optional<Standing.Replay> replay : weaker) {
                String line = auditLine(status, replay);
                assertFalse(line.contains("replayed on this machine") || line.contains("same trace"), line);
                assertFalse(line.startsWith("✔"), line);
            }
        }
    }

    private static ReplayLines lines(List<String> faults, boolean opened) throws Exception {
        Replays.Report report = new Replays.Report(Hash.sha256(), faults, 63, 1_000_000);
        return new ReplayLines(Path.of("x.receipt"), receipt(), report, faults, opened, OptionalLong.empty());
    }

    private static String printed(ReplayLines lines) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        lines.print(screen(out));
        return out.toString(StandardCharsets.UTF_8);
    }

    @Test
    void aReplayIsOneOnlyWithTheTraceComparedAndNothingDifferent() throws Exception {
        String whole = printed(lines(List.of(), true));
        assertTrue(whole.contains(Tier.REPLAYED.name()) && whole.contains("same trace"), whole);
        assertTrue(whole.contains("by: replayed by you") && whole.contains("cost: "), whole);

        String closed = printed(lines(List.of(), false));
        assertTrue(closed.contains("UNDECIDED") && closed.contains("trace not compared"), closed);
        assertFalse(closed.contains(Tier.REPLAYED.name()) || closed.contains("same trace"), closed);
        assertFalse(lines(List.of(), false).json().members().containsKey("tier"));

        for (boolean opened : new boolean[] {false, true}) {
            String failed = printed(lines(List.of("token 3 differs"), opened));
            assertTrue(failed.contains("FAILED") && failed.contains("token 3 differs"), failed);
            assertFalse(failed.contains("✔") || failed.contains("same "), failed);
            assertFalse(
                    lines(List.of("token 3 differs"), opened).json().members().containsKey("tier"));
        }
    }
}
