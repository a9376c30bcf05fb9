package assay.cli;

import assay.core.base.Amount;
import assay.core.base.Counted;
import assay.core.codec.Json;
import assay.core.receipt.Receipt;
import assay.core.verify.Claim;
import assay.node.audit.Replays;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What is said of a replay.
 *
 * @param file of the receipt
 * @param report what the replay computed
 * @param faults what differs; none if nothing does
 * @param opened whether the trace root could be compared
 * @param took what the node says that its answer took, nanoseconds
 */
record ReplayLines(
        Path file, Receipt receipt, Replays.Report report, List<String> faults, boolean opened, OptionalLong took) {
    /** Copies the list. */
    ReplayLines {
        faults = List.copyOf(faults);
    }

    /** What may be claimed: nothing if something differs. */
    Optional<Claim.Replayed> claim() {
        return faults.isEmpty()
                ? Optional.of(new Claim.Replayed(receipt.usage().completion(), Claim.Replayer.YOU, opened))
                : Optional.empty();
    }

    int exitCode() {
        return !faults.isEmpty() ? Exit.FAILED : opened ? Exit.OK : Exit.UNDECIDED;
    }

    Json.Obj json() {
        Json.Members json =
                Json.object().put("verdict", !faults.isEmpty() ? "invalid" : opened ? "valid" : "undecided");
        if (opened) {
            claim().ifPresent(c ->
                    json.put("tier", c.tier().name()).put("claim", c.says()).put("by", c.by()));
        }
        json.put("trace_root", report.root().hex())
                .put("trace_compared", opened)
                .put("tokens", report.tokens())
                .put("nanos", report.nanos())
                .put("faults", Json.of(faults.stream().map(Json::of).toList()));
        took.ifPresent(t -> json.put("generation_nanos", t));
        return json.build();
    }

    void print(Screen screen) {
        PrintStream out = screen.out();
        Optional<Claim.Replayed> claim = claim();
        if (claim.isEmpty()) {
            out.println(screen.red("✘ ") + file + "  FAILED its replay");
            faults.forEach(f -> out.println("  ✘ " + f));
            return;
        }
        out.println(
                opened
                        ? screen.green("✔ ") + file + "  " + claim.get().tier()
                        : "? " + file + "  UNDECIDED: the trace's opening is missing ("
                                + Verify.beside(file, ".opening") + ", written once the node revealed it)");
        out.println("  ✔ " + claim.get().brief());
        out.println("  ✔ same text and finish, same bill of "
                + Amount.ofMicro(receipt.payment().amount()));
        out.println("  by: " + claim.get().by() + ", with the model file "
                + receipt.model().file().hex().substring(0, 16) + "…");
        out.println("  cost: " + cost());
        out.println(
                screen.faint("  it shows you that this model gives this answer; to others, only if they trust you"));
    }

    private String cost() {
        double seconds = report.nanos() / 1e9;
        String speed = String.format(
                Locale.ROOT,
                "%s in %.2f s, %.0f/s",
                Counted.of(report.tokens(), "position"),
                seconds,
                report.tokens() / Math.max(1e-9, seconds));
        return took.isPresent() && took.getAsLong() > 0
                ? speed
                        + String.format(
                                Locale.ROOT,
                                ", %.2f× the time of the answer",
                                report.nanos() / (double) took.getAsLong())
                : speed;
    }
}
