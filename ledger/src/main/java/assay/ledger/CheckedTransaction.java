package assay.ledger;

import assay.core.base.Hash;
import assay.ledger.crypto.Secp256k1;
import assay.ledger.crypto.Secp256k1.Recovery;
import assay.ledger.crypto.Signature;
import assay.ledger.tx.Acknowledgment;
import assay.ledger.tx.Bytes;
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
    static CheckedTransaction recovering(SignedTransaction t) {
        long chain = t.chainId();
        return switch (t.body()) {
            case Transaction.RegisterOperator(var key, var proof, var endpoint) -> proving(t, key, proof);
            case Transaction.RotateKey(var key, var proof) -> proving(t, key, proof);
            case Transaction.Redeem(var channel, var cumulative, var voucher) ->
                recovering(t, TypedData.digest(chain, new Voucher(channel, cumulative)), voucher);
            case Transaction.Claim(var channel, var cumulative, var voucher) ->
                recovering(t, Stock.voucher(chain, channel, cumulative), voucher);
            case Transaction.SettleAuthorization(var a) -> recovering(t, Stock.authorization(chain, a), a.signature());
            case Transaction.OpenEscrow(var a) -> recovering(t, Stock.authorization(chain, a), a.signature());
            case Transaction.SettlePermit(var p, var amount) ->
                recovering(t, Stock.permit(chain, t.from(), p), p.signature());
            case Transaction.OpenPermitEscrow(var p) -> recovering(t, Stock.permit(chain, t.from(), p), p.signature());
            case Transaction.Deposit(var config, var a) ->
                recovering(t, Stock.deposit(chain, config.payer(), Stock.channel(chain, config), a), a.signature());
            case Transaction.ClaimServed(var model, var downloader, var bytes, var signature) ->
                recovering(t, TypedData.digest(chain, new Acknowledgment(t.from(), model, bytes)), signature);
            case Transaction.Transfer _,
                    Transaction.CancelAuthorization _,
                    Transaction.Bond _,
                    Transaction.Unbond _,
                    Transaction.BondAuditor _,
                    Transaction.UnbondAuditor _,
                    Transaction.DeclareLink _,
                    Transaction.AcceptLink _,
                    Transaction.SetEndpoint _,
                    Transaction.Heartbeat _,
                    Transaction.RetireModel _,
                    Transaction.PublishModel _,
                    Transaction.SetPrices _,
                    Transaction.OfferHosting _,
                    Transaction.StopHosting _,
                    Transaction.AnswerStorage _,
                    Transaction.ChallengeModel _,
                    Transaction.JudgeModel _,
                    Transaction.OpenChannel _,
                    Transaction.TopUp _,
                    Transaction.CloseChannel _,
                    Transaction.PostCheckpoint _,
                    Transaction.RetractReceipt _,
                    Transaction.BuyAudit _,
                    Transaction.ComplainDelivery _,
                    Transaction.ProveDelivery _,
                    Transaction.DemandOpening _,
                    Transaction.ChallengeCheckpoint _,
                    Transaction.AnswerDemand _,
                    Transaction.AnswerCheckpoint _,
                    Transaction.ReportEarlyReveal _,
                    Transaction.ReportReceipt _,
                    Transaction.ReportTwoReceipts _,
                    Transaction.ReportTwoCheckpoints _,
                    Transaction.OpenDispute _,
                    Transaction.PostText _,
                    Transaction.ReportTranscript _,
                    Transaction.ShowDispute _,
                    Transaction.ChooseDispute _,
                    Transaction.ProposeSetting _,
                    Transaction.ProposeValidator _,
                    Transaction.Approve _,
                    Transaction.BondValidator _,
                    Transaction.CommitAudit _,
                    Transaction.RevealAudit _,
                    Transaction.RevealTrace _ -> new CheckedTransaction(t, Optional.empty(), true);
        };
    }

    private static CheckedTransaction proving(SignedTransaction t, Hash key, Bytes proof) {
        return new CheckedTransaction(t, Optional.empty(), NodeKeyProof.holds(key, proof, t.chainId(), t.from()));
    }

    private static CheckedTransaction recovering(SignedTransaction t, Hash digest, Signature signature) {
        return new CheckedTransaction(t, Optional.of(Secp256k1.recover(digest, signature)), true);
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
