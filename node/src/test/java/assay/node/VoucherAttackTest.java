package assay.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import assay.core.base.Amount;
import assay.core.base.Hash;
import assay.core.codec.Field;
import assay.core.codec.Json;
import assay.ledger.crypto.Address;
import assay.ledger.crypto.PrivateKey;
import assay.ledger.pay.LedgerTerms;
import assay.ledger.pay.Payload;
import assay.ledger.pay.Requirements;
import assay.ledger.state.Channel;
import assay.ledger.tx.Stock;
import assay.ledger.tx.Transaction.ChannelConfig;
import assay.ledger.tx.Transaction.DepositAuthorization;
import assay.ledger.tx.Transaction.Permit;
import assay.node.Paying402.Answer;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Vouchers, deposits and permits that should not work, each refused by its standard name. */
class VoucherAttackTest {
    private static final long DEPOSIT = 1_000_000;

    @TempDir
    static Path folder;

    private static PayNode node;
    private static Paying402 client;
    private static int asked;

    private PayNode.Stranger payer;
    private Requirements batch;
    private Requirements upto;
    private String body;

    @BeforeAll
    static void start() throws Exception {
        node = new PayNode(folder, 0);
        client = new Paying402(node.node().uri());
    }

    @AfterAll
    static void stop() throws Exception {
        node.close();
    }

    @BeforeEach
    void ask() throws Exception {
        payer = node.stranger();
        next();
    }

    private void next() throws Exception {
        body = Paying402.body("voucher " + asked++);
        Answer unpaid = client.ask(body);
        batch = unpaid.terms("batch-settlement");
        upto = unpaid.terms("upto");
    }

    private static long chain() {
        return node.ledger().chainId();
    }

    private ChannelConfig config() throws Exception {
        return new ChannelConfig(
                payer.address(),
                payer.address(),
                node.operator(),
                node.operator(),
                LedgerTerms.WITHDRAW_DELAY_SECONDS,
                Hash.sha256(new byte[1]));
    }

    private Json voucher(ChannelConfig c, long most, PrivateKey by, Optional<Json.Obj> deposit) {
        Hash id = Stock.channel(chain(), c);
        Json.Members payload = Json.object()
                .put("type", deposit.isPresent() ? "deposit" : "voucher")
                .put("channelConfig", Payload.json(c))
                .put(
                        "voucher",
                        Json.object()
                                .put("channelId", "0x" + id.hex())
                                .put("maxClaimableAmount", Long.toString(most))
                                .put(
                                        "signature",
                                        by.sign(Stock.voucher(chain(), id, Amount.ofMicro(most)))
                                                .toString())
                                .build());
        deposit.ifPresent(d -> payload.put("deposit", d));
        return Paying402.payment(batch, payload.build());
    }

    private Json.Obj deposit(ChannelConfig c, long value, PrivateKey by) {
        long before = Paying402.now() + 300;
        Hash id = Stock.channel(chain(), c);
        DepositAuthorization a = new DepositAuthorization(
                Amount.ofMicro(value), 0, before, Paying402.nonce(), by.sign(Hash.sha256(new byte[1])));
        return Json.object()
                .put("amount", Long.toString(value))
                .put(
                        "authorization",
                        Json.object()
                                .put(
                                        "erc3009Authorization",
                                        Json.object()
                                                .put("validAfter", "0")
                                                .put("validBefore", Long.toString(before))
                                                .put("salt", "0x" + a.salt().hex())
                                                .put(
                                                        "signature",
                                                        by.sign(Stock.deposit(chain(), c.payer(), id, a))
                                                                .toString())
                                                .build())
                                .build())
                .build();
    }

    private Answer pay(Json payment) throws Exception {
        return client.send(body, Optional.of(payment));
    }

    private void refused(String name, Json payment) throws Exception {
        long receipts = node.node().book().size();
        Answer answer = pay(payment);
        assertEquals(402, answer.status(), answer.body());
        assertEquals(name, answer.refusal());
        assertEquals(receipts, node.node().book().size());
    }

    /** Opens the channel with a first answer; returns what the payer was told that it was charged. */
    private long opened() throws Exception {
        long most = batch.amount().longValueExact();
        Answer first = pay(voucher(config(), most, payer.key(), Optional.of(deposit(config(), DEPOSIT, payer.key()))));
        assertEquals(200, first.status(), first.body());
        Field extra = first.response().orElseThrow().at("extra");
        next();
        return Long.parseLong(extra.at("chargedAmount").string());
    }

    private long most(long charged) {
        return charged + batch.amount().longValueExact();
    }

    @Test
    void oneDepositPaysManyAnswersAndTheLedgerPaysWhatReceiptsSay() throws Exception {
        long charged = opened();
        for (int i = 0; i < 3; i++) {
            Answer answer = pay(voucher(config(), most(charged), payer.key(), Optional.empty()));
            assertEquals(200, answer.status(), answer.body());
            charged += Long.parseLong(answer.response()
                    .orElseThrow()
                    .at("extra")
                    .at("chargedAmount")
                    .string());
            next();
        }
        Hash id = Stock.channel(chain(), config());
        long end = System.nanoTime() + 60_000_000_000L;
        while (channel(id).redeemed().micro() != charged && System.nanoTime() < end) {
            Thread.sleep(10);
        }
        assertTrue(channel(id).redeemed().micro() <= charged);
        assertTrue(channel(id).redeemed().micro() > 0);
        assertEquals(DEPOSIT, channel(id).deposit().micro());
    }

    private static Channel channel(Hash id) {
        return node.ledger().state().channel(id).orElseThrow();
    }

    @Test
    void aVoucherSentTwiceIsOneAnswer() throws Exception {
        long charged = opened();
        Json payment = voucher(config(), most(charged), payer.key(), Optional.empty());
        Answer first = pay(payment);
        Answer again = pay(payment);
        assertEquals(200, again.status(), again.body());
        assertEquals(first.receipt(), again.receipt());
        assertEquals(
                first.response().orElseThrow().at("extra").at("chargedAmount").string(),
                again.response().orElseThrow().at("extra").at("chargedAmount").string());
    }

    @Test
    void aVoucherForAnotherRequestIsRefusedAndPutRight() throws Exception {
        long charged = opened();
        Json payment = voucher(config(), most(charged), payer.key(), Optional.empty());
        assertEquals(200, pay(payment).status());
        next();
        Answer refused = pay(payment);
        assertEquals("invalid_batch_settlement_evm_cumulative_amount_mismatch", refused.refusal());
        assertTrue(refused.terms("batch-settlement").extra().members().containsKey("channelState"));
        assertTrue(refused.terms("batch-settlement").extra().members().containsKey("voucherState"));
    }

    @Test
    void aVoucherShortByOneUnitIsRefused() throws Exception {
        long charged = opened();
        refused(
                "invalid_batch_settlement_evm_cumulative_amount_mismatch",
                voucher(config(), most(charged) - 1, payer.key(), Optional.empty()));
    }

    @Test
    void aVoucherOfSomebodyElseIsRefused() throws Exception {
        long charged = opened();
        refused(
                "invalid_batch_settlement_evm_voucher_signature",
                voucher(config(), most(charged), node.stranger().key(), Optional.empty()));
    }

    @Test
    void aVoucherOnNoChannelIsRefused() throws Exception {
        refused(
                "invalid_batch_settlement_evm_channel_not_found",
                voucher(config(), most(0), payer.key(), Optional.empty()));
    }

    @Test
    void aVoucherAboveTheChannelIsRefused() throws Exception {
        refused(
                "invalid_batch_settlement_evm_cumulative_exceeds_balance",
                voucher(config(), most(0), payer.key(), Optional.of(deposit(config(), most(0) - 1, payer.key()))));
    }

    @Test
    void aChannelToAnotherPayeeIsRefused() throws Exception {
        ChannelConfig c = config();
        Address other = node.stranger().address();
        ChannelConfig wrong = new ChannelConfig(
                c.payer(), c.payerAuthorizer(), other, c.receiverAuthorizer(), c.withdrawDelay(), c.salt());
        refused(
                "invalid_batch_settlement_evm_receiver_mismatch",
                voucher(wrong, most(0), payer.key(), Optional.of(deposit(wrong, DEPOSIT, payer.key()))));
    }

    @Test
    void aDepositOfSomebodyElsesMoneyIsRefused() throws Exception {
        refused(
                "invalid_batch_settlement_evm_receive_authorization_signature",
                voucher(
                        config(),
                        most(0),
                        payer.key(),
                        Optional.of(deposit(config(), DEPOSIT, node.stranger().key()))));
    }

    @Test
    void aDepositAboveTheAccountIsRefused() throws Exception {
        refused(
                "invalid_batch_settlement_evm_insufficient_balance",
                voucher(
                        config(),
                        most(0),
                        payer.key(),
                        Optional.of(deposit(config(), PayNode.FUNDS.micro() + 1, payer.key()))));
    }

    private Json permit(long most, Address to, Address facilitator, long deadline, Hash nonce, PrivateKey by) {
        Permit p = new Permit(
                payer.address(), to, Amount.ofMicro(most), 0, deadline, nonce, by.sign(Hash.sha256(new byte[1])));
        Json.Obj payload = Json.object()
                .put("signature", by.sign(Stock.permit(chain(), facilitator, p)).toString())
                .put(
                        "permit2Authorization",
                        Json.object()
                                .put("from", payer.address().toString())
                                .put(
                                        "permitted",
                                        Json.object()
                                                .put("token", Stock.TOKEN.toString())
                                                .put("amount", Long.toString(most))
                                                .build())
                                .put("spender", Stock.UPTO_PROXY.toString())
                                .put("nonce", new java.math.BigInteger(1, nonce.bytes()).toString())
                                .put("deadline", Long.toString(deadline))
                                .put(
                                        "witness",
                                        Json.object()
                                                .put("to", to.toString())
                                                .put("facilitator", facilitator.toString())
                                                .put("validAfter", "0")
                                                .build())
                                .build())
                .build();
        return Paying402.payment(upto, payload);
    }

    private Json permit(long most) throws Exception {
        return permit(most, node.operator(), node.operator(), Paying402.now() + 300, Paying402.nonce(), payer.key());
    }

    @Test
    void aPermitTakesWhatTheAnswerCostsOnce() throws Exception {
        Json payment = permit(upto.amount().longValueExact());
        Answer first = pay(payment);
        assertEquals(200, first.status(), first.body());
        assertEquals(first.receipt(), pay(payment).receipt());
        long cost = node.node()
                .book()
                .find(first.receipt())
                .orElseThrow()
                .receipt()
                .payment()
                .amount();
        long end = System.nanoTime() + 60_000_000_000L;
        Amount left = PayNode.FUNDS.minus(Amount.ofMicro(cost));
        while (!node.ledger().state().balance(payer.address()).equals(left) && System.nanoTime() < end) {
            Thread.sleep(10);
        }
        assertEquals(left, node.ledger().state().balance(payer.address()));
        next();
        refused("invalid_exact_evm_nonce_already_used", payment);
    }

    @Test
    void permitsThatAreWrongAreRefused() throws Exception {
        long most = upto.amount().longValueExact();
        long soon = Paying402.now() + 300;
        Address me = node.operator();
        Address other = node.stranger().address();
        refused("permit2_amount_mismatch", permit(most - 1));
        refused("permit2_amount_mismatch", permit(most + 1));
        refused("invalid_permit2_recipient_mismatch", permit(most, other, me, soon, Paying402.nonce(), payer.key()));
        refused("upto_facilitator_mismatch", permit(most, me, other, soon, Paying402.nonce(), payer.key()));
        refused("permit2_deadline_expired", permit(most, me, me, Paying402.now() - 1, Paying402.nonce(), payer.key()));
        refused(
                "invalid_permit2_signature",
                permit(most, me, me, soon, Paying402.nonce(), node.stranger().key()));
        assertEquals(PayNode.FUNDS, node.ledger().state().balance(payer.address()));
    }

    @Test
    void aPermitSignedTwiceUnderOneNumberIsRefused() throws Exception {
        Hash nonce = Paying402.nonce();
        long most = upto.amount().longValueExact();
        Address me = node.operator();
        assertEquals(
                200,
                pay(permit(most, me, me, Paying402.now() + 300, nonce, payer.key()))
                        .status());
        refused("permit2_invalid_nonce", permit(most, me, me, Paying402.now() + 400, nonce, payer.key()));
    }
}
