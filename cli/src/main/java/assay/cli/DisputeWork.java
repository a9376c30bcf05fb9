package assay.cli;

import assay.core.base.Hash;
import assay.core.base.MalformedException;
import assay.core.dispute.Work;
import assay.core.receipt.Digests;
import assay.core.receipt.Receipt;
import assay.core.receipt.Transcript;
import assay.core.verify.ModelText;
import assay.core.verify.TranscriptCheck;
import assay.core.verify.Verdict;
import assay.core.verify.Verifier;
import assay.engine.gguf.GgufFile;
import assay.engine.infer.Engine;
import assay.engine.infer.EngineOptions;
import assay.engine.infer.Model;
import assay.engine.store.StoredModel;
import assay.prover.dispute.FileRows;
import assay.prover.dispute.ReplayedWork;
import java.io.IOException;
import java.util.Optional;
import java.util.OptionalInt;

/** An answer computed again here, and how it differs from the one in the receipt. */
final class DisputeWork implements AutoCloseable {
    private final GgufFile file;
    private final Engine engine;
    private final ReplayedWork work;
    private final Optional<String> textFault;

    private DisputeWork(GgufFile file, Engine engine, ReplayedWork work, Optional<String> textFault) {
        this.file = file;
        this.engine = engine;
        this.work = work;
        this.textFault = textFault;
    }

    /** Replays it with the weights on this machine. */
    static DisputeWork replay(Assay assay, Receipt receipt, Transcript clear, StoredModel stored, OptionalInt threads)
            throws IOException, InterruptedException, Mistake, MalformedException {
        assay.screen().passing("loading " + stored.name() + "…");
        Model loaded = Model.load(stored.file(), stored.derivedFolder());
        if (!loaded.program().root().equals(receipt.model().program())) {
            throw new Mistake(
                    stored.name() + " compiles to program "
                            + loaded.program().root().hex().substring(0, 16) + "…, the receipt names "
                            + receipt.model().program().hex().substring(0, 16) + "…",
                    "name the file that the receipt is about with --model",
                    Exit.FAILED);
        }
        int longest = clear.promptIds().length
                + clear.choices().stream().mapToInt(c -> c.ids().size()).max().orElse(0);
        EngineOptions options = EngineOptions.standard().withContext(Math.max(1, longest));
        GgufFile file = GgufFile.open(stored.file());
        Engine engine = new Engine(loaded, threads.isPresent() ? options.withThreads(threads.getAsInt()) : options);
        boolean done = false;
        try {
            assay.screen().passing("computing the answer again…");
            ModelText text = ModelText.of(loaded.program(), loaded.tokenizer());
            Optional<String> fault = textFault(receipt, clear, text);
            ReplayedWork work =
                    new ReplayedWork(engine, new FileRows(file), loaded.program(), receipt, clear, fault.isPresent());
            assay.screen().passing("");
            done = true;
            return new DisputeWork(file, engine, work, fault);
        } catch (IllegalArgumentException e) {
            throw new Mistake("it cannot be computed again: " + e.getMessage(), "", Exit.FAILED);
        } finally {
            if (!done) {
                engine.close();
                file.close();
            }
        }
    }

    private static Optional<String> textFault(Receipt receipt, Transcript clear, ModelText text) {
        return switch (TranscriptCheck.check(receipt, clear, text)) {
            case Verdict.Valid v -> Verifier.contradiction(receipt);
            case Verdict.Invalid v -> Optional.of(v.reason());
            case Verdict.Malformed v -> Optional.of(v.reason());
            case Verdict.Undecided v -> Optional.of("undecided: " + v.need());
        };
    }

    /** What is not as the receipt has it. */
    Optional<String> difference(Optional<Hash> opened) {
        if (textFault.isPresent()) {
            return textFault;
        }
        int prompt = work.transcript().promptIds().length;
        for (int c = 0; c < work.choices().size(); c++) {
            Work.ChoiceWork own = work.choices().get(c);
            Optional<Integer> at = own.answeredOtherwise();
            if (at.isPresent()) {
                int token = at.get() + 1 - prompt;
                return Optional.of("token " + token + " of the answer is id "
                        + work.transcript().choices().get(c).idArray()[token] + ", your replay picks "
                        + own.picked(at.get()));
            }
        }
        return opened.isPresent() && !opened.get().equals(work.root())
                ? Optional.of("the same tokens, but another trace than your replay's")
                : Optional.empty();
    }

    /** What this party computed. */
    ReplayedWork work() {
        return work;
    }

    /** The root that it stands for: of its trace, or, where the answer differs, none that could be the node's. */
    Hash stated() {
        boolean same = textFault.isEmpty()
                && work.choices().stream().allMatch(c -> c.answeredOtherwise().isEmpty());
        return same ? work.root() : Digests.fault(work.root());
    }

    @Override
    public void close() {
        engine.close();
        file.close();
    }
}
