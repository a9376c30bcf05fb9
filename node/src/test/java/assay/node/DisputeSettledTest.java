package assay.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import assay.core.base.Amount;
import assay.core.base.Hash;
import assay.core.receipt.Transcript;
import assay.core.verify.TranscriptCheck;
import assay.core.verify.Verdict;
import assay.engine.gguf.GgufFile;
import assay.engine.infer.Engine;
import assay.engine.infer.Model;
import assay.ledger.BlockContext;
import assay.ledger.Event;
import assay.ledger.Outcome;
import assay.ledger.crypto.Address;
import assay.ledger.state.Params;
import assay.ledger.state.Receipt.Status;
import assay.ledger.state.State;
import assay.ledger.store.LiveLedger;
import assay.ledger.store.Sender;
import assay.ledger.tx.Ids;
import assay.ledger.tx.SignedTransaction;
import assay.ledger.tx.Transaction;
import assay.node.audit.Disputing;
import assay.prover.dispute.FileRows;
import assay.prover.dispute.ReplayedWork;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.function.Function;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A node and an auditor whose replays disagree play it to one element, which the ledger computes again. */
@SuppressWarnings("try") // parties play by being there
final class DisputeSettledTest {
    private static final String QUESTION =
            "{\"model\":\"tiny\",\"temperature\":0.8,\"top_p\":0.9,\"seed\":11,\"max_tokens\":16,\"messages\":["
                    + "{\"role\":\"user\",\"content\":\"Is the bridge safe?\"}]}";

    @TempDir
    static Path models;

    @TempDir
    Path dir;

    private static Model honest;

    @BeforeAll
    static void loadModel() throws Exception {
        honest = Models.honest(models);
    }

    private static Params params() {
        Params p = Params.embedded();
        Params.Disputes d = new Params.Disputes(1000, 50, 1000, 10, Amount.ZERO);
        return new Params(p.windows(), p.shares(), p.audits(), p.costs(), d);
    }

    /** One party that plays by itself, with its own engine and its own copy of the model. */
    private Disputing party(TestNetwork net, Sender account, Engine engine, Path file, Forged forged) throws Exception {
        return party(net, net.ledger, account, engine, file, forged);
    }

    private Disputing party(TestNetwork net, LiveLedger ledger, Sender account, Engine engine, Path file, Forged forged)
            throws Exception {
        FileRows rows = new FileRows(GgufFile.open(file));
        Disputing party = new Disputing(
                ledger,
                account,
                (operator, receipt) -> Optional.of(new ReplayedWork(
                        engine,
                        rows,
                        honest.program(),
                        forged.receipt(),
                        forged.transcript(),
                        TranscriptCheck.check(forged.receipt(), forged.transcript(), net.text)
                                instanceof Verdict.Invalid)));
        party.start();
        return party;
    }

    @Test
    void aTamperingNodeLosesItsStake() throws Exception {
        Model tampered = Models.changed(models, "one-weight", Models::oneWeight, "blk.1.ffn_down.weight");
        try (TestNetwork net = new TestNetwork(dir, honest, params()).posting();
                Engine other = new Engine(tampered, TestNetwork.OPTIONS);
                Engine auditor = new Engine(honest, TestNetwork.OPTIONS)) {
            Forged forged = Forge.answer(net, QUESTION, Cheat.none().engine(other));
            try (Disputing node = party(net, net.ready.operator(), other, models.resolve("one-weight.gguf"), forged);
                    Disputing watcher =
                            party(net, net.ready.auditor(), auditor, models.resolve("honest.gguf"), forged)) {
                net.auditing();
                net.enter(forged);
                Status status = verdictOrSilence(net, forged);
                assertEquals(Status.FAULT, status);
                assertTrue(net.events.stream().anyMatch(e -> e instanceof Event.Slashed));
            }
        }
    }

    @Test
    void aNodeThatSaysAnotherTextLosesOnceTheAuditorHasPostedTheModelsText() throws Exception {
        anotherText(net -> net.ledger);
    }

    /** Refused as known, that chunk would have all refused that were sent behind it. */
    @Test
    void aNodeThatPostsAChunkJustBeforeTheAuditorDoesNotMakeItLoseItsTime() throws Exception {
        Ahead[] ahead = new Ahead[1];
        anotherText(net -> ahead[0] = new Ahead(net.ledger, net.ready.operator()));
        assertEquals(2, ahead[0].times, "it did so");
    }

    private void anotherText(Function<TestNetwork, LiveLedger> seenByAuditor) throws Exception {
        try (TestNetwork net = new TestNetwork(dir, honest, params()).posting();
                Engine node = new Engine(honest, TestNetwork.OPTIONS);
                Engine auditor = new Engine(honest, TestNetwork.OPTIONS)) {
            Forged forged = Forge.answer(net, QUESTION, Cheat.none().choices(all -> all.stream()
                    .map(c -> new Transcript.Choice(c.text() + " Buy.", c.ids(), c.finish(), c.logprobs()))
                    .toList()));
            LiveLedger seen = seenByAuditor.apply(net);
            Sender sender = new Sender(seen, net.ready.auditor().signer());
            try (Disputing liar = party(net, net.ready.operator(), node, models.resolve("honest.gguf"), forged);
                    Disputing watcher = party(net, seen, sender, auditor, models.resolve("honest.gguf"), forged)) {
                net.auditing();
                net.enter(forged);
                assertEquals(Status.FAULT, verdictOrSilence(net, forged));
                assertTrue(net.events.stream().anyMatch(e -> e instanceof Event.TextPosted));
                assertTrue(
                        net.events.stream()
                                .anyMatch(e -> e
                                                instanceof
                                                Event.DisputeSettled(var o, var r, var c, var right, var why, var b)
                                        && !right
                                        && why.contains("the text is not what its tokens say")),
                        () -> net.events.toString());
            }
        }
    }

    /** A ledger on whose way somebody posts the same chunk of a text just before, twice. */
    private static final class Ahead implements LiveLedger {
        private final LiveLedger ledger;
        private final Sender other;
        private int times;

        Ahead(LiveLedger ledger, Sender other) {
            this.ledger = ledger;
            this.other = other;
        }

        @Override
        public CompletableFuture<Outcome> submit(SignedTransaction transaction) {
            if (transaction.body() instanceof Transaction.PostText post && times < 2 && isNext(transaction)) {
                times++;
                assertInstanceOf(Outcome.Applied.class, other.send(post).join());
            }
            return ledger.submit(transaction);
        }

        private boolean isNext(SignedTransaction t) {
            return t.nonce() == ledger.nonce(t.from());
        }

        @Override
        public State state() {
            return ledger.state();
        }

        @Override
        public BlockContext context() {
            return ledger.context();
        }

        @Override
        public void onBlock(Consumer<BlockEvents> listener) {
            ledger.onBlock(listener);
        }

        @Override
        public String refusing() {
            return ledger.refusing();
        }

        @Override
        public void stopWaiting() {
            ledger.stopWaiting();
        }

        @Override
        public void close() throws IOException {
            ledger.close();
        }
    }

    /** The last move of a node whose weight is not the program's cannot be made: its clock has to run out. */
    private static Status verdictOrSilence(TestNetwork net, Forged forged) throws Exception {
        var digest = net.book.entries(0).getLast().digest();
        long end = System.nanoTime() + 120_000_000_000L;
        long before = 0;
        long since = System.nanoTime();
        while (System.nanoTime() < end) {
            var receipt =
                    net.ledger.state().receipt(net.ready.operator().signer().address(), digest);
            if (receipt.isPresent() && receipt.get().status().isFinal()) {
                return receipt.get().status();
            }
            long moves = net.events.stream()
                    .filter(e -> e instanceof Event.DisputeMoved)
                    .count();
            if (moves != before) {
                before = moves;
                since = System.nanoTime();
            }
            if (moves > 0 && System.nanoTime() - since > 8_000_000_000L) {
                net.ready
                        .wallet()
                        .send(new Transaction.Transfer(
                                net.ready.auditor().signer().address(), Amount.ofMicro(1)))
                        .join();
            }
            Thread.sleep(2);
        }
        throw new AssertionError("no verdict: " + net.events);
    }

    /** Commits to a root and reveals it, whatever it is. */
    private static void standFor(TestNetwork net, Hash receipt, Hash root) throws InterruptedException {
        Address node = net.ready.operator().signer().address();
        Address me = net.ready.auditor().signer().address();
        Hash salt = Hash.sha256(new byte[] {9});
        Transaction commit = new Transaction.CommitAudit(
                node, receipt, Ids.commitment(net.ledger.chainId(), receipt, me, root, salt));
        while (!(net.ready.auditor().send(commit).join() instanceof Outcome.Applied)) {
            Thread.sleep(20);
        }
        net.ready
                .auditor()
                .send(new Transaction.RevealAudit(node, receipt, root, salt))
                .join();
    }

    @Test
    void anAuditorThatLiesLosesItsBondAgainstAnHonestNode() throws Exception {
        Model tampered = Models.changed(models, "lying-auditor", Models::oneWeight, "blk.0.attn_v.weight");
        try (TestNetwork net = new TestNetwork(dir, honest, params()).posting();
                Engine other = new Engine(tampered, TestNetwork.OPTIONS);
                Engine node = new Engine(honest, TestNetwork.OPTIONS)) {
            Forged forged = Forge.answer(net, QUESTION, Cheat.none());
            List<Event> settled = new CopyOnWriteArrayList<>();
            net.ledger.onBlock(b -> b.events().stream()
                    .filter(e -> e instanceof Event.DisputeSettled)
                    .forEach(settled::add));
            try (Disputing defends = party(net, net.ready.operator(), node, models.resolve("honest.gguf"), forged);
                    Disputing lies =
                            party(net, net.ready.auditor(), other, models.resolve("lying-auditor.gguf"), forged)) {
                Hash receipt = net.enter(forged).digest();
                Hash root = new ReplayedWork(
                                other,
                                new FileRows(GgufFile.open(models.resolve("lying-auditor.gguf"))),
                                honest.program(),
                                forged.receipt(),
                                forged.transcript(),
                                false)
                        .root();
                standFor(net, receipt, root);
                Status status = verdictOrSilence(net, forged);
                assertEquals(Status.UNAUDITED, status, () -> "nobody else replayed it: " + settled);
                assertFalse(settled.isEmpty());
                assertTrue(((Event.DisputeSettled) settled.getFirst()).nodeIsRight(), settled::toString);
                assertTrue(net.events.stream().anyMatch(e -> e instanceof Event.AuditorSlashed));
                assertTrue(net.events.stream().noneMatch(e -> e instanceof Event.Slashed));
            }
        }
    }
}
