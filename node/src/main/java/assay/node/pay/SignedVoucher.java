package assay.node.pay;

import assay.core.base.Amount;
import assay.core.base.Hash;
import assay.core.codec.Writer;
import assay.ledger.crypto.Signature;
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
        Writer out =
                new Writer().hash(voucher.channel()).i64(voucher.cumulative().micro());
        return Hash.tagged("assay/authorisation/1", out.bytes(signature.bytes()).toBytes());
    }

    /** The promised sum. */
    public Amount cumulative() {
        return voucher.cumulative();
    }
}
