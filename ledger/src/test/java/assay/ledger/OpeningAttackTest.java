package assay.ledger;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import assay.core.base.Amount;
import assay.core.base.Hash;
import assay.ledger.state.Demand;
import assay.ledger.state.Receipt.Status;
import assay.ledger.tx.Ids;
import assay.ledger.tx.Transaction;
import assay.ledger.tx.Transaction.AnswerDemand;
import assay.ledger.tx.Transaction.Bond;
import assay.ledger.tx.Transaction.BondAuditor;
import assay.ledger.tx.Transaction.BuyAudit;
import assay.ledger.tx.Transaction.DemandOpening;
import assay.ledger.tx.Transaction.ReportEarlyReveal;
import assay.ledger.tx.Transaction.SetPrices;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What tells a root, and what its hearer does with it. */
class OpeningAttackTest {
    private static final Hash CELLS = World.hash("cells");

    private final World w = new World(World.sampled(2, 1), "payer", "node", "author", "friend", "a1", "a2");

    /** A receipt r1 with root x that was not drawn. */
    @BeforeEach
    void aReceiptThatPassed() {
        ok("author", w.model("smol", 200_000));
        ok("node", w.registration("node", "k1", "node"));
        ok("node", new Bond(Amount.ofUnits(100)));
        ok("node", new SetPrices(w.modelId("smol"), Amount.ofUnits(1), Amount.ofUnits(1), Amount.ofUnits(1)));
        for (String auditor : List.of("a1", "a2", "friend")) {
            ok(auditor, new BondAuditor(w.modelId("smol"), Amount.ofUnits(5)));
        }
        Hash channel = w.nextChannel("payer", "node");
        ok("payer", new Transaction.OpenChannel(w.address("node"), Amount.ofUnits(5)));
        ok("node", w.checkpoint("node", w.posting("r1", channel, w.modelId("smol"), 1, "x")));
        w.settle(3);
        assertEquals(Status.PASSED, status(), "a small receipt is hardly ever drawn");
    }

    private void ok(String from, Transaction body) {
        Outcome outcome = w.send(from, body);
        assertInstanceOf(Outcome.Applied.class, outcome, () -> from + " " + body + ": " + outcome);
    }

    private Status status() {
        return w.state
                .receipt(w.address("node"), World.hash("r1"))
                .orElseThrow()
                .status();
    }

    private ReportEarlyReveal leak() {
        return new ReportEarlyReveal(w.address("node"), World.hash("r1"), World.hash("x"), w.salt("r1"));
    }

    private BuyAudit buy() {
        return new BuyAudit(w.address("node"), World.hash("r1"));
    }

    /** The node answers the payer's demand: the payer knows root and salt now. */
    private void opened() {
        ok("payer", new DemandOpening(w.address("node"), World.hash("r1"), CELLS));
        Hash demand = Ids.demand(
                Demand.Kind.OPENING.ordinal(), w.address("node"), World.hash("r1"), w.address("payer"), CELLS);
        ok("node", new AnswerDemand(demand, "the opening's digest"));
    }

    @Test
    void anAnsweredOpeningIsNotTurnedIntoAnEarlyRevealByBuyingTheAudit() {
        opened();
        Amount stake = w.state.operator(w.address("node")).orElseThrow().stake().total();
        w.send("payer", buy()); // if it could: the audit's commitments would be open again
        w.settle(2);
        w.send("friend", leak());
        w.settle(10);
        assertEquals(Status.UNDRAWN, status());
        assertEquals(
                stake, w.state.operator(w.address("node")).orElseThrow().stake().total());
    }
}
