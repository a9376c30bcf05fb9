package assay.node.audit;

import assay.core.base.Hash;
import assay.core.base.MalformedException;
import assay.core.dispute.Work;
import assay.core.receipt.Receipt;
import assay.core.receipt.Transcript;
import assay.core.verify.ModelText;
import assay.core.verify.TranscriptCheck;
import assay.core.verify.Verdict;
import assay.core.verify.Verifier;
import assay.engine.gguf.GgufFile;
import assay.engine.infer.Engine;
import assay.ledger.crypto.Address;
import assay.prover.dispute.FileRows;
import assay.prover.dispute.ReplayedWork;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Work for disputes, by a replay on this machine's engine; weights come from the model's file, which is opened when they
 * are first needed and stays open, since works go on reading it.
 */
public final class ReplayedWorks implements Disputing.Works, AutoCloseable {
    private final Engine engine;
    private final ModelText text;
    private final Path modelFile;
    private final Auditor.Source source;
    private Optional<Opened> opened = Optional.empty();

    private record Opened(GgufFile file, FileRows rows) {}

    /** @param modelFile of the engine's model */
    public ReplayedWorks(Engine engine, ModelText text, Path modelFile, Auditor.Source source) {
        this.engine = engine;
        this.text = text;
        this.modelFile = modelFile;
        this.source = source;
    }

    @Override
    public Optional<Work> find(Address operator, Hash receipt)
            throws IOException, MalformedException, InterruptedException {
        Optional<Auditor.Case> found = source.find(receipt);
        if (found.isEmpty()) {
            return Optional.empty();
        }
        Receipt told = found.get().receipt();
        Transcript transcript = found.get().transcript();
        boolean textWrong = !(TranscriptCheck.check(told, transcript, text) instanceof Verdict.Valid)
                || Verifier.contradiction(told).isPresent();
        return Optional.of(new ReplayedWork(engine, rows(), engine.model().program(), told, transcript, textWrong));
    }

    private synchronized FileRows rows() throws IOException, MalformedException {
        if (opened.isEmpty()) {
            GgufFile file = GgufFile.open(modelFile);
            opened = Optional.of(new Opened(file, new FileRows(file)));
        }
        return opened.get().rows();
    }

    /** Lets go of the file: no row can be shown of any work found before. So who plays with them is closed first. */
    @Override
    public synchronized void close() {
        opened.ifPresent(o -> o.file().close());
        opened = Optional.empty();
    }
}
