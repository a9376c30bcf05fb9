package assay.ledger;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import assay.core.base.Amount;
import assay.core.base.Hash;
import assay.core.codec.Writer;
import assay.core.receipt.Receipt;
import assay.core.receipt.Statement;
import assay.core.receipt.Transcript;
import assay.ledger.crypto.Address;
import assay.ledger.delivery.DeliveryKey;
import assay.ledger.delivery.SealedDelivery;
import assay.ledger.tx.Ids;
import assay.ledger.tx.Transaction;
import assay.ledger.tx.Transaction.AnswerDemand;
import assay.ledger.tx.Transaction.BondAuditor;
import assay.ledger.tx.Transaction.ComplainDelivery;
import assay.ledger.tx.Transaction.ProveDelivery;
import assay.ledger.tx.Transaction.SetPrices;
import java.nio.file.Files;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Deliveries on the ledger: neither a node that answers rubbish nor an auditor that lies of one gains by it. */
class WrongDeliveryAttackTest {
    private static final DeliveryKey KEY =
            DeliveryKey.of(World.hash("a1's key")).orElseThrow();

    private final World w = new World(World.params(2), "payer", "node", "author", "a1", "a2");
    private Hash receipt = Ids.NONE;
    private byte[] statement = new byte[0];
    private Transcript transcript = new Transcript(Ids.NONE, new byte[0], new int[0], List.of());

    /** A real receipt of the node's is drawn, and a1 complains that it got nothing. */
    @BeforeEach
    void complaint() throws Exception {
        ok("author", w.model("smol", 200_000));
        ok("node", w.registration("node", "node", "node"));
        ok("node", new Transaction.Bond(Amount.ofUnits(100)));
        ok("node", new SetPrices(w.modelId("smol"), Amount.ofUnits(1), Amount.ZERO, Amount.ofUnits(1)));
        ok("a1", new BondAuditor(w.modelId("smol"), Amount.ofUnits(10)));
        ok("a2", new BondAuditor(w.modelId("smol"), Amount.ofUnits(10)));
        Receipt r = SignedReceipts.receipt(w, "node", Ids.NONE, "smol", 0, 0, 1);
        statement = Statement.encode(r);
        transcript = Transcript.parse(Files.readAllBytes(Vectors.file("../receipt/sample.transcript")));
        receipt = SignedReceipts.digest(r);
        ok("node", w.checkpoint("node", SignedReceipts.posting(w, r, Ids.NONE)));
        w.settle(1);
        ok("a1", new ComplainDelivery(w.address("node"), receipt, KEY.publicKey()));
    }

    @Test
    void aNodeThatAnswersRubbishIsPunishedAsForAFault() {
        punished("rubbish, and not base64 either");
        assertEquals(Amount.ofUnits(90), stake());
        assertEquals(World.START.minus(Amount.ofUnits(9)), w.state.balance(w.address("a1")), "a tenth of it is a1's");
    }

    @Test
    void aNodeThatSealsForAnotherKeyIsPunished() throws Exception {
        punished(SealedDelivery.sealText(DeliveryKey.fresh().publicKey(), statement, transcript));
    }

    @Test
    void aNodeThatSealsAnotherReceiptIsPunished() throws Exception {
        Receipt other = SignedReceipts.receipt(w, "node", Ids.NONE, "smol", 0, 0, 2);
        punished(SealedDelivery.sealText(KEY.publicKey(), Statement.encode(other), transcript));
    }

    @Test
    void aNodeThatSealsAnotherAnswerThanItSignedIsPunished() throws Exception {
        Transcript.Choice c = transcript.choices().getFirst();
        Transcript.Choice other = new Transcript.Choice(c.text() + "!", c.ids(), c.finish(), c.logprobs());
        punished(SealedDelivery.sealText(
                KEY.publicKey(),
                statement,
                new Transcript(transcript.salt(), transcript.body(), new int[0], List.of(other))));
    }

    @Test
    void aNodeThatSealsAnotherRequestThanItSignedIsPunished() throws Exception {
        punished(SealedDelivery.sealText(
                KEY.publicKey(),
                statement,
                new Transcript(transcript.salt(), new byte[] {'{', '}'}, new int[0], transcript.choices())));
    }

    @Test
    void aNodeWhoseKeyIsAPointOfSmallOrderIsPunished() {
        byte[] noKey = new Writer().bytes(new byte[32]).bytes(new byte[64]).toBytes();
        punished(Base64.getEncoder().encodeToString(noKey));
    }

    @Test
    void aNodeThatDeliversABombIsPunished() throws Exception {
        byte[] body = new byte[SealedDelivery.PLAIN_MAX_BYTES];
        punished(SealedDelivery.sealText(
                KEY.publicKey(), statement, new Transcript(transcript.salt(), body, new int[0], List.of())));
    }

    @Test
    void anAuditorThatCallsARightDeliveryWrongPaysForItAndIsHeardOnce() throws Exception {
        String right = SealedDelivery.sealText(KEY.publicKey(), statement, transcript);
        ok("node", new AnswerDemand(demand(), right));
        Amount node = w.state.balance(w.address("node"));
        ok("a1", new ProveDelivery(demand(), right, KEY.secret()));
        assertEquals(Amount.ofUnits(100), stake());
        Amount fee = w.state.params().disputes().fee();
        assertEquals(node.plus(fee), w.state.balance(w.address("node")));
        assertEquals(World.START.minus(Amount.ofUnits(10)).minus(fee), w.state.balance(w.address("a1")));
        refused(Reason.DEMAND_UNKNOWN, "a1", new ProveDelivery(demand(), right, KEY.secret()));
        ok("a1", new ComplainDelivery(w.address("node"), receipt, KEY.publicKey()));
    }

    @Test
    void anAuditorThatCannotPayForALieIsNotHeard() throws Exception {
        String right = SealedDelivery.sealText(KEY.publicKey(), statement, transcript);
        ok("node", new AnswerDemand(demand(), right));
        ok("a1", new Transaction.Transfer(w.address("a2"), w.state.balance(w.address("a1"))));
        refused(Reason.BALANCE_TOO_SMALL, "a1", new ProveDelivery(demand(), right, KEY.secret()));
    }

    @Test
    void anAuditorThatShowsAnotherAnswerOrAnotherKeyProvesNothing() throws Exception {
        ok("node", new AnswerDemand(demand(), SealedDelivery.sealText(KEY.publicKey(), statement, transcript)));
        refused(Reason.ANSWER_WRONG, "a1", new ProveDelivery(demand(), "rubbish of its own", KEY.secret()));
        String right = SealedDelivery.sealText(KEY.publicKey(), statement, transcript);
        refused(Reason.ANSWER_WRONG, "a1", new ProveDelivery(demand(), right, KEY.secret()));
    }

    @Test
    void aKeyThatNobodyCanSealForIsNoComplaint() {
        refused(Reason.DELIVERY_KEY_WRONG, "a2", new ComplainDelivery(w.address("node"), receipt, Ids.NONE));
    }

    @Test
    void aFriendWhoComplainsFirstKeepsNobodyElseFromHisDelivery() {
        ok("a2", new ComplainDelivery(w.address("node"), receipt, KEY.publicKey()));
    }

    @Test
    void whoHadWhatItNeededAndCommittedCallsNothingWrong() {
        ok("node", new AnswerDemand(demand(), "rubbish"));
        Hash commitment = Ids.commitment(w.genesis.chainId(), receipt, w.address("a1"), receipt, receipt);
        ok("a1", new Transaction.CommitAudit(w.address("node"), receipt, commitment));
        refused(Reason.DEMAND_CLOSED, "a1", new ProveDelivery(demand(), "rubbish", KEY.secret()));
    }

    @Test
    void anAnswerThatNobodyCallsWrongCostsTheNodeNothing() throws Exception {
        ok("node", new AnswerDemand(demand(), SealedDelivery.sealText(KEY.publicKey(), statement, transcript)));
        w.settle(60);
        assertEquals(Amount.ofUnits(100), stake());
        assertEquals(0, w.state.demands().count());
    }

    /** This answer is shown to be no delivery, by its auditor alone. */
    private void punished(String answer) {
        ok("node", new AnswerDemand(demand(), answer));
        refused(Reason.DEMAND_UNKNOWN, "a2", new ProveDelivery(demand(), answer, KEY.secret()));
        ok("a1", new ProveDelivery(demand(), answer, KEY.secret()));
        assertEquals(
                assay.ledger.state.Receipt.Status.WITHHELD,
                w.state.receipt(w.address("node"), receipt).orElseThrow().status());
        assertTrue(stake().isBelow(Amount.ofUnits(100)));
    }

    private Hash demand() {
        Address node = w.address("node");
        return Complaints.id(node, receipt, w.address("a1"), 0);
    }

    private Amount stake() {
        return w.state.operator(w.address("node")).orElseThrow().stake().total();
    }

    private void ok(String from, Transaction body) {
        Outcome outcome = w.send(from, body);
        assertInstanceOf(Outcome.Applied.class, outcome, () -> from + " " + body + ": " + outcome);
    }

    private void refused(Reason reason, String from, Transaction body) {
        assertEquals(new Outcome.Rejected(reason), w.send(from, body));
    }
}
