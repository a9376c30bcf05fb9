package assay.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import assay.core.base.Amount;
import assay.core.base.Hash;
import assay.ledger.Event;
import assay.ledger.light.Reach;
import assay.ledger.state.Receipt;
import assay.ledger.tx.Transaction;
import assay.node.audit.Auditor;
import assay.node.audit.DeliveredCases;
import assay.node.serve.Duties;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An auditor that a node does not deliver to complains by itself, and goes on with what the ledger brings. */
final class ComplaintTest {
    private static final String QUESTION =
            "{\"model\":\"tiny\",\"max_tokens\":6,\"seed\":3,\"messages\":[{\"role\":\"user\",\"content\":\"Who is there?\"}]}";

    private static final Hash SECRET = Hash.sha256(new byte[] {1});

    @TempDir
    Path dir;

    @Test
    void whatAnHonestNodeAnswersOnTheLedgerIsReplayedAndConfirmed() throws Exception {
        try (TestNetwork net = new TestNetwork(dir, Models.honest(dir)).posting();
                Duties duties = new Duties(net.ledger, net.ready.operator(), net.book, demand -> Optional.empty());
                Auditor auditor = auditor(net)) {
            duties.start();
            auditor.start();
            net.enter(Forge.answer(net, QUESTION, Cheat.none()));
            assertEquals(Receipt.Status.CONFIRMED, end(net));
            assertTrue(net.events.stream().anyMatch(Event.DemandAnswered.class::isInstance), "no other way led there");
        }
    }

    @Test
    void aNodeThatAnswersRubbishOnTheLedgerIsCaughtByItsAuditor() throws Exception {
        try (TestNetwork net = new TestNetwork(dir, Models.honest(dir)).posting();
                Auditor auditor = auditor(net)) {
            net.ledger.onBlock(block -> block.events().forEach(event -> {
                if (event instanceof Event.Demanded asked) {
                    net.ready.operator().send(new Transaction.AnswerDemand(asked.demand(), "rubbish"));
                }
            }));
            auditor.start();
            net.enter(Forge.answer(net, QUESTION, Cheat.none()));
            assertEquals(Receipt.Status.WITHHELD, end(net));
            Amount stake = net.ledger
                    .state()
                    .operator(net.ready.operator().signer().address())
                    .orElseThrow()
                    .stake()
                    .total();
            assertTrue(stake.isBelow(Amount.ofUnits(200)), stake::toString);
        }
    }

    /** An auditor whose node has no address at which it could be asked. */
    private static Auditor auditor(TestNetwork net) {
        DeliveredCases cases = new DeliveredCases(net.ledger, net.ready.auditor(), net.text, SECRET, 1, Reach.PUBLIC);
        Auditor auditor = new Auditor(net.engine, net.text, net.ledger, net.ready.auditor(), cases, SECRET);
        cases.onAnswer(auditor::again);
        return auditor;
    }

    private static Receipt.Status end(TestNetwork net) throws InterruptedException {
        long end = System.nanoTime() + 120_000_000_000L;
        Optional<Event.ReceiptFinal> last = Optional.empty();
        while (last.isEmpty() && System.nanoTime() < end) {
            Thread.sleep(20);
            last = net.events.stream()
                    .filter(Event.ReceiptFinal.class::isInstance)
                    .map(Event.ReceiptFinal.class::cast)
                    .findFirst();
        }
        return last.orElseThrow().status();
    }
}
