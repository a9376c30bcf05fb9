package assay.cli;

import assay.client.Answer;
import assay.client.Client;
import assay.client.Standing;
import assay.core.base.Amount;
import assay.core.base.MalformedException;
import assay.core.codec.Json;
import assay.core.verify.Claim;
import assay.core.verify.Verdict;
import assay.engine.store.Environment;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What is said below an answer: speed, payment, receipt, audit, and how to check it elsewhere.
 *
 * @param audit how far it got, if it was waited for
 * @param receipt file of the receipt
 * @param firstTokenMillis from the start of the process to the first text, if this was its first answer
 */
record Footer(Answer answer, Optional<Standing> audit, Path receipt, OptionalLong firstTokenMillis) {

    /** Where the node itself keeps an answer's receipt. */
    static Path nodesFile(Client client, Answer answer) throws IOException, InterruptedException {
        try {
            return Path.of(client.status().at("receipts_folder").string(4096), answer.receiptId() + ".receipt");
        } catch (MalformedException e) {
            throw new IOException("the node does not say where its receipts are: " + e.getMessage(), e);
        }
    }

    /** Whether something speaks against the answer. */
    boolean failed() {
        return answer.verdict() instanceof Verdict.Invalid
                || answer.verdict() instanceof Verdict.Malformed
                || audit.map(Standing::failed).orElse(false);
    }

    /** All of it, for {@code ask}. */
    void print(Screen screen, boolean verbose) {
        var err = screen.err();
        err.println(screen.faintOnErr("  " + speed()));
        err.println(paid(screen));
        err.println(auditLine(screen));
        if (verbose) {
            firstTokenMillis.ifPresent(
                    millis -> err.println("  first token " + millis + " ms after the process was started"));
            verdictLines(screen);
        }
        if (!failed()) {
            err.println(screen.faintOnErr("  check it yourself, anywhere:  ") + Screen.launcher() + " verify "
                    + brief(receipt));
        }
    }

    /** One or two lines, for {@code chat}. */
    void printShort(Screen screen) {
        var err = screen.err();
        err.println(paid(screen));
        err.println(auditLine(screen));
    }

    /** For example {@code 13 + 31 template tokens in at 610/s, 96 out at 142/s}. */
    String speed() {
        int prompt = answer.usage().prompt();
        int cached = answer.usage().cached();
        int own = Math.min(answer.contentTokens(), prompt);
        int out = answer.usage().completion();
        return own + " + " + (prompt - own) + " template tokens in"
                + (cached > 0 ? " (" + cached + " of them known already)" : "")
                + rate(prompt - cached, answer.prefillNanos()) + ", " + out + " out"
                + rate(out - 1L, answer.decodeNanos())
                + (answer.finish().equals("length") ? ", cut short there: --max-tokens" : "");
    }

    private static String rate(long tokens, long nanos) {
        return tokens < 1 || nanos < 1 ? "" : String.format(Locale.ROOT, " at %.0f/s", tokens * 1e9 / nanos);
    }

    private String paid(Screen screen) {
        String tick = screen.greenOnErr("✔");
        String paid =
                tick + " paid " + Amount.ofMicro(answer.receipt().payment().amount());
        String brief =
                answer.receiptId().substring(0, Math.min(8, answer.receiptId().length())) + "…";
        return switch (answer.verdict()) {
            case Verdict.Valid v -> paid + "   " + tick + " receipt " + brief + " in log at " + answer.logIndex();
            case Verdict.Undecided(String need) -> paid + "   – receipt " + brief + " not decided: " + need;
            case Verdict.Invalid(String reason) -> paid + "   " + bad(screen, "the receipt is invalid: " + reason);
            case Verdict.Malformed m -> paid + "   " + bad(screen, "the receipt is malformed: " + m.reason());
        };
    }

    private static String bad(Screen screen, String text) {
        return screen.redOnErr("✘ " + text);
    }

    String auditLine(Screen screen) {
        if (audit.isEmpty()) {
            return "– not waited for the replay; a network makes it while it runs: assay up, or the next question that waits";
        }
        Standing standing = audit.get();
        if (standing.failed()) {
            String why = standing.replay()
                    .filter(r -> !r.faults().isEmpty())
                    .map(r -> String.join("; ", r.faults()))
                    .orElse(
                            standing.status().equals("WITHHELD")
                                    ? "the node did not open its trace"
                                    : "the replay came to another trace");
            return bad(screen, "THE ANSWER FAILED ITS AUDIT: " + why) + "\n  the node is slashed and you are refunded";
        }
        if (standing.confirmed()) {
            return confirmed(screen, standing);
        }
        return switch (standing.status()) {
            case "UNAUDITED" -> "– nobody replayed it: it is worth its signature";
            case "UNPAID" -> "– the ledger did not pay it, so it is not audited";
            default -> "– not replayed yet (" + standing.status().toLowerCase(Locale.ROOT) + ")";
        };
    }

    /** Nobody but who has the auditor's own report says that it was replayed here. */
    private String confirmed(Screen screen, Standing standing) {
        if (standing.replay().isEmpty()) {
            return "– the ledger says CONFIRMED, as the node tells; what its auditor found is not here";
        }
        Claim.Replayed claim = new Claim.Replayed(answer.usage().completion(), Claim.Replayer.SAME_OPERATOR, true);
        return screen.greenOnErr("✔") + " " + claim.by() + ": " + claim.brief()
                + ratio().map(r -> String.format(Locale.ROOT, ", %.2f× the time", r))
                        .orElse("");
    }

    /** Time of the replay over that of the answer. */
    Optional<Double> ratio() {
        long took = answer.prefillNanos() + answer.decodeNanos();
        return audit.flatMap(Standing::replay).filter(r -> took > 0).map(r -> r.nanos() / (double) took);
    }

    private void verdictLines(Screen screen) {
        var err = screen.err();
        err.println("  a replay on this machine by the same operator proves it to you only if you trust this machine;");
        err.println("  assay audit RECEIPT --replay, on a machine that you trust, needs no such trust");
        if (answer.verdict() instanceof Verdict.Valid valid) {
            err.println("  " + valid.claim());
            err.println("  the receipt alone does not prove");
            valid.leavesOpen().forEach(o -> err.println("    · " + o));
        }
    }

    /** Everything, for programs. */
    Json.Obj json() {
        Json.Members receiptJson = Json.object()
                .put("id", answer.receiptId())
                .put("digest", answer.digest())
                .put("log_index", answer.logIndex())
                .put("file", receipt.toString())
                .put("verdict", VerdictLines.json(answer.verdict()));
        Json.Members json = Json.object()
                .put("answer", answer.text())
                .put("finish_reason", answer.finish())
                .put("model", answer.receipt().request().model())
                .put(
                        "usage",
                        Json.object()
                                .put("prompt_tokens", answer.usage().prompt())
                                .put("content_tokens", answer.contentTokens())
                                .put("cached_tokens", answer.usage().cached())
                                .put("completion_tokens", answer.usage().completion())
                                .build())
                .put("prefill_nanos", answer.prefillNanos())
                .put("decode_nanos", answer.decodeNanos())
                .put("paid_micro", answer.receipt().payment().amount())
                .put("receipt", receiptJson.build());
        firstTokenMillis.ifPresent(millis -> json.put("first_token_millis", millis));
        audit.ifPresent(a -> json.put("audit", audit(a)));
        return json.build();
    }

    private static Json audit(Standing a) {
        Json.Members json = Json.object()
                .put("status", a.status())
                .put("confirmed", a.confirmed())
                .put("by", "same operator, same machine");
        a.replay().ifPresent(r -> json.put("tokens", r.tokens())
                .put("nanos", r.nanos())
                .put("faults", Json.of(r.faults().stream().map(Json::of).toList())));
        return json.build();
    }

    /** A path as a person would write it: below the home folder with a tilde, as words of a command. */
    static String brief(Path path) {
        String text = path.toString();
        String home = Environment.ofProcess().home().toString();
        boolean plain = text.matches("[\\p{L}\\p{N}/._+-]+");
        if (plain && !home.isEmpty() && text.startsWith(home + "/")) {
            return "~" + text.substring(home.length());
        }
        return plain ? text : "'" + text.replace("'", "'\\''") + "'";
    }
}
