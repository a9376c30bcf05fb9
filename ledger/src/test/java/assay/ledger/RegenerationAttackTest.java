package assay.ledger;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import assay.core.base.Amount;
import assay.core.base.Hash;
import assay.ledger.state.Demand;
import assay.ledger.state.Dispute;
import assay.ledger.state.Key;
import assay.ledger.state.Receipt.Status;
import assay.ledger.tx.Ids;
import assay.ledger.tx.Transaction;
import assay.ledger.tx.Transaction.AnswerDemand;
import assay.ledger.tx.Transaction.Bond;
import assay.ledger.tx.Transaction.BondAuditor;
import assay.ledger.tx.Transaction.DemandOpening;
import assay.ledger.tx.Transaction.OpenDispute;
import assay.ledger.tx.Transaction.Posting;
import assay.ledger.tx.Transaction.RevealTrace;
import assay.ledger.tx.Transaction.SetPrices;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** More asked of an honest node at once than it can compute in the time for one answer. */
class RegenerationAttackTest {
    private static final int RECEIPTS = 20;
    private static final Hash CELLS = World.hash("cells");

    private final World w = new World(World.sampled(2, 1), "payer", "node", "author", "one", "two", "a1", "a2");

    /** Receipts r0, r1 and so on with root x that were not drawn, and whose audits can no longer be bought. */
    @BeforeEach
    void receiptsThatPassed() {
        ok("author", w.model("smol", 200_000));
        ok("node", w.registration("node", "k1", "node"));
        ok("node", new Bond(Amount.ofUnits(100)));
        ok("node", new SetPrices(w.modelId("smol"), Amount.ofUnits(1), Amount.ofUnits(1), Amount.ofUnits(1)));
        for (String auditor : List.of("a1", "a2", "one", "two")) {
            ok(auditor, new BondAuditor(w.modelId("smol"), Amount.ofUnits(5)));
        }
        Hash channel = w.nextChannel("payer", "node");
        ok("payer", new Transaction.OpenChannel(w.address("node"), Amount.ofUnits(5)));
        List<Posting> postings = new ArrayList<>();
        for (int i = 0; i < RECEIPTS; i++) {
            postings.add(w.posting("r" + i, channel, w.modelId("smol"), 1, "x"));
        }
        ok("node", w.checkpoint("node", postings.toArray(Posting[]::new)));
        w.settle(5);
        for (int i = 0; i < RECEIPTS; i++) {
            assertEquals(Status.PASSED, status(i), "a small receipt is hardly ever drawn");
        }
    }

    private void ok(String from, Transaction body) {
        Outcome outcome = w.send(from, body);
        assertInstanceOf(Outcome.Applied.class, outcome, () -> from + " " + body + ": " + outcome);
    }

    private Hash receipt(int i) {
        return World.hash("r" + i);
    }

    private Status status(int i) {
        return w.state.receipt(w.address("node"), receipt(i)).orElseThrow().status();
    }

    private Amount stake() {
        return w.state.operator(w.address("node")).orElseThrow().stake().total();
    }

    private void demand(int i) {
        ok("payer", new DemandOpening(w.address("node"), receipt(i), CELLS));
    }

    private Hash demandId(int i) {
        return Ids.demand(Demand.Kind.OPENING.ordinal(), w.address("node"), receipt(i), w.address("payer"), CELLS);
    }

    private long deadline(int i) {
        return w.state.demands().get(Key.of(demandId(i))).orElseThrow().deadline();
    }

    private void answer(int i) {
        ok("node", new AnswerDemand(demandId(i), "the opening's digest"));
    }

    @Test
    void aFloodOfDemandsLeavesAnHonestNodeItsStake() {
        Amount before = stake();
        for (int i = 0; i < RECEIPTS; i++) {
            demand(i);
        }
        for (int i = 0; i < RECEIPTS; i++) { // one a block is all that it can
            w.settle(1);
            answer(i);
        }
        w.settle(10);
        assertEquals(before, stake());
        for (int i = 0; i < RECEIPTS; i++) {
            assertEquals(Status.UNDRAWN, status(i));
        }
    }

    @Test
    void aNodeThatAnswersNothingIsPunishedHoweverManyAsk() {
        Amount before = stake();
        for (int i = 0; i < RECEIPTS; i++) {
            demand(i);
        }
        w.settle(5);
        assertEquals(Status.WITHHELD, status(0), "the first in its own time");
        assertEquals(Status.DEMANDED, status(1));
        w.settle(RECEIPTS);
        assertEquals(Status.WITHHELD, status(RECEIPTS - 1));
        assertTrue(stake().isBelow(before));
    }

    /** What its own demands keep a node waiting for is not lost to a payer that has another one's opening to look at. */
    @Test
    void aNodeThatFillsItsTimeItselfTakesNoPayersTimeToDispute() {
        for (int i = 0; i < RECEIPTS; i++) {
            demand(i);
        }
        long late = deadline(RECEIPTS - 1);
        assertTrue(late > w.state.height() + RECEIPTS, "the last has to wait");
        while (w.state.height() < late - 4) {
            for (int i = 0; i + 1 < RECEIPTS; i++) {
                if (w.state.demands().has(Key.of(demandId(i)))) {
                    answer(i);
                }
            }
            w.settle(1);
        }
        answer(RECEIPTS - 1);
        assertEquals(Status.PASSED, status(RECEIPTS - 1));
        ok("one", new OpenDispute(w.address("node"), receipt(RECEIPTS - 1), World.hash("another root")));
    }

    @Test
    void nobodyWaitsLongerThanAPartOfTheTimeToLeave() {
        Draft d = Draft.of(w.state, w.block());
        d.put(w.address("node"), d.knownOperator(w.address("node")).busy(1L << 40));
        w.state = d.applied().next();
        demand(0);
        long most = Regenerations.waitMax(w.state.params());
        assertEquals(w.state.height() + 1 + most, deadline(0));
        assertTrue(most < w.state.params().windows().unbond() / 10);
    }

    @Test
    void aPayerWhoAsksAgainAndAgainKeepsNoReceiptFromItsEnd() {
        long latest = Finality.of(w.state, w.address("node"), receipt(0))
                .orElseThrow()
                .latest();
        for (int i = 0; status(0) == Status.PASSED && w.state.height() <= latest; i++) {
            Draft d = Draft.of(w.state, w.block());
            d.put(w.address("node"), d.knownOperator(w.address("node")).busy(1L << 40));
            w.state = d.applied().next();
            Hash cells = World.hash("cells " + i);
            ok("payer", new DemandOpening(w.address("node"), receipt(0), cells));
            w.settle(2);
            int opening = Demand.Kind.OPENING.ordinal();
            Hash id = Ids.demand(opening, w.address("node"), receipt(0), w.address("payer"), cells);
            ok("node", new AnswerDemand(id, "the opening's digest"));
        }
        assertEquals(Status.UNDRAWN, status(0));
        assertTrue(w.state.height() <= latest, "final when it was said");
    }

    @Test
    void disputesOfOnesOwnAccordBeginOneAfterAnother() {
        for (int i = 0; i < 2; i++) {
            String who = i == 0 ? "one" : "two";
            ok(who, new OpenDispute(w.address("node"), receipt(i), World.hash("another root")));
            ok("node", new RevealTrace(receipt(i), World.hash("x"), w.salt("r" + i)));
        }
        Dispute first = dispute(0);
        Dispute second = dispute(1);
        assertEquals(w.state.height() + 1 + w.state.params().disputes().move(), first.deadline());
        assertEquals(first.deadline() + 1, second.deadline(), "a quarter of an answer's four blocks later");
    }

    private Dispute dispute(int i) {
        return w.state.disputes().get(Key.of(w.address("node"), receipt(i))).orElseThrow();
    }
}
