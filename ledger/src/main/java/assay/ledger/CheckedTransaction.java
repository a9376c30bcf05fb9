package assay.ledger;

import assay.core.base.Hash;
import assay.ledger.crypto.Secp256k1;
import assay.ledger.crypto.Secp256k1.Recovery;
import assay.ledger.crypto.Signature;
import assay.ledger.tx.Acknowledgment;
import assay.ledger.tx.NodeKeyProof;
import assay.ledger.tx.SignedTransaction;
import assay.ledger.tx.Stock;
import assay.ledger.tx.Transaction;
import assay.ledger.tx.TypedData;
import assay.ledger.tx.Voucher;
import java.util.Optional;

/**
 * A transaction whose signatures were looked at: the part of the work that needs no state, and so can
 * be done by any thread. Only {@link Ledger#check} makes one, or the method with the long name.
 */
public final class CheckedTransaction {
    private final SignedTransaction transaction;
    private final Optional<Recovery> inner;
    private final boolean proven;

    private CheckedTransaction(SignedTransaction transaction, Optional<Recovery> inner, boolean proven) {
        this.transaction = transaction;
        this.inner = inner;
        this.proven = proven;
    }

    /**
     * Recovers the signer of a voucher, an authorisation or an acknowledgment that the transaction carries, and checks
     * the proof of a node's key.
     */
    static CheckedTransaction recovering(SignedTransaction transaction) {
        return new CheckedTransaction(transaction, recovered(transaction), isProven(transaction));
    }

    private static boolean isProven(SignedTransaction t) {
        return switch (t.body()) {
            case Transaction.RegisterOperator(var key, var proof, var endpoint) ->
                NodeKeyProof.holds(key, proof, t.chainId(), t.from());
            case Transaction.RotateKey(var key, var proof) -> NodeKeyProof.holds(key, proof, t.chainId(), t.from());
            default -> true;
        };
    }

    private static Optional<Recovery> recovered(SignedTransaction t) {
        long chain = t.chainId();
        return switch (t.body()) {
            case Transaction.Redeem(var channel, var cumulative, var voucher) ->
                recover(TypedData.digest(chain, new Voucher(channel, cumulative)), voucher);
            case Transaction.Claim(var channel, var cumulative, var voucher) ->
                recover(Stock.voucher(chain, channel, cumulative), voucher);
            case Transaction.SettleAuthorization(var a) -> recover(Stock.authorization(chain, a), a.signature());
            case Transaction.OpenEscrow(var a) -> recover(Stock.authorization(chain, a), a.signature());
            case Transaction.SettlePermit(var p, var amount) ->
                recover(Stock.permit(chain, t.from(), p), p.signature());
            case Transaction.OpenPermitEscrow(var p) -> recover(Stock.permit(chain, t.from(), p), p.signature());
            case Transaction.Deposit(var config, var a) ->
                recover(Stock.deposit(chain, config.payer(), Stock.channel(chain, config), a), a.signature());
            case Transaction.ClaimServed(var model, var downloader, var bytes, var signature) ->
                recover(TypedData.digest(chain, new Acknowledgment(t.from(), model, bytes)), signature);
            default -> Optional.empty();
        };
    }

    private static Optional<Recovery> recover(Hash digest, Signature signature) {
        return Optional.of(Secp256k1.recover(digest, signature));
    }

    /**
     * Takes a transaction at its word: for blocks of our own log, whose transactions were checked before
     * they were written, and for measurements.
     */
    public static CheckedTransaction withoutCheckingSignatures(SignedTransaction transaction) {
        return new CheckedTransaction(transaction, Optional.empty(), true);
    }

    /** The transaction. */
    public SignedTransaction transaction() {
        return transaction;
    }

    /** Whether its sender has the node's key that it registers; true if it registers none. */
    boolean proven() {
        return proven;
    }

    /** Who signed the voucher or authorisation in it; empty if there is none or it was taken at its word. */
    Optional<Recovery> inner() {
        return inner;
    }
}
