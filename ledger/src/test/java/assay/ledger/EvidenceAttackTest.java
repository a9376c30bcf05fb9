package assay.ledger;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import assay.core.base.Amount;
import assay.core.base.Hash;
import assay.core.log.Leaf;
import assay.core.merkle.Merkle;
import assay.core.merkle.MerkleTree;
import assay.core.receipt.Receipt;
import assay.ledger.state.Demand;
import assay.ledger.tx.Ids;
import assay.ledger.tx.Transaction;
import assay.ledger.tx.Transaction.Bond;
import assay.ledger.tx.Transaction.OpenChannel;
import assay.ledger.tx.Transaction.ReportReceipt;
import assay.ledger.tx.Transaction.ReportTwoCheckpoints;
import assay.ledger.tx.Transaction.ReportTwoReceipts;
import assay.ledger.tx.Transaction.SetPrices;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a node signed and does not stand by: whoever holds it has it punished, once, and nothing else. */
class EvidenceAttackTest {
    private final World w = new World(World.params(1), "payer", "node", "rival", "author", "witness");
    private Hash channel = Ids.NONE;

    @BeforeEach
    void network() {
        for (String node : new String[] {"node", "rival"}) {
            ok(node, w.registration(node, node, node));
            ok(node, new Bond(Amount.ofUnits(100)));
        }
        ok("author", w.model("smol", 200_000));
        ok("node", new SetPrices(w.modelId("smol"), Amount.ofUnits(1), Amount.ZERO, Amount.ofUnits(1)));
        channel = w.nextChannel("payer", "node");
        ok("payer", new OpenChannel(w.address("node"), Amount.ofUnits(5)));
    }

    private void ok(String from, Transaction body) {
        Outcome outcome = w.send(from, body);
        assertInstanceOf(Outcome.Applied.class, outcome, () -> from + " " + body + ": " + outcome);
    }

    private void refused(Reason reason, Transaction body) {
        assertEquals(new Outcome.Rejected(reason), w.send("witness", body));
    }

    private Receipt receipt(long amount, int no) {
        return SignedReceipts.receipt(w, "node", channel, "smol", amount, 1_000 + no, no);
    }

    private ReportReceipt report(Receipt r) {
        return new ReportReceipt(SignedReceipts.envelope("node", r));
    }

    private long stake() {
        return w.state.operator(w.address("node")).orElseThrow().stake().total().micro();
    }

    @Test
    void aReceiptThatIsNeverPosted() {
        Receipt r = receipt(500, 1);
        w.settle(5);
        refused(Reason.EVIDENCE_EARLY, report(r));
        w.settle(1);
        ok("witness", report(r));
        assertEquals(90_000_000, stake());
        assertEquals(World.START.plus(Amount.ofUnits(1)), w.state.balance(w.address("witness")));
        refused(Reason.EVIDENCE_USED, report(r));
    }

    @Test
    void aReceiptThatIsPostedLate() {
        Receipt r = receipt(500, 1);
        w.settle(6);
        ok("node", w.checkpoint("node", SignedReceipts.posting(w, r, channel)));
        ok("witness", report(r));
        assertTrue(stake() <= 90_000_000, "posting it late does not undo it");
        assertEquals(
                Amount.ofUnits(5).micro(),
                w.state.channel(channel).orElseThrow().heldMicro() + 500,
                "and nobody pays for it: what was set aside went back to the payer");
        refused(Reason.EVIDENCE_USED, report(r));
    }

    @Test
    void theChallengerIsTheNode() {
        Amount before = w.state.balance(w.address("node"));
        Receipt r = receipt(500, 1);
        w.settle(6);
        ok("node", report(r));
        assertEquals(90_000_000, stake());
        assertEquals(before, w.state.balance(w.address("node")), "no bounty for its own fault");
        assertEquals(Amount.ofUnits(10), w.state.totals().burned());
    }

    @Test
    void theChallengerIsTheNodesPuppet() {
        Hash key = SignedReceipts.key("node");
        String one = SignedReceipts.checkpoint("node", 7, World.hash("a"), 10);
        String two = SignedReceipts.checkpoint("node", 7, World.hash("b"), 10);
        long together = stake() + w.state.balance(w.address("witness")).micro();
        ok("witness", new ReportTwoCheckpoints(key, one, two));
        long after = stake() + w.state.balance(w.address("witness")).micro();
        assertTrue(2 * (together - after) >= 10_000_000, "at least half of what was slashed is burned");
    }

    @Test
    void aReceiptThatIsPostedInTimeProvesNothing() {
        Receipt r = receipt(500, 1);
        ok("node", w.checkpoint("node", SignedReceipts.posting(w, r, channel)));
        w.settle(10);
        refused(Reason.EVIDENCE_PROVES_NOTHING, report(r));
        assertEquals(100_000_000, stake());
    }

    @Test
    void aReceiptThatIsPostedWithAnotherAmountOrWeight() {
        Receipt r = receipt(500, 1);
        Transaction.Posting p = SignedReceipts.posting(w, r, channel);
        Transaction.Posting less = new Transaction.Posting(
                p.receipt(), p.channel(), p.model(), Amount.ofMicro(5), p.insured(), p.tokens(), p.blindedRoot());
        ok("node", w.checkpoint("node", less));
        ok("witness", report(r));
        assertEquals(
                assay.ledger.state.Receipt.Status.FAULT,
                w.state.receipt(w.address("node"), p.receipt()).orElseThrow().status());
        assertTrue(stake() <= 90_000_000);
        assertEquals(5_000_000 - 5, w.state.channel(channel).orElseThrow().heldMicro(), "what was set aside went back");
        w.settle(3);
        refused(Reason.EVIDENCE_USED, report(r));
    }

    @Test
    void evidenceThatTheNodeDidNotSign() {
        Receipt r = receipt(500, 1);
        String good = SignedReceipts.envelope("node", r);
        w.settle(10);
        refused(Reason.EVIDENCE_MALFORMED, new ReportReceipt("{"));
        refused(Reason.EVIDENCE_MALFORMED, new ReportReceipt(good.substring(0, good.length() - 2)));
        refused(Reason.EVIDENCE_NOT_SIGNED, new ReportReceipt(SignedReceipts.envelope("rival", r)));
        Receipt stranger = SignedReceipts.receipt(w, "stranger", channel, "smol", 500, 1, 1);
        refused(Reason.EVIDENCE_NOT_SIGNED, new ReportReceipt(SignedReceipts.envelope("stranger", stranger)));
        assertEquals(100_000_000, stake());
    }

    @Test
    void aReceiptOfAnotherChain() {
        World other = new World(World.params(1), "payer");
        Receipt here = receipt(500, 1);
        Receipt there = new Receipt(
                here.request(),
                here.prompt(),
                here.answer(),
                here.choices(),
                here.transcriptBytes(),
                here.nonce(),
                here.model(),
                here.trace(),
                here.parents(),
                here.seed(),
                here.usage(),
                here.price(),
                here.payment(),
                here.node(),
                new Receipt.Ledger(other.genesis.chainId() + 1, 0),
                here.timeMillis(),
                here.evidence(),
                false,
                here.extra());
        w.settle(10);
        refused(Reason.EVIDENCE_PROVES_NOTHING, report(there));
    }

    @Test
    void onePaymentThatAnswersTwoRequests() {
        String first = SignedReceipts.envelope("node", SignedReceipts.receipt(w, "node", channel, "smol", 50, 99, 1));
        String second = SignedReceipts.envelope("node", SignedReceipts.receipt(w, "node", channel, "smol", 50, 99, 2));
        String next = SignedReceipts.envelope("node", SignedReceipts.receipt(w, "node", channel, "smol", 50, 149, 3));
        refused(Reason.EVIDENCE_PROVES_NOTHING, new ReportTwoReceipts(first, next));
        refused(Reason.EVIDENCE_PROVES_NOTHING, new ReportTwoReceipts(first, first));
        ok("witness", new ReportTwoReceipts(first, second));
        refused(Reason.EVIDENCE_USED, new ReportTwoReceipts(second, first));
        assertEquals(90_000_000, stake());
    }

    @Test
    void twoCheckpointsOfOneSize() {
        Hash key = SignedReceipts.key("node");
        String one = SignedReceipts.checkpoint("node", 7, World.hash("a"), 10);
        String two = SignedReceipts.checkpoint("node", 7, World.hash("b"), 10);
        String later = SignedReceipts.checkpoint("node", 8, World.hash("b"), 10);
        refused(Reason.EVIDENCE_PROVES_NOTHING, new ReportTwoCheckpoints(key, one, later));
        refused(Reason.EVIDENCE_PROVES_NOTHING, new ReportTwoCheckpoints(key, one, one));
        refused(Reason.EVIDENCE_NOT_SIGNED, new ReportTwoCheckpoints(SignedReceipts.key("rival"), one, two));
        refused(Reason.EVIDENCE_MALFORMED, new ReportTwoCheckpoints(key, one, "7\n"));
        ok("witness", new ReportTwoCheckpoints(key, one, two));
        refused(Reason.EVIDENCE_USED, new ReportTwoCheckpoints(key, two, one));
        assertEquals(90_000_000, stake());
    }

    @Test
    void aSplitViewThatCannotBeShownConsistent() {
        ok("node", w.checkpoint("node", SignedReceipts.posting(w, receipt(5, 1), channel)));
        String forked = SignedReceipts.checkpoint("node", 2, World.hash("fork"), 10);
        Transaction challenge = new Transaction.ChallengeCheckpoint(SignedReceipts.key("node"), forked);
        ok("witness", challenge);
        refused(Reason.DEMAND_EXISTS, challenge);
        assertEquals(
                new Outcome.Rejected(Reason.ANSWER_WRONG),
                w.send("node", new Transaction.AnswerCheckpoint(demand(forked), List.of(World.hash("x")))));
        w.settle(5);
        assertTrue(stake() <= 90_000_000);
        refused(Reason.EVIDENCE_USED, challenge);
    }

    @Test
    void anHonestCheckpointIsShownConsistent() {
        List<Hash> leaves = new ArrayList<>();
        long weight = 0;
        for (int i = 1; i <= 5; i++) {
            Transaction.Posting p = SignedReceipts.posting(w, receipt(5, i), channel);
            ok("node", w.checkpoint("node", p));
            weight += 5;
            leaves.add(new Leaf(p.receipt(), weight).hash());
        }
        String older = SignedReceipts.checkpoint("node", 3, Merkle.root(leaves.subList(0, 3)), 15);
        ok("witness", new Transaction.ChallengeCheckpoint(SignedReceipts.key("node"), older));
        MerkleTree tree = MerkleTree.of(leaves);
        List<Hash> path = Merkle.proveConsistency(tree, 3, 5);
        ok("node", new Transaction.AnswerCheckpoint(demand(older), path));
        w.settle(9);
        assertEquals(100_000_000, stake());
        assertEquals(World.START.minus(Amount.ofMicro(10)), w.state.balance(w.address("witness")));
    }

    private Hash demand(String note) {
        String text = note.substring(0, note.lastIndexOf("\n\n") + 1);
        Hash subject = Hash.sha256(text.getBytes(StandardCharsets.UTF_8));
        return Ids.demand(
                Demand.Kind.CHECKPOINT.ordinal(),
                w.address("node"),
                Ids.NONE,
                assay.ledger.crypto.Address.NONE,
                subject);
    }
}
