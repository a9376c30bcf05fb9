package assay.ledger.simulate;

import assay.core.base.Hash;
import assay.ledger.crypto.Address;
import assay.ledger.state.Audit;
import assay.ledger.tx.Ids;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** A receipt on the desk of one drawn auditor. */
final class AuditCase {
    private final Chain chain;
    private final Books books;
    private final WorkCosts costs;
    private final Address auditor;
    private final Answer answer;
    private final boolean friend;
    private Optional<Hash> found = Optional.empty();

    AuditCase(Chain chain, Books books, WorkCosts costs, Address auditor, Answer answer, boolean friend) {
        this.chain = chain;
        this.books = books;
        this.costs = costs;
        this.auditor = auditor;
        this.answer = answer;
        this.friend = friend;
    }

    Address auditor() {
        return auditor;
    }

    Answer answer() {
        return answer;
    }

    /** Whether the node is of its own party. */
    boolean friend() {
        return friend;
    }

    /** Does the work, and finds the root. */
    Hash replay() {
        books.checked(auditor, costs.replaying(answer.request()));
        return pretend(answer.root());
    }

    /** Takes a root for the one that it found, without work. */
    Hash pretend(Hash root) {
        found = Optional.of(root);
        return root;
    }

    /** The root that it found, or pretends to have found; all zero before. */
    Hash found() {
        return found.orElse(Ids.NONE);
    }

    /** A root that it made up. */
    Hash guess() {
        return Hash.tagged(
                "assay/simulate/guess", auditor.bytes(), answer.receipt().bytes());
    }

    /** Its salt for this receipt. */
    Hash salt() {
        return saltOf(auditor);
    }

    /** The salt with which this auditor opened its commitment: everybody sees it then. */
    Hash saltOf(Address whose) {
        return Hash.tagged(
                "assay/simulate/salt", whose.bytes(), answer.receipt().bytes());
    }

    /** Its commitment to this root. */
    Hash commitmentTo(Hash root) {
        return Ids.commitment(chain.id(), answer.receipt(), auditor, root, salt());
    }

    /** What the other auditors of the receipt have shown on the ledger so far. */
    List<Audit.Slot> others() {
        List<Audit.Slot> others = new ArrayList<>();
        chain.state().audit(answer.operator(), answer.receipt()).ifPresent(audit -> audit.slots().stream()
                .filter(slot -> !slot.auditor().equals(auditor))
                .forEach(others::add));
        return others;
    }
}
