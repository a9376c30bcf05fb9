package assay.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import assay.core.base.Amount;
import assay.engine.infer.Engine;
import assay.engine.infer.EngineOptions;
import assay.ledger.Rates;
import assay.ledger.state.Params;
import assay.ledger.state.Receipt.Status;
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
import assay.node.serve.Chats;
import assay.node.serve.Exposure;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A node takes no work that its memory, its journal or its stake cannot carry to the end. */
final class AdmissionTest {
    @TempDir
    Path dir;

    /** A first fault costs so little that the stake backs receipts of 5,000 micro-units in all. */
    private static final Params LITTLE = slashing(100);

    private static Params slashing(int slashPpm) {
        Params e = Params.embedded();
        return new Params(
                e.windows(),
                e.shares(),
                new Params.Audits(true, 1, 3, slashPpm, 100_000, 2, 0, 1),
                e.costs(),
                e.disputes());
    }

    @Test
    void manyLongRequestsWaitForMemoryAndTheOnesTooManyAreTold() throws Exception {
        EngineOptions narrow = new EngineOptions(1, 256, 16, 3, 32, 32, 0).withWork(1 << 20);
        try (TestNetwork net = new TestNetwork(dir, Models.honest(dir));
                Engine engine = new Engine(net.engine.model(), narrow)) {
            Chats chats = chats(net, engine, narrow.queueMax());
            List<Ended> taken = new ArrayList<>();
            int refused = 0;
            for (int i = 0; i < 40; i++) {
                Ended ended = new Ended();
                try {
                    chats.submit(call(i, "\"max_tokens\":150"), new Paying.Wallet(), ended);
                    taken.add(ended);
                } catch (ApiError e) {
                    assertEquals(429, e.status());
                    assertEquals("rate_limit_exceeded", e.code());
                    assertTrue(Integer.parseInt(e.headers().get("Retry-After")) > 0);
                    refused++;
                }
                assertTrue(engine.reservedBytes() <= engine.budgetBytes());
                assertTrue(chats.health().cacheUsed() <= 1);
            }
            for (Ended ended : taken) {
                assertNull(ended.receipt.get(120, TimeUnit.SECONDS));
            }
            assertTrue(refused > 0, "the queue is short");
            assertTrue(taken.size() >= 4, "one at work and three waiting");
        }
    }

    @Test
    void whatNeverFitsIsRefusedByName() throws Exception {
        EngineOptions narrow = new EngineOptions(1, 256, 16, 3, 32, 32, 0).withWork(200_000);
        try (TestNetwork net = new TestNetwork(dir, Models.honest(dir));
                Engine engine = new Engine(net.engine.model(), narrow)) {
            ApiError e = refusal(chats(net, engine, 3), "\"max_tokens\":150,\"n\":8");
            assertEquals(400, e.status());
            assertEquals("max_tokens", e.param());
            assertTrue(e.getMessage().contains("memory"), e.getMessage());
        }
    }

    @Test
    void theStakeBacksSoMuchAndThenNoMoreUntilReceiptsAreFinal() throws Exception {
        try (TestNetwork net = new TestNetwork(dir, Models.honest(dir), LITTLE)) {
            Chats chats = chats(net, net.engine, 64);
            ApiError none = null;
            int given = 0;
            while (none == null && given < 1000) {
                try {
                    Ended ended = new Ended();
                    chats.submit(call(given, "\"max_tokens\":100"), new Paying.Wallet(), ended);
                    assertNull(ended.receipt.get(120, TimeUnit.SECONDS));
                    given++;
                } catch (ApiError e) {
                    none = e;
                }
            }
            assertEquals("stake_exhausted", none.code());
            assertEquals(503, none.status());
            assertTrue(given > 10, "so many: " + given);
            long before = net.book.size();
            net.posting().auditing();
            net.verdict(net.book.newest().orElseThrow().digest());
            assertEquals(
                    before,
                    net.ledger
                            .state()
                            .log(net.ready.operator().signer().address())
                            .size());
            chats.submit(call(given, "\"max_tokens\":100"), new Paying.Wallet(), new Ended());
        }
    }

    @Test
    void aRequestThatNoReceiptCouldBePostedForIsRefused() throws Exception {
        try (TestNetwork net = new TestNetwork(dir, Models.honest(dir), slashing(4))) {
            ApiError e = refusal(chats(net, net.engine, 64), "\"max_tokens\":150");
            assertEquals(400, e.status());
            assertEquals("max_tokens", e.param());
            assertTrue(e.getMessage().contains("stake"), e.getMessage());
        }
    }

    @Test
    void aReceiptThatTheStakeDoesNotBackAnyMoreDoesNotBlockThoseAfterIt() throws Exception {
        try (TestNetwork net =
                new TestNetwork(dir, Models.honest(dir), slashing(1)).posting().auditing()) {
            var operator = net.ready.operator().signer().address();
            Amount before =
                    net.ledger.state().operator(operator).orElseThrow().stake().bonded();
            String question = "{\"model\":\"tiny\",\"max_tokens\":6,\"seed\":3,\"messages\":["
                    + "{\"role\":\"user\",\"content\":\"Who pays for this one, and for all the others which are to be asked after it in the long years that are to come? Name them all, please.\"}]}";
            var first = net.enter(Forge.answer(net, question, Cheat.none()));
            var second = net.enter(Forge.answer(net, question.replace("this", "that"), Cheat.none()));
            assertTrue(
                    Rates.riskMax(before, net.ledger.state().params().audits()).micro() < first.weight(),
                    "the stake is too small for it");
            assertEquals(Status.CONFIRMED, net.verdict(first.digest()));
            assertEquals(Status.CONFIRMED, net.verdict(second.digest()));
            assertTrue(before.isBelow(
                    net.ledger.state().operator(operator).orElseThrow().stake().bonded()));
        }
    }

    private ApiError refusal(Chats chats, String more) {
        return assertThrows(ApiError.class, () -> chats.submit(call(0, more), new Paying.Wallet(), new Ended()));
    }

    private Chats chats(TestNetwork net, Engine engine, int queueMax) throws Exception {
        Desk desk = Desk.open(
                net.ledger,
                net.ready.operator(),
                new Home(dir).account("operator"),
                Optional.empty(),
                List.of(),
                InstantSource.system());
        Chats.Offer offer = new Chats.Offer(
                new ModelCard(
                        TestNetwork.MODEL_NAME,
                        1,
                        "operator",
                        engine.model().program().root(),
                        engine.context()),
                net.receiptModel,
                net.receiptNode(),
                net.ready.model(),
                net.ready.price(),
                net.ledger.chainId(),
                queueMax,
                () -> net.ledger.state().height());
        Exposure exposure =
                new Exposure(net.ledger, net.ready.operator().signer().address(), net.book);
        return new Chats(
                engine, net.text, net.book, net.payer, desk, exposure, offer, InstantSource.system(), entry -> {});
    }

    private static ChatCall call(int i, String more) throws ApiError {
        String body = "{\"model\":\"tiny\",\"messages\":[{\"role\":\"user\",\"content\":\"request " + i + "\"}]," + more
                + "}";
        return ChatCall.parse(body.getBytes(StandardCharsets.UTF_8));
    }

    /** Waits for the end; null if it is a good one. */
    private static final class Ended implements ChatListener {
        final CompletableFuture<ApiError> receipt = new CompletableFuture<>();

        @Override
        public void started(int promptTokens) {}

        @Override
        public void delta(Delta delta) {}

        @Override
        public void choiceFinished(int choice, FinishReason reason) {}

        @Override
        public void done(Usage usage, ReceiptRef ref) {
            receipt.complete(null);
        }

        @Override
        public void failed(ApiError error) {
            receipt.complete(error);
        }
    }
}
