package assay.node;

import assay.core.base.MalformedException;
import assay.core.verify.ModelText;
import assay.engine.infer.Engine;
import assay.engine.infer.EngineOptions;
import assay.engine.infer.Model;
import assay.ledger.crypto.Address;
import assay.ledger.light.Reach;
import assay.ledger.store.LiveLedger;
import assay.ledger.store.Sender;
import assay.node.audit.Auditor;
import assay.node.audit.DeliveredCases;
import assay.node.audit.Disputing;
import assay.node.audit.KeptCases;
import assay.node.audit.ReplayedWorks;
import java.io.IOException;
import java.nio.file.Path;
import java.util.function.Consumer;

/** An auditor of a network: bonded for one model, it fetches what it was drawn for from the nodes. */
public final class AuditorProcess implements AutoCloseable {
    private static final int TRIES = 10;

    private final LiveLedger ledger;
    private final Parts parts;
    private final Address account;

    private AuditorProcess(LiveLedger ledger, Parts parts, Address account) {
        this.ledger = ledger;
        this.parts = parts;
        this.account = account;
    }

    /**
     * Joins a network: waits for a node that publishes the model, and for money, bonds, and begins.
     *
     * @param ledger is closed with the auditor, also if it cannot start
     * @param file of the model: a dispute shows rows of it
     * @param reach where nodes may be
     * @param say is told what the network waits for
     */
    public static AuditorProcess join(
            Home home,
            Model model,
            Path file,
            EngineOptions options,
            LiveLedger ledger,
            Reach reach,
            Consumer<String> say)
            throws IOException, MalformedException, InterruptedException {
        Parts parts = new Parts();
        parts.add(ledger::close);
        boolean isStarted = false;
        try {
            Sender sender = Bootstrap.joinAuditor(ledger, home, model.program().root(), say);
            ModelText text = ModelText.of(model.program());
            DeliveredCases delivered = new DeliveredCases(ledger, sender, text, home.auditorSecret(), TRIES, reach);
            Auditor.Source cases = new KeptCases(delivered, home.cases(), ledger);
            Engine engine = new Engine(model, options);
            Auditor auditor = new Auditor(engine, text, ledger, sender, cases, home.auditorSecret());
            ReplayedWorks works = new ReplayedWorks(engine, text, file, cases);
            Disputing disputes = new Disputing(ledger, sender, works);
            parts.add(auditor::close);
            parts.add(engine::close); // before the auditor: what it replays ends with it
            parts.add(works::close);
            parts.add(disputes::close);
            delivered.onAnswer(auditor::again);
            auditor.start();
            disputes.start();
            isStarted = true;
            return new AuditorProcess(ledger, parts, sender.signer().address());
        } finally {
            if (!isStarted) {
                parts.close();
            }
        }
    }

    /** The auditor's account. */
    public Address account() {
        return account;
    }

    @Override
    public void close() throws IOException {
        ledger.stopWaiting();
        parts.close();
    }
}
