package assay.cli;

import assay.core.audit.LightAudit;
import assay.core.base.Counted;
import assay.core.base.MalformedException;
import assay.core.receipt.Receipt;
import assay.core.verify.ModelText;
import assay.core.verify.SeenCheckpoints;
import assay.core.verify.Verdict;
import assay.engine.infer.Engine;
import assay.engine.infer.EngineOptions;
import assay.engine.infer.Model;
import assay.engine.store.ModelStore;
import assay.engine.store.StoredModel;
import assay.node.audit.Replays;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/**
 * Replays receipts, many at once: the engine fills its steps from all of them. Results come in the order of the
 * receipts.
 *
 * <p>Memory is bounded however many receipts there are and whatever is in them: at most so many are in hand, together at most
 * {@link #HELD_MAX_BYTES} of receipts and transcripts (one that is longer goes alone), each checkpoint is verified once and
 * {@link #CHECKPOINTS} of them are remembered, and the engine lets no more replays in than its memory for K and V holds.
 */
final class Replaying implements AutoCloseable {
    /** Receipts and transcripts in hand. */
    static final long HELD_MAX_BYTES = 32L << 20;

    private static final int CHECKPOINTS = 4_096;

    private final Assay assay;
    private final Wish wish;
    private final SeenCheckpoints seen = new SeenCheckpoints(CHECKPOINTS);
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final ArrayDeque<Pending> pending = new ArrayDeque<>();
    private final Totals totals = new Totals();
    private @Nullable Loaded loaded;
    private long heldBytes;

    /**
     * How to replay.
     *
     * @param transcript its file; beside the receipt if nothing is said
     * @param opening of the trace; beside the receipt if nothing is said
     * @param model to use; the one that the receipt names if nothing is said
     * @param threads of the engine
     * @param together receipts at once
     */
    record Wish(
            Optional<Path> transcript,
            Optional<Path> opening,
            Optional<String> model,
            OptionalInt threads,
            int together) {}

    private record Loaded(Path file, Engine engine, ModelText text) {}

    private record Pending(Candidate candidate, Optional<TraceOpening> opening, Future<Replays.Report> report) {}

    /** What all receipts came to. */
    private static final class Totals {
        private final long begun = System.nanoTime();
        private int same;
        private int different;
        private int open;
        private long positions;
        private final TreeSet<Integer> codes = new TreeSet<>();

        void add(int code) {
            codes.add(code);
            same += code == Exit.OK ? 1 : 0;
            different += code == Exit.FAILED ? 1 : 0;
            open += code == Exit.OK || code == Exit.FAILED ? 0 : 1;
        }

        String line() {
            double seconds = (System.nanoTime() - begun) / 1e9;
            return String.format(
                    Locale.ROOT,
                    "%s: %d replayed and the same, %d not, %d not decided; %s in %.1f s, %.0f/s",
                    Counted.of(same + different + open, "receipt"),
                    same,
                    different,
                    open,
                    Counted.of(positions, "position"),
                    seconds,
                    positions / seconds);
        }
    }

    Replaying(Assay assay, Wish wish) {
        this.assay = assay;
        this.wish = wish;
    }

    /** Replays all of them and prints what that says; the exit code is the strongest word against any. */
    int audit(List<Path> files) throws IOException, InterruptedException, Mistake, MalformedException {
        try (this) {
            for (Path file : files) {
                begin(file);
            }
            while (!pending.isEmpty()) {
                tellFirst();
            }
        }
        if (files.size() > 1 && !assay.json()) {
            assay.screen().out().println(totals.line());
        }
        return Verify.worst(totals.codes);
    }

    private void begin(Path file) throws IOException, InterruptedException, Mistake, MalformedException {
        Path transcript = Candidate.transcript(file, wish.transcript);
        long size = Files.exists(transcript) ? Files.size(transcript) : 0;
        while (!pending.isEmpty() && (pending.size() >= wish.together || heldBytes + size > HELD_MAX_BYTES)) {
            tellFirst();
        }
        Candidate candidate = Candidate.read(file, wish.transcript, seen);
        Optional<Verdict> refused = candidate.refused();
        Optional<StoredModel> stored = Optional.empty();
        if (refused.isEmpty()) {
            stored = weights(assay.models(), wish.model, candidate.subject().receipt());
            if (stored.isEmpty()) {
                Receipt.Model model = candidate.subject().receipt().model();
                refused = Optional.of(new Verdict.Undecided("the model " + model.id() + ", file sha256 "
                        + model.file().hex() + ": assay pull it"));
            }
        }
        Optional<TraceOpening> opened = Optional.empty();
        try {
            opened = refused.isPresent() ? opened : TraceOpening.find(file, wish.opening);
        } catch (MalformedException e) {
            refused = Optional.of(new Verdict.Malformed(e.offset(), "opening: " + e.getMessage()));
        }
        if (refused.isPresent() || stored.isEmpty()) {
            drain();
            totals.add(undone(assay, file, refused.orElseThrow()));
            return;
        }
        Loaded model = loaded(stored.get());
        assay.screen().passing("replaying…");
        LightAudit.Subject subject = candidate.subject();
        pending.add(new Pending(
                candidate,
                opened,
                threads.submit(
                        () -> Replays.replay(model.engine, model.text, subject.receipt(), subject.transcript()))));
        heldBytes += candidate.sizeBytes();
    }

    /** The model of this name, or without one that whose file the receipt names, if it is here. */
    static Optional<StoredModel> weights(ModelStore models, Optional<String> name, Receipt receipt)
            throws IOException, Mistake {
        return name.isPresent()
                ? Optional.of(Show.found(models, name.get()))
                : models.find(receipt.model().file().hex());
    }

    /** The model in memory; another one takes its place when nothing needs it any more. */
    private Loaded loaded(StoredModel stored) throws IOException, InterruptedException, MalformedException {
        Loaded now = loaded;
        if (now != null && now.file.equals(stored.file())) {
            return now;
        }
        drain();
        close(now);
        assay.screen().passing("loading " + stored.name() + "…");
        Model model = Model.load(stored.file(), stored.derivedFolder());
        EngineOptions options = EngineOptions.standard()
                .withContext(model.program().shape().context())
                .withCache(0);
        Engine engine =
                new Engine(model, wish.threads.isPresent() ? options.withThreads(wish.threads.getAsInt()) : options);
        Loaded next = new Loaded(stored.file(), engine, ModelText.of(model.program(), model.tokenizer()));
        loaded = next;
        return next;
    }

    private static void close(@Nullable Loaded old) {
        if (old != null) {
            old.engine.close();
        }
    }

    private void drain() throws InterruptedException {
        while (!pending.isEmpty()) {
            tellFirst();
        }
    }

    private void tellFirst() throws InterruptedException {
        Pending first = pending.removeFirst();
        heldBytes -= first.candidate.sizeBytes();
        Receipt receipt = first.candidate.subject().receipt();
        Replays.Report report = await(first.report);
        totals.positions += report.tokens();
        List<String> faults = new ArrayList<>(report.faults());
        first.opening.flatMap(o -> o.differs(receipt, report.root())).ifPresent(faults::add);
        assay.screen().passing("");
        ReplayLines lines = new ReplayLines(
                first.candidate.file(),
                receipt,
                report,
                faults,
                first.opening.isPresent(),
                first.opening.map(TraceOpening::generationNanos).orElse(OptionalLong.empty()));
        if (assay.json()) {
            assay.screen().json(lines.json());
        } else {
            lines.print(assay.screen());
        }
        totals.add(lines.exitCode());
    }

    private static Replays.Report await(Future<Replays.Report> report) throws InterruptedException {
        try {
            return report.get();
        } catch (ExecutionException e) {
            throw new IllegalStateException("a replay broke down", e.getCause());
        }
    }

    /** Says why a receipt cannot be audited. */
    static int undone(Assay assay, Path file, Verdict why) {
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
            assay.screen().out().println(file + "  " + reason);
        }
        return why.exitCode();
    }

    @Override
    public void close() {
        threads.shutdownNow();
        close(loaded);
        loaded = null;
    }
}
