package assay.ledger.pay;

import assay.core.base.Amount;
import assay.core.base.Hash;
import assay.core.codec.Writer;
import assay.ledger.tx.Voucher;

/** Names payments in receipts: docs/protocol/x402.md, "Binding". */
public final class PaymentId {
    private PaymentId() {}

    /** The authorisation's digest; it covers the signature, so that only who holds the payment can name it. */
    public static Hash of(Payment payment) {
        Writer out = new Writer().utf8(payment.scheme()).utf8(payment.network());
        return switch (payment.payload()) {
            case Payload.Exact e ->
                Hash.tagged(
                        "assay/authorisation/2",
                        out.bytes(e.from().bytes())
                                .hash(e.nonce())
                                .blob(e.signature())
                                .toBytes());
            case Payload.Upto u ->
                Hash.tagged(
                        "assay/authorisation/2",
                        out.bytes(u.from().bytes())
                                .hash(u.nonce())
                                .blob(u.signature())
                                .toBytes());
            case Payload.Batch b ->
                of(
                        new Voucher(b.channel(), PaymentCheck.amount(b.most()).orElse(Amount.ZERO)),
                        PaymentCheck.signature(b.signature()).bytes());
        };
    }

    /** The digest of a voucher with its signature. */
    public static Hash of(Voucher voucher, byte[] signature) {
        Writer out =
                new Writer().hash(voucher.channel()).i64(voucher.cumulative().micro());
        return Hash.tagged("assay/authorisation/1", out.bytes(signature).toBytes());
    }
}
