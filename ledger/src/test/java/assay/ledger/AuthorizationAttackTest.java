package assay.ledger;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import assay.core.base.Amount;
import assay.core.base.Hash;
import assay.ledger.crypto.Signature;
import assay.ledger.state.Receipt;
import assay.ledger.tx.Ids;
import assay.ledger.tx.Stock;
import assay.ledger.tx.Transaction;
import assay.ledger.tx.Transaction.Authorization;
import assay.ledger.tx.Transaction.Bond;
import assay.ledger.tx.Transaction.ChannelConfig;
import assay.ledger.tx.Transaction.Deposit;
import assay.ledger.tx.Transaction.OpenEscrow;
import assay.ledger.tx.Transaction.Permit;
import assay.ledger.tx.Transaction.SetPrices;
import assay.ledger.tx.Transaction.SettleAuthorization;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Attacks on payments that another than the payer brings: each is tried, and fails for the reason given. */
class AuthorizationAttackTest {
    private final World w = new World(World.params(2), "payer", "other", "node", "rival", "author", "thief");

    @BeforeEach
    void network() {
        w.timeMillis = 1_000_000;
        for (String node : new String[] {"node", "rival"}) {
            ok(node, w.registration(node, node, node));
            ok(node, new Bond(Amount.ofUnits(100)));
        }
        ok("author", w.model("smol", 200_000));
        for (String node : new String[] {"node", "rival"}) {
            ok(node, new SetPrices(w.modelId("smol"), Amount.ofUnits(1), Amount.ZERO, Amount.ofUnits(1)));
        }
    }

    private void ok(String from, Transaction body) {
        Outcome outcome = w.send(from, body);
        assertInstanceOf(Outcome.Applied.class, outcome, () -> from + " " + body + ": " + outcome);
    }

    private void refused(Reason reason, String from, Transaction body) {
        assertEquals(new Outcome.Rejected(reason), w.send(from, body));
    }

    private Authorization authorization(String to, long micro) {
        return w.authorization("payer", to, micro, 0, 2000, "n");
    }

    private Hash escrow(String nonce) {
        return Ids.escrow(w.genesis.chainId(), w.address("payer"), World.hash(nonce));
    }

    @Test
    void oneAuthorisationPaysOnce() {
        ok("thief", new SettleAuthorization(authorization("other", 100)));
        refused(Reason.AUTHORIZATION_USED, "thief", new SettleAuthorization(authorization("other", 100)));
        w.settle(5);
        refused(Reason.AUTHORIZATION_USED, "thief", new SettleAuthorization(authorization("other", 100)));
        w.timeMillis = 2_000_000;
        w.settle(1);
        refused(Reason.AUTHORIZATION_EXPIRED, "thief", new SettleAuthorization(authorization("other", 100)));
    }

    @Test
    void everyWordOfAnAuthorisationIsSigned() {
        Authorization a = authorization("other", 100);
        Signature s = a.signature();
        for (Authorization bent : new Authorization[] {
            new Authorization(w.address("rival"), a.to(), a.value(), 0, 2000, a.authorization(), s),
            new Authorization(a.payer(), w.address("thief"), a.value(), 0, 2000, a.authorization(), s),
            new Authorization(a.payer(), a.to(), Amount.ofMicro(101), 0, 2000, a.authorization(), s),
            new Authorization(a.payer(), a.to(), a.value(), 1, 2000, a.authorization(), s),
            new Authorization(a.payer(), a.to(), a.value(), 0, 2001, a.authorization(), s),
            new Authorization(a.payer(), a.to(), a.value(), 0, 2000, World.hash("m"), s)
        }) {
            refused(Reason.AUTHORIZATION_NOT_BY_PAYER, "thief", new SettleAuthorization(bent));
        }
    }

    @Test
    void anAuthorisationOfAnotherChainIsWorthless() {
        Authorization a = authorization("other", 100);
        Signature elsewhere = w.keyOf("payer").sign(Stock.authorization(w.genesis.chainId() + 1, a));
        refused(
                Reason.AUTHORIZATION_NOT_BY_PAYER,
                "thief",
                new SettleAuthorization(new Authorization(
                        a.payer(), a.to(), a.value(), a.validAfter(), a.validBefore(), a.authorization(), elsewhere)));
    }

    @Test
    void theTwinOfASignatureIsRefused() {
        Authorization a = authorization("other", 100);
        refused(
                Reason.AUTHORIZATION_SIGNATURE_INVALID,
                "thief",
                new SettleAuthorization(new Authorization(
                        a.payer(),
                        a.to(),
                        a.value(),
                        a.validAfter(),
                        a.validBefore(),
                        a.authorization(),
                        LedgerAttackTest.highS(a.signature()))));
    }

    @Test
    void aNodeDoesNotTakeAnAuthorisationWithoutAReceipt() {
        Amount before = w.state.balance(w.address("payer"));
        refused(Reason.AUTHORIZATION_NEEDS_ESCROW, "node", new SettleAuthorization(authorization("node", 100)));
        ok("node", new OpenEscrow(authorization("node", 100)));
        w.settle(6);
        assertEquals(before, w.state.balance(w.address("payer")), "no receipt, no payment");
    }

    @Test
    void aPaymentAuthorisationIsNotUsedForAnotherRequest() {
        ok("node", new OpenEscrow(authorization("node", 100)));
        ok("node", w.checkpoint("node", w.posting("r1", escrow("n"), w.modelId("smol"), 60, "root")));
        ok("node", w.checkpoint("node", w.posting("r2", escrow("n"), w.modelId("smol"), 40, "root")));
        assertEquals(60, receipt("r1").paid().micro());
        assertEquals(0, receipt("r2").paid().micro(), "the escrow paid once and closed");
        refused(Reason.AUTHORIZATION_USED, "node", new OpenEscrow(authorization("node", 100)));
    }

    @Test
    void anOpenEscrowIsNotOverwrittenWhenItsNonceIsForgotten() {
        ok("node", new OpenEscrow(authorization("node", 100)));
        w.timeMillis = 2_000_000;
        w.settle(1);
        Authorization again = w.authorization("payer", "node", 50, 0, 3000, "n");
        refused(Reason.AUTHORIZATION_USED, "node", new OpenEscrow(again));
        assertEquals(
                Amount.ofMicro(100), w.state.channel(escrow("n")).orElseThrow().deposit());
    }

    @Test
    void anotherOperatorsReceiptReleasesNothing() {
        ok("node", new OpenEscrow(authorization("node", 100)));
        ok("rival", w.checkpoint("rival", w.posting("r1", escrow("n"), w.modelId("smol"), 60, "root")));
        Receipt r = w.state.receipt(w.address("rival"), World.hash("r1")).orElseThrow();
        assertTrue(r.paid().isZero());
        assertEquals(
                Amount.ofMicro(100), w.state.channel(escrow("n")).orElseThrow().deposit());
    }

    @Test
    void aReceiptAboveTheEscrowIsNotPaid() {
        ok("node", new OpenEscrow(authorization("node", 100)));
        ok("node", w.checkpoint("node", w.posting("r1", escrow("n"), w.modelId("smol"), 101, "root")));
        assertTrue(receipt("r1").paid().isZero());
        assertTrue(w.state.channel(escrow("n")).isPresent(), "and the money is still aside");
    }

    @Test
    void onlyTheNamedFacilitatorTakesAPermit() {
        Permit p = w.permit("payer", "other", "other", 100, 0, 2000, "n");
        refused(Reason.AUTHORIZATION_NOT_BY_PAYER, "thief", new Transaction.SettlePermit(p, Amount.ofMicro(100)));
        refused(Reason.PERMIT_EXCEEDED, "other", new Transaction.SettlePermit(p, Amount.ofMicro(101)));
        Permit more = new Permit(
                p.payer(), p.to(), Amount.ofMicro(101), p.validAfter(), p.deadline(), p.permission(), p.signature());
        refused(Reason.AUTHORIZATION_NOT_BY_PAYER, "other", new Transaction.SettlePermit(more, Amount.ofMicro(101)));
        ok("other", new Transaction.SettlePermit(p, Amount.ofMicro(1)));
        refused(Reason.AUTHORIZATION_USED, "other", new Transaction.SettlePermit(p, Amount.ofMicro(99)));
    }

    @Test
    void aDepositGoesIntoNoOtherChannel() {
        ChannelConfig mine = w.config("payer", "none", "node", "s");
        Deposit good = w.deposit("payer", mine, 100, 0, 2000, "d");
        ChannelConfig stolen = new ChannelConfig(
                mine.payer(), w.address("thief"), mine.receiver(), mine.receiverAuthorizer(), 900, mine.salt());
        refused(Reason.AUTHORIZATION_NOT_BY_PAYER, "node", new Deposit(stolen, good.authorization()));
        ChannelConfig rivals = w.config("payer", "none", "rival", "s");
        refused(Reason.AUTHORIZATION_NOT_BY_PAYER, "rival", new Deposit(rivals, good.authorization()));
        ok("node", good);
    }

    @Test
    void aVoucherInOtherWordsPaysNothing() {
        ChannelConfig config = w.config("payer", "none", "node", "s");
        Hash id = Stock.channel(w.genesis.chainId(), config);
        ok("node", w.deposit("payer", config, 100, 0, 2000, "d"));
        ok("node", w.checkpoint("node", w.posting("r1", id, w.modelId("smol"), 60, "root")));
        Amount all = Amount.ofMicro(60);
        refused(Reason.VOUCHER_NOT_BY_PAYER, "node", new Transaction.Claim(id, all, w.voucher("payer", id, 60)));
        refused(Reason.CHANNEL_OTHER_FORM, "node", new Transaction.Redeem(id, all, w.voucher("payer", id, 60)));
        ok("node", new Transaction.Claim(id, all, w.x402Voucher("payer", id, 60)));
    }

    /** A channel's id is a digest of words that can be said again; its vouchers would be good again with it. */
    @Test
    void aClosedChannelIsNotOpenedAgainForItsOldVouchers() {
        ChannelConfig config = w.config("payer", "none", "node", "s");
        Hash id = Stock.channel(w.genesis.chainId(), config);
        ok("node", w.deposit("payer", config, 100, 0, 2000, "d"));
        ok("node", w.checkpoint("node", w.posting("r1", id, w.modelId("smol"), 60, "root")));
        Signature old = w.x402Voucher("payer", id, 60);
        ok("node", new Transaction.Claim(id, Amount.ofMicro(60), old));
        ok("node", new Transaction.CloseChannel(id));
        Amount before = w.state.balance(w.address("payer"));
        refused(Reason.CHANNEL_CLOSING, "node", w.deposit("payer", config, 100, 0, 2000, "e"));
        w.timeMillis = 1L << 50;
        w.settle(1);
        long now = w.timeMillis / 1000;
        refused(Reason.CHANNEL_CLOSING, "node", w.deposit("payer", config, 100, now - 1, now + 1000, "f"));
        ok("node", w.checkpoint("node", w.posting("r2", id, w.modelId("smol"), 60, "root")));
        refused(Reason.CHANNEL_UNKNOWN, "node", new Transaction.Claim(id, Amount.ofMicro(60), old));
        assertEquals(before, w.state.balance(w.address("payer")));
    }

    /** The ledger remembers a closed channel as if its payer had spent a nonce; a payer may sign any nonce. */
    @Test
    void aClosedChannelIsNotForgottenWithANonceOfTheSameName() {
        ChannelConfig config = w.config("payer", "none", "node", "s");
        Hash id = Stock.channel(w.genesis.chainId(), config);
        ok("node", w.deposit("payer", config, 100, 0, 2000, "d"));
        ok("payer", new Transaction.CancelAuthorization(Ids.closed(id), 1500));
        ok("node", w.checkpoint("node", w.posting("r1", id, w.modelId("smol"), 60, "root")));
        ok("node", new Transaction.Claim(id, Amount.ofMicro(60), w.x402Voucher("payer", id, 60)));
        ok("node", new Transaction.CloseChannel(id));
        w.timeMillis = 1_600_000;
        w.settle(1);
        refused(Reason.CHANNEL_CLOSING, "node", w.deposit("payer", config, 100, 0, 2000, "e"));
    }

    private Receipt receipt(String name) {
        return w.state.receipt(w.address("node"), World.hash(name)).orElseThrow();
    }
}
