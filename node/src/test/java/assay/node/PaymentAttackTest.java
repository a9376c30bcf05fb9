package assay.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import assay.core.base.Hash;
import assay.core.codec.Json;
import assay.core.receipt.Digests;
import assay.core.receipt.Receipt;
import assay.ledger.crypto.Address;
import assay.ledger.crypto.PrivateKey;
import assay.ledger.pay.RequestNonce;
import assay.ledger.pay.Requirements;
import assay.node.Paying402.Answer;
import assay.node.Paying402.Authorization;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Payments that should not work: each is refused by its standard name, moves no money and buys no answer. */
class PaymentAttackTest {
    private static final String BODY = Paying402.body("hello");

    @TempDir
    static Path folder;

    private static PayNode node;
    private static PayNode.Stranger payer;
    private static Paying402 client;
    private static int asked;

    private Requirements terms;
    private String body;

    @BeforeAll
    static void start() throws Exception {
        node = new PayNode(folder, 0);
        payer = node.stranger();
        client = new Paying402(node.node().uri());
    }

    @AfterAll
    static void stop() throws Exception {
        node.close();
    }

    @BeforeEach
    void ask() throws Exception {
        body = Paying402.body("question " + asked++);
        Answer unpaid = client.ask(body);
        assertEquals(402, unpaid.status());
        assertEquals("payment_required", unpaid.refusal());
        terms = unpaid.terms("exact");
    }

    private Answer pay(Json payment) throws Exception {
        return client.send(body, Optional.of(payment));
    }

    private void refused(String name, Json payment) throws Exception {
        long before = balance();
        long receipts = node.node().book().size();
        Answer answer = pay(payment);
        assertEquals(402, answer.status(), answer.body());
        assertEquals(name, answer.refusal());
        // What an earlier answer's escrow returns may arrive meanwhile; what is taken is more than that.
        assertTrue(balance() >= before, () -> balance() + " left of " + before);
        assertEquals(receipts, node.node().book().size());
    }

    private static long balance() {
        return node.ledger().state().balance(payer.address()).micro();
    }

    @Test
    void aGoodPaymentBuysOneAnswerAndTheRestComesBack() throws Exception {
        long before = balance();
        Answer answer = pay(Authorization.of(terms).by(payer.key()));
        assertEquals(200, answer.status(), answer.body());
        assertTrue(answer.response().orElseThrow().at("success").bool());
        Receipt receipt =
                node.node().book().find(answer.receipt()).orElseThrow().receipt();
        assertEquals(payer.address().toString(), receipt.payment().payer());
        assertEquals(Receipt.Payment.Binding.NODE_ASSERTED, receipt.payment().binding());
        awaitBalance(before - receipt.payment().amount());
    }

    @Test
    void aNonceThatNamesTheRequestBindsThePayment() throws Exception {
        Hash named = RequestNonce.of(Digests.body(body.getBytes(StandardCharsets.UTF_8)));
        Answer answer = pay(Authorization.of(terms).nonce(named).by(payer.key()));
        assertEquals(200, answer.status(), answer.body());
        Receipt receipt =
                node.node().book().find(answer.receipt()).orElseThrow().receipt();
        assertEquals(Receipt.Payment.Binding.PAYER_SIGNED, receipt.payment().binding());
    }

    private Json named(Json.Obj payment, String id) {
        Json.Members members = Json.object();
        payment.members().forEach(members::put);
        Json.Obj info = Json.object().put("required", false).put("id", id).build();
        return members.put(
                        "extensions",
                        Json.object()
                                .put(
                                        "payment-identifier",
                                        Json.object().put("info", info).build())
                                .build())
                .build();
    }

    @Test
    void aRetryThatIsSignedAnewUnderOnePaymentIdentifierIsChargedOnce() throws Exception {
        long before = balance();
        String id = "pay_" + Paying402.nonce().hex();
        Answer first = pay(named(Authorization.of(terms).by(payer.key()), id));
        assertEquals(200, first.status(), first.body());
        awaitBalance(before - cost(first));
        Answer retry = pay(named(Authorization.of(terms).by(payer.key()), id));
        assertEquals(200, retry.status(), retry.body());
        assertEquals(first.receipt(), retry.receipt());
        assertEquals(first.content(), retry.content());
        assertEquals(before - cost(first), balance());

        Answer other = client.send(
                Paying402.body("something else"),
                Optional.of(named(Authorization.of(terms).by(payer.key()), id)));
        assertEquals(409, other.status(), other.body());
        assertEquals(before - cost(first), balance());

        PayNode.Stranger stranger = node.stranger();
        Answer theirs = pay(named(Authorization.of(terms).by(stranger.key()), id));
        assertEquals(200, theirs.status(), theirs.body());
        org.junit.jupiter.api.Assertions.assertNotEquals(first.receipt(), theirs.receipt());
    }

    @Test
    void whoDoesNotSignForThePayerGetsNothingByItsPaymentIdentifier() throws Exception {
        String id = "pay_" + Paying402.nonce().hex();
        Answer first = pay(named(Authorization.of(terms).by(payer.key()), id));
        assertEquals(200, first.status(), first.body());
        Json.Obj forged = Authorization.of(terms).nonce(Paying402.nonce()).by(payer.key());
        String text = assay.core.codec.JsonText.write(forged);
        String wrong = text.replace("\"validAfter\":\"0\"", "\"validAfter\":\"1\"");
        Json.Obj broken = assay.core.codec.Field.root(assay.core.codec.JsonText.parse(
                        wrong.getBytes(java.nio.charset.StandardCharsets.UTF_8), 16, 1 << 16))
                .object();
        assertEquals("invalid_exact_evm_signature", pay(named(broken, id)).refusal());
    }

    @Test
    void aReplayedPaymentGetsTheSameAnswerAndIsChargedOnce() throws Exception {
        long before = balance();
        Json payment = Authorization.of(terms).by(payer.key());
        Answer first = pay(payment);
        Answer again = pay(payment);
        assertEquals(200, again.status(), again.body());
        assertEquals(first.receipt(), again.receipt());
        assertEquals(first.content(), again.content());
        awaitBalance(before - cost(first));
    }

    @Test
    void onePaymentSentManyTimesAtOnceIsOneAnswer() throws Exception {
        long before = balance();
        long receipts = node.node().book().size();
        Json payment = Authorization.of(terms).by(payer.key());
        List<CompletableFuture<Answer>> all = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            all.add(CompletableFuture.supplyAsync(() -> {
                try {
                    return pay(payment);
                } catch (Exception e) {
                    throw new AssertionError(e);
                }
            }));
        }
        Answer first = all.getFirst().join();
        for (CompletableFuture<Answer> one : all) {
            assertEquals(200, one.join().status(), one.join().body());
            assertEquals(first.receipt(), one.join().receipt());
            assertEquals(first.content(), one.join().content());
        }
        assertEquals(receipts + 1, node.node().book().size());
        awaitBalance(before - cost(first));
    }

    @Test
    void aPaymentSharedBetweenRequestsIsRefused() throws Exception {
        Json payment = Authorization.of(terms).by(payer.key());
        assertEquals(200, pay(payment).status());
        body = Paying402.body("question x");
        refused("invalid_exact_evm_nonce_already_used", payment);
    }

    @Test
    void aNonceSignedTwiceIsRefused() throws Exception {
        Authorization one = Authorization.of(terms);
        assertEquals(200, pay(one.by(payer.key())).status());
        refused(
                "invalid_exact_evm_nonce_already_used",
                one.valid(0, Paying402.now() + 300).by(payer.key()));
    }

    @Test
    void afterARestartAPaymentIsStillKnown() throws Exception {
        Json payment = Authorization.of(terms).by(payer.key());
        Answer first = pay(payment);
        long before = balance();
        node.restart();
        client = new Paying402(node.node().uri());
        Answer again = pay(payment);
        assertEquals(200, again.status(), again.body());
        assertEquals(first.content(), again.content());
        assertEquals(first.receipt(), again.receipt());
        body = Paying402.body("another");
        assertEquals("invalid_exact_evm_nonce_already_used", pay(payment).refusal());
        assertTrue(balance() >= before);
    }

    @Test
    void anExpiredPaymentIsRefused() throws Exception {
        refused(
                "invalid_exact_evm_payload_authorization_valid_before",
                Authorization.of(terms).valid(0, Paying402.now() - 1).by(payer.key()));
    }

    @Test
    void aPaymentThatExpiresBeforeItCouldSettleIsRefused() throws Exception {
        refused(
                "invalid_exact_evm_payload_authorization_valid_before",
                Authorization.of(terms).valid(0, Paying402.now() + 2).by(payer.key()));
    }

    @Test
    void aPaymentThatIsNotValidYetIsRefused() throws Exception {
        long now = Paying402.now();
        refused(
                "invalid_exact_evm_payload_authorization_valid_after",
                Authorization.of(terms).valid(now + 100, now + 600).by(payer.key()));
    }

    @Test
    void aPaymentForAnotherNetworkIsRefused() throws Exception {
        refused(
                "invalid_exact_evm_network_mismatch",
                new Authorization(
                                terms.on("eip155:84532"),
                                java.math.BigInteger.valueOf(84532),
                                Address.parse(terms.asset()),
                                Address.parse(terms.payTo()),
                                terms.amount(),
                                0,
                                Paying402.now() + 600,
                                Paying402.nonce())
                        .by(payer.key()));
    }

    @Test
    void aPaymentSignedForAnotherNetworkAndRelabelledIsRefused() throws Exception {
        refused(
                "invalid_exact_evm_signature",
                Authorization.of(terms).chain(84532).by(payer.key()));
    }

    @Test
    void aPaymentInAnotherAssetIsRefused() throws Exception {
        Requirements other = new Requirements(
                terms.scheme(),
                terms.network(),
                terms.amount(),
                payer.address().toString(),
                terms.payTo(),
                600,
                terms.extra());
        refused(
                "invalid_payment_requirements",
                Paying402.payment(
                        other, Authorization.of(terms).token(payer.address()).payload(payer.key())));
    }

    @Test
    void aPaymentSignedInAnotherAssetAndRelabelledIsRefused() throws Exception {
        refused(
                "invalid_exact_evm_signature",
                Authorization.of(terms).token(payer.address()).by(payer.key()));
    }

    @Test
    void aPaymentToAnotherPayeeIsRefused() throws Exception {
        refused(
                "invalid_exact_evm_recipient_mismatch",
                Authorization.of(terms).to(node.stranger().address()).by(payer.key()));
    }

    @Test
    void aPaymentShortByOneUnitIsRefused() throws Exception {
        refused(
                "invalid_exact_evm_payload_authorization_value_mismatch",
                Authorization.of(terms)
                        .value(terms.amount().longValueExact() - 1)
                        .by(payer.key()));
    }

    @Test
    void aPaymentOfOneUnitTooMuchIsRefused() throws Exception {
        refused(
                "invalid_exact_evm_payload_authorization_value_mismatch",
                Authorization.of(terms)
                        .value(terms.amount().longValueExact() + 1)
                        .by(payer.key()));
    }

    @Test
    void termsThatTheClientMadeCheaperAreRefused() throws Exception {
        Requirements cheaper = terms.of(terms.amount().subtract(java.math.BigInteger.ONE));
        refused(
                "invalid_exact_evm_payload_authorization_value_mismatch",
                Authorization.of(cheaper).by(payer.key()));
    }

    @Test
    void aPaymentOfSomebodyElsesMoneyIsRefused() throws Exception {
        PrivateKey thief = node.stranger().key();
        Json.Obj payload = Authorization.of(terms).payload(thief);
        Json.Obj authorization = (Json.Obj) payload.members().get("authorization");
        Json.Members forged = Json.object();
        authorization
                .members()
                .forEach((k, v) ->
                        forged.put(k, k.equals("from") ? Json.of(payer.address().toString()) : v));
        Json.Obj mixed = Json.object()
                .put("signature", payload.members().get("signature"))
                .put("authorization", forged.build())
                .build();
        refused("invalid_exact_evm_signature", Paying402.payment(terms, mixed));
    }

    @Test
    void aPayerWithoutMoneyIsRefused() throws Exception {
        PrivateKey poor = PrivateKey.generate(new SecureRandom());
        refused(
                "invalid_exact_evm_insufficient_balance",
                Authorization.of(terms).by(poor));
    }

    @Test
    void aSchemeThatIsNotOfferedIsRefused() throws Exception {
        Requirements other = new Requirements(
                "auth-capture", terms.network(), terms.amount(), terms.asset(), terms.payTo(), 600, terms.extra());
        refused("invalid_payload", Authorization.of(other).by(payer.key()));
    }

    @Test
    void whatIsNoPaymentIsRefused() throws Exception {
        for (String header : List.of("", "x", "e30=", "bnVsbA==", "WzFd", "!!!!", "A".repeat(9000))) {
            Answer answer = client.sendRaw(body, "PAYMENT-SIGNATURE", Optional.of(header));
            assertEquals(402, answer.status(), header);
            assertNotEquals("payment_required", answer.refusal(), header);
        }
    }

    @Test
    void aKeyOfThisNodesFormThatIsWrongIsNoOffer() throws Exception {
        var request = java.net.http.HttpRequest.newBuilder(node.node().uri().resolve("/v1/chat/completions"))
                .header("Content-Type", "application/json")
                .header("Authorization", "Bearer assay-0000")
                .POST(java.net.http.HttpRequest.BodyPublishers.ofString(BODY))
                .build();
        var answer = java.net.http.HttpClient.newHttpClient()
                .send(request, java.net.http.HttpResponse.BodyHandlers.ofString());
        assertEquals(401, answer.statusCode());
    }

    private static long cost(Answer answer) throws Exception {
        return node.node()
                .book()
                .find(answer.receipt())
                .orElseThrow()
                .receipt()
                .payment()
                .amount();
    }

    private static void awaitBalance(long micro) throws InterruptedException {
        long end = System.nanoTime() + 120_000_000_000L;
        while (balance() != micro && System.nanoTime() < end) {
            Thread.sleep(10);
        }
        assertEquals(micro, balance(), node.node().trouble());
    }
}
