package assay.ledger;

import assay.ledger.crypto.Secp256k1;
import assay.ledger.crypto.Secp256k1.Recovery;
import assay.ledger.tx.SignedTransaction;
import assay.ledger.tx.Transaction.Redeem;
import assay.ledger.tx.TypedData;
import assay.ledger.tx.Voucher;
import java.util.Optional;

/**
 * A transaction whose signatures were looked at: the part of the work that needs no state, and so can
 * be done by any thread. Only {@link Ledger#check} makes one, or the method with the long name.
 */
public final class CheckedTransaction {
    private final SignedTransaction transaction;
    private final Optional<Recovery> voucher;

    private CheckedTransaction(SignedTransaction transaction, Optional<Recovery> voucher) {
        this.transaction = transaction;
        this.voucher = voucher;
    }

    /** Recovers the signer of a voucher that the transaction carries. */
    static CheckedTransaction recovering(SignedTransaction transaction) {
        return new CheckedTransaction(
                transaction,
                transaction.body() instanceof Redeem(var channel, var cumulative, var voucher)
                        ? Optional.of(Secp256k1.recover(
                                TypedData.digest(transaction.chainId(), new Voucher(channel, cumulative)), voucher))
                        : Optional.empty());
    }

    /**
     * Takes a transaction at its word: for blocks of our own log, whose transactions were checked before
     * they were written, and for measurements.
     */
    public static CheckedTransaction withoutCheckingSignatures(SignedTransaction transaction) {
        return new CheckedTransaction(transaction, Optional.empty());
    }

    /** The transaction. */
    public SignedTransaction transaction() {
        return transaction;
    }

    /** Who signed the voucher in it; empty if there is none or it was taken at its word. */
    Optional<Recovery> voucher() {
        return voucher;
    }
}
