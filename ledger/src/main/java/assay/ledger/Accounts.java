package assay.ledger;

import static assay.ledger.Draft.refused;

import assay.ledger.crypto.Address;
import assay.ledger.tx.Transaction.Transfer;

/** Rules of accounts. */
final class Accounts {
    private Accounts() {}

    static Outcome transfer(Draft d, Address from, Transfer t) {
        if (t.amount().isZero()) {
            return refused(Reason.AMOUNT_IS_ZERO);
        }
        if (from.equals(t.to())) {
            return refused(Reason.TRANSFER_TO_SELF);
        }
        if (!d.canPay(from, t.amount())) {
            return refused(Reason.BALANCE_TOO_SMALL);
        }

        d.debit(from, t.amount());
        d.credit(t.to(), t.amount());
        d.tell(new Event.Transferred(from, t.to(), t.amount()));
        return d.applied();
    }
}
