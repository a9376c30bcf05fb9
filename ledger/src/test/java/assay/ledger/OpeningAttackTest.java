package assay.ledger;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import assay.core.base.Amount;
import assay.core.base.Hash;
import assay.ledger.state.Demand;
import assay.ledger.state.Key;
import assay.ledger.state.Receipt.Status;
import assay.ledger.state.Setting;
import assay.ledger.state.SettingValue;
import assay.ledger.tx.Ids;
import assay.ledger.tx.Transaction;
import assay.ledger.tx.Transaction.AnswerDemand;
import assay.ledger.tx.Transaction.Bond;
import assay.ledger.tx.Transaction.BondAuditor;
import assay.ledger.tx.Transaction.BuyAudit;
import assay.ledger.tx.Transaction.DemandOpening;
import assay.ledger.tx.Transaction.OpenDispute;
import assay.ledger.tx.Transaction.ReportEarlyReveal;
import assay.ledger.tx.Transaction.SetPrices;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What tells a root, and what its hearer does with it. */
class OpeningAttackTest {
    private static final Hash CELLS = World.hash("cells");

    private final World w = new World(World.sampled(2, 1), "payer", "node", "author", "friend", "honest", "a1", "a2");

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

    private void refused(Reason reason, String from, Transaction body) {
        assertEquals(new Outcome.Rejected(reason), w.send(from, body));
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

    private DemandOpening demand() {
        return new DemandOpening(w.address("node"), World.hash("r1"), CELLS);
    }

    /** The node answers the payer's demand: the payer knows root and salt now. */
    private void opened() {
        w.settle(2);
        ok("payer", demand());
        Hash demand = Ids.demand(
                Demand.Kind.OPENING.ordinal(), w.address("node"), World.hash("r1"), w.address("payer"), CELLS);
        ok("node", new AnswerDemand(demand, "the opening's digest"));
    }

    @Test
    void aFriendWhoAsksForTheRootFirstKeepsNobodyFromBuyingAnAudit() {
        for (int block = 0; block < 2; block++) { // as long as it can be bought
            refused(Reason.DEMAND_CLOSED, "payer", demand());
            refused(
                    Reason.DISPUTE_CLOSED,
                    "friend",
                    new OpenDispute(w.address("node"), World.hash("r1"), World.hash("z")));
            if (block == 0) {
                w.settle(1);
            }
        }
        ok("honest", buy());
        assertEquals(Status.DRAWN, status());
        w.settle(3);
        assertEquals(
                2,
                w.state
                        .audit(w.address("node"), World.hash("r1"))
                        .orElseThrow()
                        .slots()
                        .size(),
                "auditors who have to work for the root");
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

    @Test
    void aRootThatIsKnownIsNotAuditedWhenTheTimeToBuyGrowsMeanwhile() {
        opened();
        Draft d = Draft.of(w.state, w.block());
        d.settings = d.settings.put(Key.of(Setting.CHALLENGE), new SettingValue(40)); // as validators may
        w.state = d.applied().next();
        refused(Reason.RECEIPT_NOT_PASSED, "payer", buy());
    }
}
