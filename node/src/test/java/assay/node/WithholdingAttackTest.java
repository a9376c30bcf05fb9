package assay.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import assay.core.base.Amount;
import assay.engine.infer.Model;
import assay.ledger.Event;
import assay.ledger.Outcome;
import assay.ledger.Reason;
import assay.ledger.state.Params;
import assay.ledger.state.Receipt.Status;
import assay.ledger.store.EmbeddedLedger;
import assay.node.serve.Book;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Predicate;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Those who say nothing: a node that does not open its root, an auditor that does not answer. */
final class WithholdingAttackTest {
    private static final String QUESTION =
            "{\"model\":\"tiny\",\"seed\":3,\"max_tokens\":8,\"messages\":[{\"role\":\"user\",\"content\":\"hello\"}]}";

    /** Windows of a few blocks, which the tests let pass. */
    private static final Params QUICK = new Params(
            new Params.Windows(1_000, 50, 50, 0, 0, 5, 5, 5),
            Params.embedded().shares(),
            Params.embedded().audits(),
            Params.embedded().costs(),
            new Params.Disputes(5, 5, 100, 0, Amount.ZERO),
            Params.Governance.NONE,
            new Params.Hosting(20, 20, 0, 1, Amount.ZERO, Amount.ZERO, Amount.ZERO, 20));

    @TempDir
    Path dir;

    private Model model;

    @BeforeEach
    void loadModel() throws Exception {
        model = Models.honest(dir);
    }

    @Test
    void aNodeThatDoesNotOpenItsRootIsSlashedAsForAFault() throws Exception {
        try (TestNetwork net = new TestNetwork(dir.resolve("home"), model, QUICK).auditing()) {
            Forged honest = Forge.answer(net, QUESTION, Cheat.none());
            Book.Entry entry = net.enter(honest);
            Amount paid = Amount.ofMicro(honest.receipt().payment().amount());
            net.postAsIs(paid);
            await(net, e -> e instanceof Event.NodeRevealOpened);
            passBlocks(net.ledger, 7);
            assertEquals(Status.WITHHELD, net.verdict(entry.digest()));
            Event.Slashed slashed = (Event.Slashed) net.events.stream()
                    .filter(e -> e instanceof Event.Slashed)
                    .findFirst()
                    .orElseThrow();
            assertEquals(paid, slashed.refunded());
            assertFalse(slashed.burned().plus(slashed.burned()).isBelow(slashed.amount()));
        }
    }

    @Test
    void anAuditorThatKeepsSilentCostsTheNodeNothingAndConfirmsNothing() throws Exception {
        try (TestNetwork net = new TestNetwork(dir.resolve("home"), model, QUICK).posting()) {
            Book.Entry entry = net.enter(Forge.answer(net, QUESTION, Cheat.none()));
            await(net, e -> e instanceof Event.AuditDrawn);
            passBlocks(net.ledger, 40);
            assertEquals(Status.UNAUDITED, net.verdict(entry.digest()));
            assertTrue(net.events.stream().anyMatch(e -> e instanceof Event.AuditorSilent));
            assertTrue(net.events.stream().noneMatch(e -> e instanceof Event.Slashed));
            assertTrue(net.events.stream().noneMatch(e -> e instanceof Event.AuditFeePaid));
        }
    }

    @Test
    void aHigherAmountThanTheLogWeighsIsRefusedByTheLedger() throws Exception {
        try (TestNetwork net = new TestNetwork(dir.resolve("home"), model, QUICK)) {
            Forged honest = Forge.answer(net, QUESTION, Cheat.none());
            net.enter(honest);
            long paid = honest.receipt().payment().amount();
            List<Outcome> outcomes = net.post(Amount.ofMicro(paid + 1));
            assertEquals(new Outcome.Rejected(Reason.CHECKPOINT_ROOT), outcomes.getFirst());
        }
    }

    private static void passBlocks(EmbeddedLedger ledger, int blocks) {
        ledger.advance(blocks).join();
    }

    private static void await(TestNetwork net, Predicate<Event> wanted) throws InterruptedException {
        long end = System.nanoTime() + 60_000_000_000L;
        while (net.events.stream().noneMatch(wanted)) {
            assertTrue(System.nanoTime() < end, "nothing happened; events so far: " + net.events);
            Thread.sleep(5);
        }
    }
}
