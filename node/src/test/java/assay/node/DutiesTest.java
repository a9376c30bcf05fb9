package assay.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import assay.core.base.Hash;
import assay.ledger.Event;
import assay.ledger.Outcome;
import assay.ledger.crypto.Address;
import assay.ledger.delivery.DeliveryKey;
import assay.ledger.delivery.SealedDelivery;
import assay.ledger.state.Demand;
import assay.ledger.state.Key;
import assay.ledger.store.LiveLedger;
import assay.ledger.tx.Transaction;
import assay.node.serve.Book;
import assay.node.serve.Duties;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An honest node answers what the ledger demands of it in time, and so keeps its stake. */
final class DutiesTest {
    private static final String QUESTION =
            "{\"model\":\"tiny\",\"max_tokens\":6,\"seed\":3,\"messages\":[{\"role\":\"user\",\"content\":\"Who is there?\"}]}";

    @TempDir
    Path dir;

    private Address operator;

    @BeforeEach
    void nothing() {
        operator = Address.NONE;
    }

    private TestNetwork network() throws Exception {
        TestNetwork net = new TestNetwork(dir, Models.honest(dir)).posting();
        operator = net.ready.operator().signer().address();
        return net;
    }

    private Duties duties(TestNetwork net) {
        Duties duties = new Duties(net.ledger, net.ready.operator(), net.book, demand -> Optional.empty());
        duties.start();
        return duties;
    }

    @Test
    void aChallengedCheckpointIsShownToBeConsistentAlsoWhileTheLogGrows() throws Exception {
        try (TestNetwork net = network()) {
            for (int i = 0; i < 3; i++) {
                net.enter(Forge.answer(net, QUESTION.replace("there", "there " + i), Cheat.none()));
            }
            awaitPosted(net, 3);
            Hash key = Hash.ofBytes(net.signer.key().bytes());
            try (Duties duties = duties(net)) {
                for (long size = 1; size <= 3; size++) {
                    String note = new String(
                            net.book.checkpoint(size).sign(net.signer).encode(), StandardCharsets.UTF_8);
                    applied(net, new Transaction.ChallengeCheckpoint(key, note));
                    net.enter(Forge.answer(net, QUESTION.replace("there", "here " + size), Cheat.none()));
                }
                awaitAnswered(net, 3);
                assertEquals("", duties.trouble());
            }
            assertTrue(net.events.stream().noneMatch(Event.DemandMissed.class::isInstance));
        }
    }

    @Test
    void anAuditorThatGotNothingFindsTheTranscriptOnTheLedger() throws Exception {
        try (TestNetwork net = network()) {
            Book.Entry entry = net.enter(Forge.answer(net, QUESTION, Cheat.none()));
            awaitPosted(net, 1);
            DeliveryKey key = DeliveryKey.fresh();
            Outcome outcome = net.ready
                    .auditor()
                    .send(new Transaction.ComplainDelivery(operator, entry.digest(), key.publicKey()))
                    .join();
            assertTrue(outcome instanceof Outcome.Applied, outcome.toString());
            // The node was off when it was asked, and finds the demand when it starts.
            try (Duties duties = duties(net)) {
                awaitAnswered(net, 1);
                assertEquals("", duties.trouble());
            }
            String answered = net.events.stream()
                    .filter(Event.DemandAnswered.class::isInstance)
                    .map(e -> ((Event.DemandAnswered) e).text())
                    .findFirst()
                    .orElseThrow();
            assertEquals(
                    net.book.transcript(entry).answer(),
                    SealedDelivery.openText(key, answered, entry.digest())
                            .transcript()
                            .answer());
            assertFalse(SealedDelivery.holds(DeliveryKey.fresh(), answered, entry.digest()), "for its auditor alone");
        }
    }

    @Test
    void whateverFailsOnceIsTriedAgain() throws Exception {
        try (TestNetwork net = network()) {
            net.enter(Forge.answer(net, QUESTION, Cheat.none()));
            awaitPosted(net, 1);
            AtomicInteger failures = new AtomicInteger(1);
            LiveLedger failing = (LiveLedger) Proxy.newProxyInstance(
                    LiveLedger.class.getClassLoader(), new Class<?>[] {LiveLedger.class}, (self, method, arguments) -> {
                        boolean isWorker = Thread.currentThread().getName().equals("assay-duties");
                        if (isWorker && method.getName().equals("state") && failures.getAndDecrement() > 0) {
                            throw new IllegalStateException("once");
                        }
                        return method.invoke(net.ledger, arguments);
                    });
            try (Duties duties = new Duties(failing, net.ready.operator(), net.book, demand -> Optional.empty())) {
                duties.start();
                Hash key = Hash.ofBytes(net.signer.key().bytes());
                String note = new String(net.book.checkpoint(1).sign(net.signer).encode(), StandardCharsets.UTF_8);
                applied(net, new Transaction.ChallengeCheckpoint(key, note));
                awaitAnswered(net, 1);
            }
            assertTrue(failures.get() < 1, "it failed");
        }
    }

    @Test
    void whatCannotBeAnsweredIsSaidAndStaysOpen() throws Exception {
        try (TestNetwork net = network();
                Duties duties = duties(net)) {
            net.enter(Forge.answer(net, QUESTION, Cheat.none()));
            awaitPosted(net, 1);
            Hash key = Hash.ofBytes(net.signer.key().bytes());
            var other = net.book.checkpoint(1);
            var forked = new assay.core.log.Checkpoint(
                    other.origin(), 1, Hash.sha256(new byte[] {1}), other.weight(), java.util.List.of());
            String note = new String(forked.sign(net.signer).encode(), StandardCharsets.UTF_8);
            applied(net, new Transaction.ChallengeCheckpoint(key, note));
            long end = System.nanoTime() + 60_000_000_000L;
            while (duties.trouble().isEmpty() && System.nanoTime() < end) {
                Thread.sleep(5);
            }
            assertTrue(duties.trouble().contains(Demand.Kind.CHECKPOINT.toString()), duties.trouble());
            assertEquals(1, demands(net));
        }
    }

    private static void applied(TestNetwork net, Transaction transaction) {
        Outcome outcome = net.ready.wallet().send(transaction).join();
        assertTrue(outcome instanceof Outcome.Applied, outcome.toString());
    }

    private static long demands(TestNetwork net) {
        long[] count = {0};
        net.ledger.state().demands().forEach(Key.ANY, (key, demand) -> count[0] += demand.isAnswered() ? 0 : 1);
        return count[0];
    }

    private void awaitPosted(TestNetwork net, long size) throws InterruptedException {
        long end = System.nanoTime() + 60_000_000_000L;
        while (net.ledger.state().log(operator).size() < size && System.nanoTime() < end) {
            Thread.sleep(5);
        }
        assertEquals(size, net.ledger.state().log(operator).size());
    }

    private static void awaitAnswered(TestNetwork net, int count) throws InterruptedException {
        long end = System.nanoTime() + 60_000_000_000L;
        while (net.events.stream()
                                .filter(Event.DemandAnswered.class::isInstance)
                                .count()
                        < count
                && System.nanoTime() < end) {
            Thread.sleep(5);
        }
        assertEquals(0, demands(net));
    }
}
