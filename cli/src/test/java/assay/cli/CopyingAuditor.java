package assay.cli;

import assay.core.base.Amount;
import assay.core.base.Hash;
import assay.ledger.Event;
import assay.ledger.crypto.Address;
import assay.ledger.light.LedgerUrl;
import assay.ledger.light.LightLedger;
import assay.ledger.state.Audit;
import assay.ledger.store.Sender;
import assay.ledger.tx.Ids;
import assay.ledger.tx.Signer;
import assay.ledger.tx.Transaction;
import assay.node.Home;
import assay.node.follow.FollowedLedger;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.concurrent.CountDownLatch;

/**
 * An auditor that computes nothing, as a process: it commits to what another committed to, and reveals what another
 * revealed. Arguments: ledger URL, home, model id.
 */
final class CopyingAuditor {
    private CopyingAuditor() {}

    public static void main(String[] args) throws Exception {
        Path folder = Path.of(args[1]);
        LightLedger light = LightLedger.open(
                LedgerUrl.parse(args[0]), new Home(folder).dir().resolve("trust"), InstantSource.system());
        FollowedLedger ledger = FollowedLedger.open(light, folder.resolve("followed"));
        Signer signer = new Signer(new Home(folder).account("auditor"), ledger.chainId());
        Sender sender = new Sender(ledger, signer);
        sender.send(new Transaction.BondAuditor(Hash.ofHex(args[2]), Amount.ofUnits(200)))
                .join();
        ledger.onBlock(block -> block.events().forEach(e -> copy(ledger, sender, e)));
        System.out.println("bonded");
        new CountDownLatch(1).await();
    }

    private static void copy(FollowedLedger ledger, Sender sender, Event event) {
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
                        System.out.println("copied");
                        sender.send(new Transaction.CommitAudit(c.operator(), c.receipt(), stolen));
                    });
        } else if (event instanceof Event.AuditRevealed r && !r.auditor().equals(me)) {
            sender.send(new Transaction.RevealAudit(r.operator(), r.receipt(), r.root(), Ids.NONE));
        }
    }
}
