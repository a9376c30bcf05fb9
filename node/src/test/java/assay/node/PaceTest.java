package assay.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import assay.core.base.Amount;
import assay.core.base.Hash;
import assay.engine.infer.Model;
import assay.ledger.Event;
import assay.ledger.Outcome;
import assay.ledger.state.Params;
import assay.ledger.tx.Transaction;
import assay.node.pay.Charges;
import assay.node.serve.Book;
import assay.node.serve.Pace;
import assay.node.serve.Posting;
import java.nio.file.Path;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Receipts that wait for others to share a fee, and are posted all the same: always, and in time. */
@Timeout(400)
final class PaceTest {
    private static final Pace PATIENT = new Pace(3, 3_600_000, 10);

    @TempDir
    static Path models;

    @TempDir
    Path dir;

    private static Model honest;

    @BeforeAll
    static void loadModel() throws Exception {
        honest = Models.honest(models);
    }

    private static Posting posting(TestNetwork net, Book book, Pace pace) {
        Posting posting = new Posting(net.ledger, net.ready.operator(), book, net.payer, new Charges(), pace);
        posting.start();
        return posting;
    }

    private static void answer(TestNetwork net, int seed) throws Exception {
        net.enter(Forge.answer(
                net,
                "{\"model\":\"tiny\",\"max_tokens\":4,\"seed\":" + seed
                        + ",\"messages\":[{\"role\":\"user\",\"content\":\"Who is there?\"}]}",
                Cheat.none()));
    }

    private static long posted(TestNetwork net) {
        return net.ledger.state().log(net.ready.operator().signer().address()).size();
    }

    private static long checkpoints(TestNetwork net) {
        return net.events.stream()
                .filter(Event.CheckpointPosted.class::isInstance)
                .count();
    }

    private static void await(BooleanSupplier what) throws InterruptedException {
        long end = System.nanoTime() + 300_000_000_000L;
        while (!what.getAsBoolean() && System.nanoTime() < end) {
            Thread.sleep(5);
        }
        assertTrue(what.getAsBoolean());
    }

    /** A task after another one is looked at when that one was: so this one waits. */
    private static void stays(TestNetwork net, Posting posting, long size) throws InterruptedException {
        posting.post();
        Thread.sleep(300); // where it would be posted, this is long enough; where it is not, too short is harmless
        assertEquals(size, posted(net));
    }

    @Test
    void receiptsAreCountedAndPostedTogether() throws Exception {
        try (TestNetwork net = new TestNetwork(dir, honest);
                Posting posting = posting(net, net.book, PATIENT)) {
            answer(net, 1);
            answer(net, 2);
            stays(net, posting, 0);
            answer(net, 3);
            posting.post();
            await(() -> posted(net) == 3);
            assertEquals(1, checkpoints(net));
        }
    }

    @Test
    void oneThatWaitedLongEnoughIsPostedAlone() throws Exception {
        try (TestNetwork net = new TestNetwork(dir, honest);
                Posting posting = posting(net, net.book, new Pace(100, 200, 10))) {
            answer(net, 1);
            posting.post();
            await(() -> posted(net) == 1);
        }
    }

    @Test
    void whatWaitsWhenTheNodeStopsIsPosted() throws Exception {
        try (TestNetwork net = new TestNetwork(dir, honest)) {
            Posting posting = posting(net, net.book, PATIENT);
            answer(net, 1);
            answer(net, 2);
            stays(net, posting, 0);
            posting.close();
            assertEquals(2, posted(net));
        }
    }

    @Test
    @SuppressWarnings("try") // it posts by being there
    void whatWaitsWhenTheNodeIsKilledIsPostedAtTheNextStart() throws Exception {
        try (TestNetwork net = new TestNetwork(dir, honest)) {
            Posting killed = posting(net, net.book, PATIENT);
            answer(net, 1);
            answer(net, 2);
            stays(net, killed, 0);
            net.book.close(); // nothing else of the killed process writes any more
            try (Book again = Book.open(new Home(dir).node(), net.signer);
                    Posting next = posting(net, again, PATIENT)) {
                await(() -> posted(net) == 2);
            }
        }
    }

    @Test
    void nothingWaitsUntilTheRulesPunishIt() throws Exception {
        Params p = Params.embedded();
        Params.Disputes d = new Params.Disputes(100_000, 100_000, 20, 0, Amount.ZERO);
        Params hasty = new Params(p.windows(), p.shares(), p.audits(), p.costs(), d);
        try (TestNetwork net = new TestNetwork(dir, honest, hasty);
                Posting posting = posting(net, net.book, PATIENT)) {
            answer(net, 1);
            long height = net.book.newest().orElseThrow().receipt().ledger().height();
            stays(net, posting, 0);
            net.ledger.advance((int) (height + 9 - net.ledger.state().height())).join();
            stays(net, posting, 0);
            net.ledger.advance(1).join(); // half of the twenty that the rules give it; no other block comes
            await(() -> posted(net) == 1);
            Hash receipt = net.book.newest().orElseThrow().digest();
            long at = net.ledger
                    .state()
                    .receipt(net.ready.operator().signer().address(), receipt)
                    .orElseThrow()
                    .postedAt();
            assertTrue(at <= height + 20, () -> at + " after " + height);
        }
    }

    @Test
    void aChannelThatClosesIsPostedAndRedeemedBeforeItDoes() throws Exception {
        try (TestNetwork net = new TestNetwork(dir, honest);
                Posting posting = posting(net, net.book, PATIENT)) {
            answer(net, 1);
            stays(net, posting, 0);
            Outcome closing = net.ready
                    .wallet()
                    .send(new Transaction.CloseChannel(net.ready.channel()))
                    .join();
            assertTrue(closing instanceof Outcome.Applied, closing::toString);
            await(() -> posted(net) == 1);
            await(() -> net.events.stream().anyMatch(Event.ReceiptPaid.class::isInstance));
        }
    }

    @Test
    void whereTransactionsCostNothingNothingWaits() {
        assertEquals(Pace.AT_ONCE, Pace.of(Params.embedded()));
        assertEquals(Pace.AT_ONCE, Pace.of(Params.local()));
        assertEquals(Pace.SHARED, Pace.of(Params.shared()));
    }
}
