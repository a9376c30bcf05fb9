package assay.ledger;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import assay.core.base.Amount;
import assay.core.base.Hash;
import assay.ledger.state.Receipt;
import assay.ledger.tx.Ids;
import assay.ledger.tx.Transaction;
import assay.ledger.tx.Transaction.Bond;
import assay.ledger.tx.Transaction.BondAuditor;
import assay.ledger.tx.Transaction.CommitAudit;
import assay.ledger.tx.Transaction.OpenChannel;
import assay.ledger.tx.Transaction.Redeem;
import assay.ledger.tx.Transaction.RevealAudit;
import assay.ledger.tx.Transaction.RevealTrace;
import assay.ledger.tx.Transaction.SetPrices;
import org.junit.jupiter.api.Test;

class LifeOfAPaymentTest {
    private final World w = new World(World.params(1), "payer", "node", "author", "auditor");
    private Hash channel = Ids.NONE;

    private void ok(String from, Transaction body) {
        assertInstanceOf(
                Outcome.Applied.class, w.send(from, body), () -> from + " " + body + " -> " + w.send(from, body));
    }

    private void paidReceipt() {
        ok("node", w.registration("node", "node key", "http://localhost"));
        ok("node", new Bond(Amount.ofUnits(100)));
        ok("author", w.model("smol", 200_000));
        Hash model = w.modelId("smol");
        ok("node", new SetPrices(model, Amount.ofUnits(1), Amount.ZERO, Amount.ofUnits(1)));
        ok("auditor", new BondAuditor(model, Amount.ofUnits(10)));
        channel = w.nextChannel("payer", "node");
        ok("payer", new OpenChannel(w.address("node"), Amount.ofUnits(5)));
        ok("node", w.checkpoint("node", w.posting("r1", channel, model, 143, "root")));
        ok("node", new Redeem(channel, Amount.ofMicro(143), w.voucher("payer", channel, 143)));
        w.settle(1);
    }

    private void auditorFinds(String root) {
        Hash receipt = World.hash("r1");
        Hash salt = World.hash("auditor's salt");
        Hash found = World.hash(root);
        Hash commitment = Ids.commitment(w.genesis.chainId(), receipt, w.address("auditor"), found, salt);
        ok("auditor", new CommitAudit(w.address("node"), receipt, commitment));
        ok("auditor", new RevealAudit(w.address("node"), receipt, found, salt));
        ok("node", new RevealTrace(receipt, World.hash("root"), w.salt("r1")));
    }

    private Amount gain(String name) {
        return Amount.ofMicro(w.state.balance(w.address(name)).micro());
    }

    @Test
    void anHonestAnswerPaysEverybodyToTheUnit() {
        paidReceipt();
        auditorFinds("root");
        Receipt r = w.state.receipt(w.address("node"), World.hash("r1")).orElseThrow();
        assertEquals(Receipt.Status.CONFIRMED, r.status());
        // 143: royalty 20 % = 28, audit 10 % = 14, hosts and reserve 1 % = 1 each, node the other 99.
        assertEquals(World.START.plus(Amount.ofMicro(28)), gain("author"));
        assertEquals(World.START.minus(Amount.ofUnits(10)).plus(Amount.ofMicro(14)), gain("auditor"));
        assertEquals(World.START.minus(Amount.ofUnits(100)).plus(Amount.ofMicro(99)), gain("node"));
        assertEquals(Amount.ofMicro(1), w.state.totals().hostsPool());
        assertEquals(Amount.ofMicro(1), w.state.totals().reserve());
        assertEquals(Amount.ZERO, w.state.totals().auditPool());
        assertEquals(
                Amount.ofUnits(5).micro() - 143,
                w.state.channel(channel).orElseThrow().heldMicro());
    }

    @Test
    void aFalseAnswerCostsTheNodeTenPercentAndThePayerNothing() {
        paidReceipt();
        auditorFinds("another root");
        Receipt r = w.state.receipt(w.address("node"), World.hash("r1")).orElseThrow();
        assertEquals(Receipt.Status.FAULT, r.status());
        // 10 units slashed: 143 micro back to the payer, 1 unit (10 %) to the auditor, the rest burned.
        assertEquals(World.START.minus(Amount.ofUnits(5)).plus(Amount.ofMicro(143)), gain("payer"));
        assertEquals(World.START.minus(Amount.ofUnits(10)).plus(Amount.ofMicro(1_000_014)), gain("auditor"));
        assertEquals(
                Amount.ofMicro(10_000_000 - 143 - 1_000_000), w.state.totals().burned());
        assertEquals(
                Amount.ofUnits(90),
                w.state.operator(w.address("node")).orElseThrow().stake().total());
    }

    @Test
    void aNodeThatKeepsSilentIsPunishedAlike() {
        paidReceipt();
        Hash receipt = World.hash("r1");
        Hash salt = World.hash("auditor's salt");
        Hash found = World.hash("root");
        ok(
                "auditor",
                new CommitAudit(
                        w.address("node"),
                        receipt,
                        Ids.commitment(w.genesis.chainId(), receipt, w.address("auditor"), found, salt)));
        ok("auditor", new RevealAudit(w.address("node"), receipt, found, salt));
        w.settle(4);
        Receipt r = w.state.receipt(w.address("node"), receipt).orElseThrow();
        assertEquals(Receipt.Status.WITHHELD, r.status());
        assertEquals(
                Amount.ofMicro(10_000_000 - 143 - 1_000_000), w.state.totals().burned());
    }
}
