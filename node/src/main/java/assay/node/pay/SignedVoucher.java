package assay.node.pay;

import assay.core.base.Amount;
import assay.core.base.Hash;
import assay.ledger.crypto.Signature;
import assay.ledger.pay.PaymentId;
import assay.ledger.tx.Voucher;

/**
 * A payer's promise with its signature.
 *
 * @param voucher channel and cumulative amount
 * @param signature the payer's, over the voucher as EIP-712 typed data
 */
public record SignedVoucher(Voucher voucher, Signature signature) {
    /** Names this authorisation: it seeds the sampler where the client gives no seed. */
    public Hash digest() {
        return PaymentId.of(voucher, signature.bytes());
    }

    /** The promised sum. */
    public Amount cumulative() {
        return voucher.cumulative();
    }
}
