package assay.node;

import static org.junit.jupiter.api.Assertions.assertEquals;

import assay.core.base.Hash;
import assay.core.codec.Field;
import assay.core.codec.Json;
import assay.core.codec.JsonText;
import assay.engine.infer.EngineOptions;
import assay.engine.infer.Model;
import assay.ledger.pay.Requirements;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A node that is killed around the taking of money on another network. What is on its disk at that moment is copied
 * while it runs, which is what a kill leaves behind, and a node is started on the copy.
 */
final class OutsideCrashTest {
    private static final String NETWORK = "eip155:84532";
    private static final EngineOptions ENGINE = new EngineOptions(1, 256, 16, 64, 32, 32, 16L << 20);
    private static final String PAYER = "0x1111111111111111111111111111111111111111";

    @TempDir
    Path dir;

    /** Settles every payment once; tells what happens between the moments. */
    private static final class FakeFacilitator implements AutoCloseable {
        final List<String> settled = new CopyOnWriteArrayList<>();
        final List<String> refunds = new CopyOnWriteArrayList<>();
        private final HttpServer http;
        volatile Consumer<String> beforeSettling = nonce -> {};
        volatile Consumer<String> afterSettling = nonce -> {};
        volatile boolean late;
        final java.util.concurrent.atomic.AtomicInteger asked = new java.util.concurrent.atomic.AtomicInteger();

        FakeFacilitator() throws IOException {
            http = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
            http.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
            http.createContext(
                    "/supported",
                    e -> answer(
                            e, Json.object().put("kinds", Json.of(List.of())).build()));
            http.createContext(
                    "/verify", e -> answer(e, Json.object().put("isValid", true).build()));
            http.createContext("/settle", this::settle);
            http.start();
        }

        private void settle(HttpExchange exchange) throws IOException {
            try {
                Field body = Field.root(JsonText.parse(exchange.getRequestBody().readAllBytes(), 16, 1 << 20));
                Field authorization = body.at("paymentPayload").at("payload").at("authorization");
                String nonce = authorization.at("nonce").string(80);
                boolean isRefund = authorization.at("to").string(64).equalsIgnoreCase(PAYER);
                if (!isRefund) {
                    beforeSettling.accept(nonce);
                }
                if (late) {
                    asked.incrementAndGet();
                    answer(
                            exchange,
                            Json.object()
                                    .put("success", false)
                                    .put("errorReason", "invalid_exact_evm_payload_authorization_valid_before")
                                    .build());
                    return;
                }
                boolean isFresh;
                synchronized (this) {
                    isFresh = !settled.contains(nonce);
                    if (isFresh) {
                        settled.add(nonce);
                        if (isRefund) {
                            refunds.add(authorization.at("value").string(40));
                        }
                    }
                }
                if (!isRefund) {
                    afterSettling.accept(nonce);
                }
                answer(
                        exchange,
                        isFresh
                                ? Json.object()
                                        .put("success", true)
                                        .put("transaction", "0xabc")
                                        .build()
                                : Json.object()
                                        .put("success", false)
                                        .put("errorReason", "invalid_exact_evm_nonce_already_used")
                                        .build());
            } catch (assay.core.base.MalformedException e) {
                throw new IOException(e);
            }
        }

        private static void answer(HttpExchange exchange, Json json) throws IOException {
            byte[] bytes = JsonText.writeBytes(json);
            exchange.sendResponseHeaders(200, bytes.length);
            try (exchange) {
                exchange.getResponseBody().write(bytes);
            }
        }

        int port() {
            return http.getAddress().getPort();
        }

        @Override
        public void close() {
            http.stop(0);
        }
    }

    @Test
    void killedAfterTheMoneyWasTakenAndBeforeTheJournalSaysSoItIsSentBack() throws Exception {
        Path killed = dir.resolve("killed");
        try (FakeFacilitator facilitator = new FakeFacilitator()) {
            facilitator.afterSettling = nonce -> copyOnce(killed);
            String amount = pay(facilitator);
            facilitator.refunds.clear();
            facilitator.afterSettling = nonce -> {};
            restart(killed);
            assertEquals(List.of(amount), facilitator.refunds, "all of it, once");
            restart(killed);
            assertEquals(List.of(amount), facilitator.refunds, "and never again");
        }
    }

    @Test
    void killedBeforeTheMoneyWasTakenNobodyIsLeftWithoutMoneyOrAnswer() throws Exception {
        Path killed = dir.resolve("killed");
        try (FakeFacilitator facilitator = new FakeFacilitator()) {
            facilitator.beforeSettling = nonce -> copyOnce(killed);
            String amount = pay(facilitator);
            facilitator.beforeSettling = nonce -> {};
            facilitator.refunds.clear();
            facilitator.settled.clear(); // in the world of the killed node it was never settled
            restart(killed);
            assertEquals(1, facilitator.settled.stream().distinct().count() - facilitator.refunds.size());
            assertEquals(List.of(amount), facilitator.refunds);
        }
    }

    @Test
    void aPaymentWhoseTimeIsOverIsNotAskedForAtEveryStart() throws Exception {
        Path killed = dir.resolve("killed");
        try (FakeFacilitator facilitator = new FakeFacilitator()) {
            facilitator.beforeSettling = nonce -> copyOnce(killed);
            pay(facilitator);
            facilitator.beforeSettling = nonce -> {};
            facilitator.late = true;
            restart(killed);
            assertEquals(1, facilitator.asked.get());
            restart(killed);
            assertEquals(1, facilitator.asked.get());
        }
    }

    private void copyOnce(Path to) {
        Path from = dir.resolve("home");
        if (Files.exists(to)) {
            return;
        }
        try (Stream<Path> all = Files.walk(from)) {
            for (Path path : all.toList()) {
                Path copy = to.resolve(from.relativize(path).toString());
                if (Files.isDirectory(path)) {
                    Files.createDirectories(copy);
                } else {
                    Files.copy(path, copy);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Pays a node that lives on for one answer; returns the amount. */
    private String pay(FakeFacilitator facilitator) throws Exception {
        Path home = Files.createDirectories(dir.resolve("home"));
        Files.writeString(
                new Home(home).payments(),
                "{\"facilitator\":\"http://127.0.0.1:" + facilitator.port() + "\",\"network\":\"" + NETWORK
                        + "\",\"asset\":\"0x036CbD53842c5426634e7929541eC2318f3dCF7e\",\"name\":\"USDC\",\"version\":\"2\"}");
        try (Node node = Node.start(config(home), model())) {
            Paying402 client = new Paying402(node.uri());
            String body = Paying402.body("outside");
            List<Field> accepts = new ArrayList<>(
                    client.ask(body).required().orElseThrow().at("accepts").items(16));
            accepts.removeIf(field -> !isOutside(field));
            Requirements terms = Requirements.parse(accepts.getFirst(), 2);
            Json.Obj payload = Json.object()
                    .put("signature", "0x" + "11".repeat(65))
                    .put(
                            "authorization",
                            Json.object()
                                    .put("from", PAYER)
                                    .put("to", terms.payTo())
                                    .put("value", terms.amount().toString())
                                    .put("validAfter", "0")
                                    .put("validBefore", Long.toString(Paying402.now() + 600))
                                    .put("nonce", "0x" + Paying402.nonce().hex())
                                    .build())
                    .build();
            Paying402.Answer answer = client.send(body, Optional.of(Paying402.payment(terms, payload)));
            assertEquals(200, answer.status(), answer.body());
            awaitSettled(node);
            Hash digest = answer.receipt();
            long end = System.nanoTime() + 60_000_000_000L;
            var operator = new Home(home).account("operator").address();
            while (node.ledger()
                            .state()
                            .receipt(operator, digest)
                            .filter(r -> r.status().isFinal())
                            .isEmpty()
                    && System.nanoTime() < end) {
                Thread.sleep(5);
            }
            assertEquals(
                    assay.ledger.state.Receipt.Status.CONFIRMED,
                    node.ledger()
                            .state()
                            .receipt(operator, digest)
                            .orElseThrow()
                            .status(),
                    () -> node.book().newest().orElseThrow().receipt().toString());
            return terms.amount().toString();
        }
    }

    private static boolean isOutside(Field accept) {
        try {
            return accept.at("network").string(64).equals(NETWORK);
        } catch (assay.core.base.MalformedException e) {
            throw new AssertionError(e);
        }
    }

    /** What the answer did not cost, if anything, goes back. */
    private static void awaitSettled(Node node) throws InterruptedException {
        long end = System.nanoTime() + 60_000_000_000L;
        while (!node.book().unsettled().isEmpty() && System.nanoTime() < end) {
            Thread.sleep(5);
        }
        assertEquals(List.of(), node.book().unsettled());
    }

    private void restart(Path home) throws Exception {
        try (Node node = Node.start(config(home), model())) {
            assertEquals(0, node.book().size(), "no receipt for what was not answered");
            assertEquals(List.of(), node.book().unfinished(), "nothing is left over");
        }
    }

    private Model model() throws Exception {
        return Model.load(Models.TINY.write(dir.resolve("tiny.gguf")));
    }

    private NodeConfig config(Path home) {
        return new NodeConfig(
                home, "tiny", dir.resolve("tiny.gguf"), Hash.sha256(new byte[1]), "CC0-1.0", dir, 0, ENGINE);
    }
}
