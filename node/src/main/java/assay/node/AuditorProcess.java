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
    private final Engine engine;
    private final Auditor auditor;
    private final Disputing disputes;
    private final Address account;

    private AuditorProcess(LiveLedger ledger, Engine engine, Auditor auditor, Disputing disputes, Address account) {
        this.ledger = ledger;
        this.engine = engine;
        this.auditor = auditor;
        this.disputes = disputes;
        this.account = account;
    }

    /**
     * Joins a network: waits for a node that publishes the model, and for money, bonds, and begins. It ends with the
     * ledger, which it closes.
     *
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
        Sender sender = Bootstrap.joinAuditor(ledger, home, model.program().root(), say);
        Engine engine = new Engine(model, options);
        ModelText text = ModelText.of(model.program());
        DeliveredCases delivered = new DeliveredCases(ledger, sender, text, home.auditorSecret(), TRIES, reach);
        Auditor.Source cases = new KeptCases(delivered, home.cases(), ledger);
        Auditor auditor = new Auditor(engine, text, ledger, sender, cases, home.auditorSecret());
        Disputing disputes = new Disputing(ledger, sender, new ReplayedWorks(engine, text, file, cases));
        delivered.onAnswer(auditor::again);
        auditor.start();
        disputes.start();
        return new AuditorProcess(
                ledger, engine, auditor, disputes, sender.signer().address());
    }

    /** The auditor's account. */
    public Address account() {
        return account;
    }

    @Override
    public void close() throws IOException {
        ledger.stopWaiting();
        disputes.close();
        engine.close();
        auditor.close();
        ledger.close();
    }
}
