package assay.ledger;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import assay.core.base.Amount;
import assay.core.base.Hash;
import assay.core.receipt.Receipt;
import assay.ledger.delivery.DeliveryKey;
import assay.ledger.state.Demand;
import assay.ledger.state.Key;
import assay.ledger.state.Receipt.Status;
import assay.ledger.tx.Ids;
import assay.ledger.tx.Transaction;
import assay.ledger.tx.Transaction.AnswerDemand;
import assay.ledger.tx.Transaction.Bond;
import assay.ledger.tx.Transaction.BondAuditor;
import assay.ledger.tx.Transaction.CommitAudit;
import assay.ledger.tx.Transaction.DemandOpening;
import assay.ledger.tx.Transaction.OpenDispute;
import assay.ledger.tx.Transaction.Redeem;
import assay.ledger.tx.Transaction.ReportReceipt;
import assay.ledger.tx.Transaction.RevealAudit;
import assay.ledger.tx.Transaction.RevealTrace;
import assay.ledger.tx.Transaction.SetPrices;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Blocks that an attacker fills, so that somebody else cannot move in time: they count on nobody's clock. */
class ClockAttackTest {
    private static final int MANY = 40;
    private static final Amount DRAWN = Amount.ofMicro(2_222_222);
    private static final Hash CELLS = World.hash("cells");

    private final World w = new World(World.sampled(2, 1), "payer", "node", "author", "friend", "a1", "a2", "host");
    private Hash channel = Ids.NONE;

    @BeforeEach
    void network() {
        ok("author", w.model("smol", 200_000));
        ok("node", w.registration("node", "node", "node"));
        ok("node", new Bond(Amount.ofUnits(100)));
        ok("node", new SetPrices(w.modelId("smol"), Amount.ofUnits(1), Amount.ofUnits(1), Amount.ofUnits(1)));
        for (String auditor : List.of("a1", "a2")) {
            ok(auditor, new BondAuditor(w.modelId("smol"), Amount.ofUnits(5)));
        }
        channel = w.nextChannel("payer", "node");
        ok("payer", new Transaction.OpenChannel(w.address("node"), Amount.ofUnits(5)));
    }

    private void post(Amount price, int blocks) {
        ok("node", w.checkpoint("node", w.posting("r1", channel, w.modelId("smol"), price.micro(), "x")));
        w.settle(blocks);
    }

    /** So many blocks in which nobody else found room. */
    private void full(int blocks) {
        for (int i = 0; i < blocks; i++) {
            w.state = Ledger.settle(w.state, w.block(), true).next();
        }
    }

    private Status status() {
        return w.state
                .receipt(w.address("node"), World.hash("r1"))
                .orElseThrow()
                .status();
    }

    private void commit(String auditor) {
        Hash commitment = Ids.commitment(
                w.genesis.chainId(), World.hash("r1"), w.address(auditor), World.hash("x"), World.hash(auditor));
        ok(auditor, new CommitAudit(w.address("node"), World.hash("r1"), commitment));
    }

    private RevealAudit reveal(String auditor) {
        return new RevealAudit(w.address("node"), World.hash("r1"), World.hash("x"), World.hash(auditor));
    }

    private void audited() {
        post(DRAWN, 3);
        commit("a1");
        commit("a2");
        ok("a1", reveal("a1"));
        ok("a2", reveal("a2"));
    }

    @Test
    void theNodesReveal() {
        audited();
        full(MANY);
        assertEquals(Status.DRAWN, status(), "full blocks do not count");
        w.settle(2);
        assertEquals(Status.DRAWN, status(), "it has as many as ever");
        ok("node", new RevealTrace(World.hash("r1"), World.hash("x"), w.salt("r1")));
        assertEquals(Status.CONFIRMED, status());
    }

    @Test
    void aNodeThatHadRoomAndKeptSilentIsPunishedAllTheSame() {
        audited();
        full(MANY);
        w.settle(MANY + 3);
        assertEquals(Status.WITHHELD, status());
    }

    @Test
    void theAuditorsCommitmentsAndReveals() {
        post(DRAWN, 3);
        full(MANY);
        commit("a1");
        full(MANY);
        w.settle(1);
        commit("a2");
        full(MANY);
        ok("a1", reveal("a1"));
        full(MANY);
        w.settle(1);
        ok("a2", reveal("a2"));
    }

    @Test
    void aDeliveryOnTheLedger() {
        post(DRAWN, 3);
        DeliveryKey key = DeliveryKey.of(World.hash("key")).orElseThrow();
        ok("a1", new Transaction.ComplainDelivery(w.address("node"), World.hash("r1"), key.publicKey()));
        full(MANY);
        assertEquals(Status.DRAWN, status());
        w.settle(3);
        Hash demand = Complaints.id(w.address("node"), World.hash("r1"), w.address("a1"), 0);
        ok("node", new AnswerDemand(demand, "what was asked for"));
        full(MANY);
        assertTrue(w.state.demands().has(Key.of(demand)), "and its auditor has time to show that it is wrong");
    }

    @Test
    void anOpening() {
        post(Amount.ofMicro(1), 5);
        ok("payer", new DemandOpening(w.address("node"), World.hash("r1"), CELLS));
        full(MANY);
        assertEquals(Status.DEMANDED, status());
        w.settle(3);
        Hash demand = Ids.demand(
                Demand.Kind.OPENING.ordinal(), w.address("node"), World.hash("r1"), w.address("payer"), CELLS);
        ok("node", new AnswerDemand(demand, "its digest"));
        assertEquals(Status.UNDRAWN, status());
    }

    @Test
    void aMoveInADispute() {
        post(Amount.ofMicro(1), 5);
        ok("friend", new BondAuditor(w.modelId("smol"), Amount.ofUnits(5)));
        ok("friend", new OpenDispute(w.address("node"), World.hash("r1"), World.hash("y")));
        ok("node", new RevealTrace(World.hash("r1"), World.hash("x"), w.salt("r1")));
        full(MANY);
        w.settle(1);
        assertEquals(Status.DISPUTED, status(), "two blocks a move");
        w.settle(1);
        full(MANY);
        assertEquals(Status.DISPUTED, status(), "and those at the end do not count either");
        w.settle(MANY);
        assertEquals(Status.FAULT, status(), "then silence loses");
    }

    @Test
    void aRedemptionBeforeAChannelCloses() {
        post(Amount.ofMicro(143), 1);
        ok("payer", new Transaction.CloseChannel(channel));
        full(MANY);
        w.settle(4);
        Amount paid = Amount.ofMicro(143);
        ok("node", new Redeem(channel, paid, w.voucher("payer", channel, paid.micro())));
        full(MANY);
        w.settle(MANY + 5);
        assertFalse(w.state.channel(channel).isPresent(), "but it closes");
    }

    @Test
    void aReceiptThatCouldNotBePostedInTime() {
        Receipt r = SignedReceipts.receipt(w, "node", channel, "smol", 500, 1_000, 1);
        ReportReceipt report = new ReportReceipt(SignedReceipts.envelope("node", r));
        full(MANY);
        w.settle(5);
        assertEquals(new Outcome.Rejected(Reason.EVIDENCE_EARLY), w.send("a1", report), "six blocks, full ones aside");
        ok("node", w.checkpoint("node", SignedReceipts.posting(w, r, channel)));
        w.settle(20);
        assertEquals(new Outcome.Rejected(Reason.EVIDENCE_PROVES_NOTHING), w.send("a1", report));
    }

    @Test
    void aReceiptThatCouldBePostedInTimeAndWasNot() {
        Receipt r = SignedReceipts.receipt(w, "node", channel, "smol", 500, 1_000, 1);
        full(MANY);
        w.settle(6);
        ok("a1", new ReportReceipt(SignedReceipts.envelope("node", r)));
    }

    /** Which blocks were full is forgotten after a day and a half; then it is not judged any more who was late. */
    @Test
    void aReceiptThatHadToWaitForBlocksThatAreForgotten() {
        Receipt r = SignedReceipts.receipt(w, "node", channel, "smol", 500, 1_000, 1);
        full(MANY);
        ok("node", w.checkpoint("node", SignedReceipts.posting(w, r, channel)));
        skip(Clocks.FULL_KEPT + 2 * MANY);
        ReportReceipt report = new ReportReceipt(SignedReceipts.envelope("node", r));
        assertEquals(new Outcome.Rejected(Reason.EVIDENCE_PROVES_NOTHING), w.send("a1", report));
    }

    @Test
    void aReceiptThatWasLateWhereNoBlockWasFullIsPunishedHoweverLongAfter() {
        Receipt r = SignedReceipts.receipt(w, "node", channel, "smol", 500, 1_000, 1);
        w.settle(MANY);
        ok("node", w.checkpoint("node", SignedReceipts.posting(w, r, channel)));
        skip(Clocks.FULL_KEPT + 2 * MANY);
        ok("a1", new ReportReceipt(SignedReceipts.envelope("node", r)));
    }

    /** So many blocks in which nothing happens, and then one. */
    private void skip(long blocks) {
        Draft d = Draft.of(w.state, w.block());
        d.height = w.state.height() + blocks;
        w.state = d.applied().next();
        w.settle(1);
    }

    @Test
    void aHostsChunk() {
        ok("host", new Transaction.OfferHosting(w.modelId("smol"), "http://host", Amount.ofUnits(10)));
        w.settle(6);
        assertTrue(
                w.state.host(w.modelId("smol"), w.address("host")).orElseThrow().asked());
        full(MANY);
        w.settle(1);
        long chunk =
                w.state.host(w.modelId("smol"), w.address("host")).orElseThrow().chunk();
        ok("host", w.chunk(w.modelId("smol"), chunk));
    }

    private void ok(String from, Transaction body) {
        Outcome outcome = w.send(from, body);
        assertInstanceOf(Outcome.Applied.class, outcome, () -> from + " " + body + ": " + outcome);
    }
}
