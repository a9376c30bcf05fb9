package assay.ledger.simulate;

import assay.core.base.Hash;
import assay.ledger.crypto.Address;
import assay.ledger.delivery.DeliveryKey;
import assay.ledger.state.Dispute;
import assay.ledger.tx.Transaction;

/** An auditor: what every auditor does, with the conduct of this one where conduct matters. */
record Checker(Chain chain, Address account, AuditorConduct conduct) {
    /** Binds itself to a root. */
    void commit(AuditCase c) {
        Answer a = c.answer();
        conduct.commits(c)
                .ifPresent(commitment ->
                        chain.send(account, new Transaction.CommitAudit(a.operator(), a.receipt(), commitment)));
    }

    /** Opens it. */
    void reveal(AuditCase c) {
        Answer a = c.answer();
        conduct.reveals(c)
                .ifPresent(o -> chain.send(
                        account, new Transaction.RevealAudit(a.operator(), a.receipt(), o.root(), o.salt())));
    }

    /** Demands what was not delivered. */
    void complain(AuditCase c) {
        chain.send(
                account,
                new Transaction.ComplainDelivery(
                        c.answer().operator(), c.answer().receipt(), key().publicKey()));
    }

    /** Shows that a node's answer to its complaint is none. */
    void prove(Hash demand) {
        chain.send(account, new Transaction.ProveDelivery(demand, Provider.GARBAGE, key().secret()));
    }

    private DeliveryKey key() {
        return DeliveryKey.of(Hash.tagged("assay/simulate/delivery", account.bytes()))
                .orElseThrow();
    }

    /** Chooses what it computes otherwise. */
    void move(AuditCase c, Dispute.Move due) {
        if (due == Dispute.Move.CHOOSE && conduct.disputes(c)) {
            chain.send(
                    account,
                    new Transaction.ChooseDispute(
                            c.answer().operator(), c.answer().receipt(), 0));
        }
    }
}
