package assay.node;

import static org.junit.jupiter.api.Assertions.assertEquals;

import assay.core.base.Hash;
import assay.engine.infer.Engine;
import assay.engine.infer.Model;
import assay.node.http.ApiError;
import assay.node.openai.ChatCall;
import assay.node.openai.ChatListener;
import assay.node.openai.Delta;
import assay.node.openai.FinishReason;
import assay.node.openai.ModelCard;
import assay.node.openai.Paying;
import assay.node.openai.ReceiptRef;
import assay.node.openai.Usage;
import assay.node.pay.Desk;
import assay.node.serve.Book;
import assay.node.serve.Chats;
import assay.node.serve.Exposure;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a stream has sent is receipted, however the stream ends. */
@Timeout(240)
final class InterruptedAnswersTest {
    private static final byte[] QUESTION =
            ("{\"model\":\"tiny\",\"stream\":true,\"temperature\":0.8,\"seed\":11,\"max_tokens\":24,\"messages\":["
                            + "{\"role\":\"user\",\"content\":\"Is the bridge safe for forty tons?\"}]}")
                    .getBytes(StandardCharsets.UTF_8);
    private static final int SENT = 8;

    @TempDir
    static Path models;

    @TempDir
    Path dir;

    private static Model honest;

    @BeforeAll
    static void loadModel() throws Exception {
        honest = Models.honest(models);
    }

    @Test
    void aStreamThatTheEndOfTheEngineCutIsReceiptedAtTheNextStartWithItsModel() throws Exception {
        try (TestNetwork net = new TestNetwork(dir, honest)) {
            Engine engine = new Engine(honest, TestNetwork.OPTIONS);
            CountDownLatch reached = new CountDownLatch(1);
            CountDownLatch closing = new CountDownLatch(1);
            Told told = new Told(() -> {
                reached.countDown();
                await(closing);
            });
            chats(net, engine, net.book).submit(ChatCall.parse(QUESTION), new Paying.Wallet(), told);
            reached.await();
            Thread closer = Thread.ofPlatform().start(engine::close);
            while (closer.getState() != Thread.State.WAITING) {
                Thread.sleep(5);
            }
            closing.countDown();
            closer.join();
            told.failure.join();
            Thread.sleep(200); // what is told after the failure is still written
            net.book.close();

            Book later = Book.open(new Home(dir).node(), net.signer);
            assertEquals(
                    List.of(SENT),
                    later.unfinished().getFirst().sent().stream()
                            .map(List::size)
                            .toList());
            try (Engine other = new Engine(Models.coarser(models), TestNetwork.OPTIONS)) {
                chats(net, other, later).recover();
            }
            assertEquals(0, later.size(), "another model under the name signs nothing");
            try (Engine same = new Engine(honest, TestNetwork.OPTIONS)) {
                chats(net, same, later).recover();
            }
            assertEquals(1, later.size());
            assertEquals(SENT, later.newest().orElseThrow().receipt().usage().completion());
            later.close();
        }
    }

    @Test
    void aStreamThatTheEngineFailedIsReceiptedAtOnce() throws Exception {
        try (TestNetwork net = new TestNetwork(dir, honest)) {
            Told told = new Told(() -> {
                throw new IllegalStateException("for the test");
            });
            chats(net, net.engine, net.book).submit(ChatCall.parse(QUESTION), new Paying.Wallet(), told);
            assertEquals("engine_failed", told.failure.join().code());
            while (net.book.size() == 0) {
                Thread.sleep(5);
            }
            assertEquals(SENT, net.book.newest().orElseThrow().receipt().usage().completion());
        }
    }

    private Chats chats(TestNetwork net, Engine engine, Book book) throws IOException {
        Desk desk = Desk.open(
                net.ledger,
                net.ready.operator(),
                new Home(dir).account("operator"),
                Optional.empty(),
                List.of(),
                InstantSource.system());
        Hash program = engine.model().program().root();
        Chats.Offer offer = new Chats.Offer(
                new ModelCard(TestNetwork.MODEL_NAME, 1, "operator", program, engine.context()),
                net.receiptModel,
                net.receiptNode(),
                net.ready.model(),
                net.ready.price(),
                net.ledger.chainId(),
                TestNetwork.OPTIONS.queueMax(),
                () -> net.ledger.state().height());
        Exposure exposure =
                new Exposure(net.ledger, net.ready.operator().signer().address(), book);
        return new Chats(engine, net.text, book, net.payer, desk, exposure, offer, InstantSource.system(), entry -> {});
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Does something after so many tokens, on the engine's thread. */
    private static final class Told implements ChatListener {
        final CompletableFuture<ApiError> failure = new CompletableFuture<>();
        private final Runnable then;
        private int deltas;

        Told(Runnable then) {
            this.then = then;
        }

        @Override
        public void delta(Delta delta) {
            if (++deltas == SENT) {
                then.run();
            }
        }

        @Override
        public void failed(ApiError error) {
            failure.complete(error);
        }

        @Override
        public void started(int promptTokens) {}

        @Override
        public void choiceFinished(int choice, FinishReason reason) {}

        @Override
        public void done(Usage usage, ReceiptRef receipt) {}
    }
}
