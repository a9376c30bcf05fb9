package assay.ledger;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import assay.core.base.Amount;
import assay.core.base.Hash;
import assay.ledger.state.Audit;
import assay.ledger.state.AuditorBond;
import assay.ledger.state.Dispute;
import assay.ledger.state.Key;
import assay.ledger.state.Receipt.Status;
import assay.ledger.tx.Bytes;
import assay.ledger.tx.Transaction;
import assay.ledger.tx.Transaction.Bond;
import assay.ledger.tx.Transaction.BondAuditor;
import assay.ledger.tx.Transaction.BuyAudit;
import assay.ledger.tx.Transaction.ChooseDispute;
import assay.ledger.tx.Transaction.OpenDispute;
import assay.ledger.tx.Transaction.RevealTrace;
import assay.ledger.tx.Transaction.SetPrices;
import assay.ledger.tx.Transaction.ShowDispute;
import assay.ledger.tx.Transaction.UnbondAuditor;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Disputes that somebody opens of its own accord, by who wants something else from them. */
class ContestAttackTest {
    private static final Amount BOND = Amount.ofUnits(5);

    private World w;
    private Hash channel;

    /** Receipts r1 and r2 with root x that were not drawn, and whose audits can no longer be bought. */
    @BeforeEach
    void aReceiptThatPassed() {
        w = new World(World.sampled(2, 1), "payer", "node", "author", "friend", "honest", "other", "a1", "a2");
        ok("author", w.model("smol", 200_000));
        ok("node", w.registration("node", "k1", "node"));
        ok("node", new Bond(Amount.ofUnits(100)));
        ok("node", new SetPrices(w.modelId("smol"), Amount.ofUnits(1), Amount.ofUnits(1), Amount.ofUnits(1)));
        for (String auditor : List.of("a1", "a2", "friend", "honest", "other")) {
            ok(auditor, new BondAuditor(w.modelId("smol"), BOND));
        }
        channel = w.nextChannel("payer", "node");
        ok("payer", new Transaction.OpenChannel(w.address("node"), Amount.ofUnits(5)));
        post("r1", "r2");
    }

    private void post(String... receipts) {
        for (String r : receipts) {
            ok("node", w.checkpoint("node", w.posting(r, channel, w.modelId("smol"), 1, "x")));
        }
        w.settle(5);
        for (String r : receipts) {
            assertEquals(Status.PASSED, status(r), "a small receipt is hardly ever drawn");
        }
    }

    private void ok(String from, Transaction body) {
        Outcome outcome = w.send(from, body);
        assertInstanceOf(Outcome.Applied.class, outcome, () -> from + " " + body + ": " + outcome);
    }

    private void refused(Reason reason, String from, Transaction body) {
        assertEquals(new Outcome.Rejected(reason), w.send(from, body));
    }

    private OpenDispute dispute(String receipt, String root) {
        return new OpenDispute(w.address("node"), World.hash(receipt), World.hash(root));
    }

    private RevealTrace reveal(String receipt) {
        return new RevealTrace(World.hash(receipt), World.hash("x"), w.salt(receipt));
    }

    private Status status(String receipt) {
        return w.state
                .receipt(w.address("node"), World.hash(receipt))
                .orElseThrow()
                .status();
    }

    private Dispute playing(String receipt) {
        return w.state
                .disputes()
                .get(Key.of(w.address("node"), World.hash(receipt)))
                .orElseThrow();
    }

    /** Who should choose does not: it is what a challenger does that wants to lose. */
    private void challengerKeepsSilent(String receipt) {
        byte[] key = Key.of(w.address("node"), World.hash(receipt));
        Dispute x = playing(receipt);
        // The move that counts takes a real computation; here its place is put into the state.
        Dispute chooses = new Dispute(x.challenger(), x.nodeRoot(), Dispute.Move.CHOOSE, 1, x.at(), x.deadline());
        Draft d = Draft.of(w.state, w.block());
        d.disputes = d.disputes.put(key, chooses);
        w.state = d.applied().next();
        w.settle(3);
    }

    @Test
    void aNodeThatDoesNotOpenItsRootIsPunishedAndTheChallengerRewarded() {
        ok("honest", dispute("r1", "y"));
        assertEquals(Status.DISPUTED, status("r1"));
        Amount before = w.state.balance(w.address("honest"));
        List<Event> events = w.settle(4);
        assertEquals(Status.WITHHELD, status("r1"));
        assertTrue(events.stream().anyMatch(e -> e instanceof Event.Slashed));
        assertTrue(before.isBelow(w.state.balance(w.address("honest"))), "a reward");
        assertFalse(bond("honest").disputes(), "its bond is free again");
    }

    private AuditorBond bond(String who) {
        return w.state.auditor(w.modelId("smol"), w.address(who)).orElseThrow();
    }

    @Test
    void aFriendlyDisputeAcquitsNobody() {
        ok("friend", dispute("r1", "z"));
        ok("node", reveal("r1"));
        ok("honest", dispute("r1", "y"));
        challengerKeepsSilent("r1");
        assertEquals(w.address("honest"), playing("r1").challenger(), "the honest one plays next");
        assertEquals(Status.DISPUTED, status("r1"));
        w.settle(3); // and the node cannot show anything
        assertEquals(Status.FAULT, status("r1"));
        assertTrue(w.state.auditor(w.modelId("smol"), w.address("friend")).isEmpty(), "its bond is gone");
    }

    @Test
    void aFriendlyDisputeThatIsOverLeavesTheReceiptOpen() {
        ok("friend", dispute("r1", "z"));
        ok("node", reveal("r1"));
        challengerKeepsSilent("r1");
        assertEquals(Status.PASSED, status("r1"), "not confirmed");
        assertTrue(w.state.audit(w.address("node"), World.hash("r1")).isEmpty());
    }

    @Test
    void aRootThatADisputeMadeKnownProvesNoEarlyRevealAndIsNotAuditedAgain() {
        ok("friend", dispute("r1", "z"));
        ok("node", reveal("r1"));
        challengerKeepsSilent("r1");
        refused(Reason.RECEIPT_NOT_PASSED, "payer", new BuyAudit(w.address("node"), World.hash("r1")));
        refused(
                Reason.EVIDENCE_PROVES_NOTHING,
                "other",
                new Transaction.ReportEarlyReveal(w.address("node"), World.hash("r1"), World.hash("x"), w.salt("r1")));
        w.settle(6);
        assertEquals(Status.UNDRAWN, status("r1"));
    }

    @Test
    void oneBondBacksOneDisputeSoManyTakeManyBonds() {
        ok("friend", dispute("r2", "z"));
        refused(Reason.DISPUTE_BOND_USED, "friend", dispute("r1", "z"));
        refused(Reason.BOND_TOO_SMALL, "payer", dispute("r1", "z"));
    }

    @Test
    void aBondThatBacksADisputeCannotBeDrainedMeanwhile() {
        ok("friend", dispute("r1", "z"));
        ok("friend", new UnbondAuditor(w.modelId("smol"), BOND));
        ok("node", reveal("r1"));
        challengerKeepsSilent("r1");
        assertTrue(w.state.auditor(w.modelId("smol"), w.address("friend")).isEmpty(), "what was leaving is gone too");
    }

    @Test
    void aBondThatBacksANewerDisputeIsNotFreedByTheEndOfAnOlderOne() {
        ok("friend", dispute("r1", "z"));
        ok("node", reveal("r1"));
        loseBond("friend");
        ok("friend", new BondAuditor(w.modelId("smol"), BOND));
        ok("friend", dispute("r2", "z"));
        challengerKeepsSilent("r1");
        assertEquals(Status.PASSED, status("r1"), "the older one is over");
        assertEquals(BOND, bond("friend").stake().total(), "what it lost for that it had lost before");
        assertTrue(bond("friend").disputes(), "and the new bond still backs the newer one");
        ok("node", reveal("r2"));
        challengerKeepsSilent("r2");
        assertTrue(w.state.auditor(w.modelId("smol"), w.address("friend")).isEmpty(), "with which it is lost");
    }

    /** As when it is slashed as the auditor of another receipt. */
    private void loseBond(String who) {
        Draft d = Draft.of(w.state, w.block());
        d.auditors = d.auditors.remove(Key.auditor(w.modelId("smol"), w.address(who)));
        d.totals = d.totals.plusBurned(BOND);
        w.state = d.applied().next();
    }

    @Test
    void whoLostItsBondElsewhereMovesNoMoreNorWithANewOne() {
        ok("friend", dispute("r1", "z"));
        ok("node", reveal("r1"));
        byte[] key = Key.of(w.address("node"), World.hash("r1"));
        Dispute x = playing("r1");
        Dispute chooses = new Dispute(x.challenger(), x.nodeRoot(), Dispute.Move.CHOOSE, 1, x.at(), x.deadline());
        Draft d = Draft.of(w.state, w.block());
        d.disputes = d.disputes.put(key, chooses);
        w.state = d.applied().next();
        loseBond("friend");
        refused(Reason.BOND_TOO_SMALL, "friend", new ChooseDispute(w.address("node"), World.hash("r1"), 0));
        ok("friend", new BondAuditor(w.modelId("smol"), BOND));
        refused(Reason.BOND_TOO_SMALL, "friend", new ChooseDispute(w.address("node"), World.hash("r1"), 0));
    }

    @Test
    void whoseRootIsTheNodesHasNothingToDispute() {
        ok("honest", dispute("r1", "y"));
        ok("node", reveal("r1"));
        refused(Reason.EVIDENCE_PROVES_NOTHING, "other", dispute("r1", "x"));
        refused(Reason.DISPUTE_CLOSED, "honest", dispute("r1", "y"));
    }

    @Test
    void aMoveAfterItsDeadlineOrTwiceDoesNotCount() {
        ok("honest", dispute("r1", "y"));
        ok("node", reveal("r1"));
        refused(Reason.DISPUTE_OTHER_MOVE, "honest", new ChooseDispute(w.address("node"), World.hash("r1"), 0));
        refused(Reason.DISPUTE_MOVE_WRONG, "node", new ShowDispute(World.hash("r1"), Bytes.of(new byte[] {1, 2, 3})));
        w.settle(3);
        assertEquals(Status.FAULT, status("r1"));
        refused(Reason.DISPUTE_UNKNOWN, "node", new ShowDispute(World.hash("r1"), Bytes.of(new byte[] {1, 2, 3})));
    }

    @Test
    void whileItsAuditCanBeBoughtNothingIsDisputed() {
        ok("node", w.checkpoint("node", w.posting("r3", channel, w.modelId("smol"), 1, "x")));
        w.settle(4);
        assertEquals(Status.PASSED, status("r3"));
        refused(Reason.DISPUTE_CLOSED, "friend", dispute("r3", "z")); // the node would have to tell its root
        ok("payer", new BuyAudit(w.address("node"), World.hash("r3")));
    }

    @Test
    void afterItsTimeNothingIsDisputed() {
        w.settle(10);
        assertEquals(Status.UNDRAWN, status("r1"));
        refused(Reason.DISPUTE_CLOSED, "honest", dispute("r1", "y"));
    }

    @Test
    void manySmallBondsKeepNobodyOut() {
        int most = Audit.JOINED_MAX;
        for (int i = 0; i < most; i++) {
            String puppet = "puppet" + i;
            ok("payer", new Transaction.Transfer(w.address(puppet), Amount.ofUnits(2)));
            ok(puppet, new BondAuditor(w.modelId("smol"), Amount.ofUnits(1)));
            ok(puppet, dispute("r1", "z" + i));
        }
        ok("honest", dispute("r1", "y"));
        Audit audit = w.state.audit(w.address("node"), World.hash("r1")).orElseThrow();
        assertEquals(most, audit.slots(Audit.SlotStatus.JOINED).size(), "it has the place of a smaller one");
        ok("node", reveal("r1"));
        assertEquals(w.address("honest"), playing("r1").challenger(), "and plays first");
    }
}
