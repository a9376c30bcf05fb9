package assay.cli;

import assay.core.base.Amount;
import assay.core.base.Hash;
import assay.ledger.Event;
import assay.ledger.light.LedgerUrl;
import assay.ledger.light.LightLedger;
import assay.ledger.store.LiveLedger;
import assay.ledger.store.Sender;
import assay.ledger.tx.Signer;
import assay.ledger.tx.Transaction;
import assay.node.Home;
import assay.node.follow.FollowedLedger;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.concurrent.CountDownLatch;
import java.util.function.Consumer;

/** An auditor that is bonded like any other and plays by its own rules. */
final class BadAuditor {
    private BadAuditor() {}

    /** What it does when something happens. */
    interface Conduct {
        void hear(LiveLedger ledger, Sender sender, Event event, Consumer<String> say);
    }

    /** Bonds and begins. */
    static void begin(LiveLedger ledger, Sender sender, Hash model, Conduct conduct, Consumer<String> say) {
        ledger.onBlock(block -> block.events().forEach(e -> conduct.hear(ledger, sender, e, say)));
        sender.send(new Transaction.BondAuditor(model, Amount.ofUnits(200))).join();
        say.accept("bonded");
    }

    /** As a process. Arguments: ledger URL, home, model id. */
    static void run(String[] args, Conduct conduct) throws Exception {
        Path folder = Path.of(args[1]);
        LightLedger light = LightLedger.open(
                LedgerUrl.parse(args[0]), new Home(folder).dir().resolve("trust"), InstantSource.system());
        FollowedLedger ledger = FollowedLedger.open(light, folder.resolve("followed"));
        Signer signer = new Signer(new Home(folder).account("auditor"), ledger.chainId());
        begin(ledger, new Sender(ledger, signer), Hash.ofHex(args[2]), conduct, System.out::println);
        new CountDownLatch(1).await();
    }
}
