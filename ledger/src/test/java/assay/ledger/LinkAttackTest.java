package assay.ledger;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import assay.core.base.Amount;
import assay.core.base.Hash;
import assay.ledger.crypto.Address;
import assay.ledger.state.Audit;
import assay.ledger.state.Receipt;
import assay.ledger.tx.Ids;
import assay.ledger.tx.Transaction;
import assay.ledger.tx.Transaction.AcceptLink;
import assay.ledger.tx.Transaction.DeclareLink;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Words about who belongs to whom, said to be audited by friends alone. */
class LinkAttackTest {
    private final World w = new World(World.params(1), "node", "author", "a1", "owner", "other");

    @BeforeEach
    void oneHonestAuditor() {
        ok("author", w.model("smol", 200_000));
        ok("node", w.registration("node", "node", "node"));
        ok("node", new Transaction.Bond(Amount.ofUnits(100)));
        ok("a1", new Transaction.BondAuditor(w.modelId("smol"), Amount.ofUnits(10)));
    }

    @Test
    void anOperatorThatCallsItselfAnHonestAuditorsOwnIsAuditedByItAllTheSame() {
        ok("node", new DeclareLink(w.address("a1")));
        assertEquals(List.of(w.address("a1")), drawn("r1"));
    }

    @Test
    void anOperatorThatJoinsTheOwnerOfAnHonestAuditorIsAuditedByItAllTheSame() {
        ok("a1", new DeclareLink(w.address("owner")));
        ok("owner", new AcceptLink(w.address("a1")));
        ok("node", new DeclareLink(w.address("owner")));
        refused(Reason.LINK_UNKNOWN, "other", new AcceptLink(w.address("node")));
        refused(Reason.LINK_LOOP, "node", new AcceptLink(w.address("node")));
        assertEquals(List.of(w.address("a1")), drawn("r1"));
    }

    @Test
    void whatBothSayCounts() {
        ok("a1", new DeclareLink(w.address("node")));
        assertEquals(List.of(w.address("a1")), drawn("r1"));
        ok("node", new AcceptLink(w.address("a1")));
        assertEquals(List.of(), drawn("r2"));
        Receipt r2 = w.state.receipt(w.address("node"), World.hash("r2")).orElseThrow();
        assertEquals(Receipt.Status.UNAUDITED, r2.status());
    }

    /** Who is drawn for a receipt of the node's. */
    private List<Address> drawn(String name) {
        Hash model = w.modelId("smol");
        ok("node", w.checkpoint("node", w.posting(name, Ids.NONE, model, 0, "root")));
        w.settle(1);
        return w.state.audit(w.address("node"), World.hash(name)).stream()
                .flatMap(audit -> audit.slots().stream())
                .map(Audit.Slot::auditor)
                .toList();
    }

    private void ok(String from, Transaction body) {
        Outcome outcome = w.send(from, body);
        assertInstanceOf(Outcome.Applied.class, outcome, () -> from + " " + body + ": " + outcome);
    }

    private void refused(Reason reason, String from, Transaction body) {
        assertEquals(new Outcome.Rejected(reason), w.send(from, body));
    }
}
