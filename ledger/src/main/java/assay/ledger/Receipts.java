package assay.ledger;

import static assay.ledger.Draft.refused;

import assay.core.base.Amount;
import assay.ledger.crypto.Address;
import assay.ledger.state.Receipt;
import assay.ledger.tx.Transaction.RetractReceipt;
import java.util.Optional;

/** Rules of single receipts after their posting. */
final class Receipts {
    private Receipts() {}

    /** An honest mistake: until its draw a receipt can be taken back. */
    static Outcome retract(Draft d, Address from, RetractReceipt t) {
        Optional<Receipt> receipt = d.receipt(from, t.receipt());
        if (receipt.isEmpty()) {
            return refused(Reason.RECEIPT_UNKNOWN);
        }
        Receipt r = receipt.get();
        Amount due = r.payer().equals(Address.NONE) ? Amount.ZERO : r.paid().plus(onePercent(r.amount()));
        if (!d.canPay(from, due)) {
            return refused(Reason.BALANCE_TOO_SMALL);
        }
        if (r.status() != Receipt.Status.POSTED) {
            return refused(Reason.RECEIPT_DRAWN);
        }

        Channels.strike(d, from, t.receipt());
        d.debit(from, due);
        d.credit(r.payer(), due);
        d.tell(new Event.ReceiptRetracted(from, t.receipt(), due));
        Verdicts.end(d, from, t.receipt(), Receipt.Status.RETRACTED);
        return d.applied();
    }

    /** Rounded up. */
    private static Amount onePercent(Amount amount) {
        return Amount.ofMicro((amount.micro() + 99) / 100);
    }
}
