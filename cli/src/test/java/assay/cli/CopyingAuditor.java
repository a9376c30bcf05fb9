package assay.cli;

import assay.ledger.Event;
import assay.ledger.crypto.Address;
import assay.ledger.state.Audit;
import assay.ledger.store.LiveLedger;
import assay.ledger.store.Sender;
import assay.ledger.tx.Ids;
import assay.ledger.tx.Transaction;
import java.util.function.Consumer;

/** An auditor that computes nothing: it commits to what another committed to, and reveals what another revealed. */
final class CopyingAuditor {
    private CopyingAuditor() {}

    static void hear(LiveLedger ledger, Sender sender, Event event, Consumer<String> say) {
        Address me = sender.signer().address();
        if (event instanceof Event.AuditCommitted c && !c.auditor().equals(me)) {
            ledger.state()
                    .audit(c.operator(), c.receipt())
                    .filter(a -> a.slot(me)
                            .filter(s -> s.commitment().equals(Ids.NONE))
                            .isPresent())
                    .flatMap(a -> a.slot(c.auditor()))
                    .map(Audit.Slot::commitment)
                    .ifPresent(stolen -> {
                        say.accept("copied");
                        sender.send(new Transaction.CommitAudit(c.operator(), c.receipt(), stolen));
                    });
        } else if (event instanceof Event.AuditRevealed r && !r.auditor().equals(me)) {
            sender.send(new Transaction.RevealAudit(r.operator(), r.receipt(), r.root(), Ids.NONE));
        }
    }

    public static void main(String[] args) throws Exception {
        BadAuditor.run(args, CopyingAuditor::hear);
    }
}
