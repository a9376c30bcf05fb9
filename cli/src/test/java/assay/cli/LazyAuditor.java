package assay.cli;

import assay.core.base.Hash;
import assay.ledger.Event;
import assay.ledger.crypto.Address;
import assay.ledger.store.LiveLedger;
import assay.ledger.store.Sender;
import assay.ledger.tx.Ids;
import assay.ledger.tx.Transaction;
import java.util.function.Consumer;

/** An auditor that saves itself the work: it commits to a root that it made up, and goes no further in a dispute. */
final class LazyAuditor {
    private static final Hash GUESS = Hash.sha256(new byte[] {42});
    private static final Hash SALT = Hash.sha256(new byte[] {43});

    private LazyAuditor() {}

    static void hear(LiveLedger ledger, Sender sender, Event event, Consumer<String> say) {
        Address me = sender.signer().address();
        if (event instanceof Event.AuditDrawn drawn && drawn.auditors().contains(me)) {
            say.accept("guesses");
            Hash commitment = Ids.commitment(ledger.chainId(), drawn.receipt(), me, GUESS, SALT);
            sender.send(new Transaction.CommitAudit(drawn.operator(), drawn.receipt(), commitment));
        } else if (event instanceof Event.RevealOpened opened) {
            sender.send(new Transaction.RevealAudit(opened.operator(), opened.receipt(), GUESS, SALT));
        }
    }

    public static void main(String[] args) throws Exception {
        BadAuditor.run(args, LazyAuditor::hear);
    }
}
