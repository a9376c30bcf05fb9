package assay.ledger;

import static assay.ledger.Draft.refused;

import assay.core.base.Amount;
import assay.ledger.crypto.Secp256k1;
import assay.ledger.crypto.Secp256k1.Recovery;
import assay.ledger.state.Account;
import assay.ledger.state.Params;
import assay.ledger.state.State;
import assay.ledger.tx.SignedTransaction;
import assay.ledger.tx.Transaction;
import java.util.Optional;

/**
 * The state machine: pure functions of their arguments, with no clock, no randomness and no input or
 * output. The same blocks give the same states everywhere.
 *
 * <p>A block is {@link #apply} for each of its transactions and then {@link #settle} once. A refused
 * transaction changes nothing, its nonce included.
 */
public final class Ledger {
    /** A block with so many bytes of transactions is full: who had to move may not have found room in it. */
    public static final long FULL_BYTES = 1 << 20;

    private Ledger() {}

    /** What a look at the signatures alone says of a transaction. */
    public sealed interface Check {
        /** It may be applied. */
        record Accepted(CheckedTransaction transaction) implements Check {}

        /** No state would accept it. */
        record Refused(Reason reason) implements Check {}
    }

    /** Checks and applies one transaction in a block. */
    public static Outcome apply(State s, SignedTransaction t, BlockContext block) {
        return switch (check(t, s.genesis().chainId())) {
            case Check.Refused(Reason reason) -> refused(reason);
            case Check.Accepted(CheckedTransaction checked) -> apply(s, checked, block);
        };
    }

    /** Checks what needs no state: the chain and the signatures. */
    public static Check check(SignedTransaction t, long chainId) {
        return signatureFault(t, chainId)
                .<Check>map(Check.Refused::new)
                .orElseGet(() -> new Check.Accepted(CheckedTransaction.recovering(t)));
    }

    /** Applies a transaction whose signatures were checked. */
    public static Outcome apply(State s, CheckedTransaction checked, BlockContext block) {
        if (block.height() != s.height() + 1) {
            throw new IllegalArgumentException("block " + block.height() + " does not follow " + s.height());
        }
        SignedTransaction t = checked.transaction();
        Account sender = s.account(t.from());
        if (t.chainId() != s.genesis().chainId()) {
            return refused(Reason.WRONG_CHAIN);
        }
        if (t.nonce() < sender.nonce()) {
            return refused(Reason.NONCE_STALE);
        }
        if (t.nonce() > sender.nonce()) {
            return refused(Reason.NONCE_AHEAD);
        }
        Draft d = Draft.of(s, block, t.from(), sender);
        Amount fee = fee(t.body(), d.params());
        if (!d.canPay(t.from(), fee)) {
            return refused(Reason.FEE_UNPAID);
        }
        if (!fee.isZero()) {
            d.debit(t.from(), fee);
            d.totals = d.totals.plusShares(Amount.ZERO, Amount.ZERO, fee);
        }
        return apply(d, checked);
    }

    /** Ends a block: what is due at its height happens, in order. */
    public static Outcome.Applied settle(State s, BlockContext block) {
        return settle(s, block, false);
    }

    /**
     * The same.
     *
     * @param full whether the block's transactions have {@link #FULL_BYTES} or more: clocks stand still
     */
    public static Outcome.Applied settle(State s, BlockContext block, boolean full) {
        if (block.height() != s.height() + 1) {
            throw new IllegalArgumentException("block " + block.height() + " does not follow " + s.height());
        }
        Draft d = Draft.of(s, block);
        if (full) {
            Clocks.full(d);
        }
        Settlement.settle(d);
        d.height = block.height();
        return d.applied();
    }

    /**
     * What a transaction costs its sender: one fee for each few bytes of what it brings, since what fills a block has to cost
     * as much whoever fills it; a checkpoint, one for every few receipts.
     */
    public static Amount fee(Transaction body, Params params) {
        long count = body instanceof Transaction.PostCheckpoint c
                ? fees(c.postings().size(), Params.Costs.RECEIPTS_PER_FEE)
                : fees(body.longBytes(), Params.Costs.BYTES_PER_FEE);
        return Amount.ofMicro(Math.multiplyExact(params.costs().transaction().micro(), count));
    }

    /** What so many bytes cost. */
    static Amount fee(int bytes, Params params) {
        return Amount.ofMicro(
                Math.multiplyExact(params.costs().transaction().micro(), fees(bytes, Params.Costs.BYTES_PER_FEE)));
    }

    private static long fees(long size, int each) {
        return Math.max(1, (size + each - 1) / each);
    }

    private static Outcome apply(Draft d, CheckedTransaction checked) {
        SignedTransaction t = checked.transaction();
        Transaction body = t.body();
        return switch (body) {
            case Transaction.Transfer b -> Accounts.transfer(d, t.from(), b);
            case Transaction.SettleAuthorization b -> Authorizations.settle(d, b, checked.inner());
            case Transaction.CancelAuthorization b -> Authorizations.cancel(d, t.from(), b);
            case Transaction.SettlePermit b -> Authorizations.settlePermit(d, b, checked.inner());
            case Transaction.RegisterOperator b -> Operators.register(d, t.from(), b, checked.proven());
            case Transaction.RotateKey b -> Operators.rotateKey(d, t.from(), b, checked.proven());
            case Transaction.Bond b -> Operators.bond(d, t.from(), b);
            case Transaction.Unbond b -> Operators.unbond(d, t.from(), b);
            case Transaction.BondAuditor b -> Operators.bondAuditor(d, t.from(), b);
            case Transaction.UnbondAuditor b -> Operators.unbondAuditor(d, t.from(), b);
            case Transaction.DeclareLink b -> Operators.link(d, t.from(), b);
            case Transaction.AcceptLink b -> Operators.acceptLink(d, t.from(), b);
            case Transaction.SetEndpoint b -> Operators.setEndpoint(d, t.from(), b);
            case Transaction.Heartbeat b -> Operators.heartbeat(d, t.from());
            case Transaction.RetireModel b -> Models.retire(d, t.from(), b);
            case Transaction.PublishModel b -> Models.publish(d, t.from(), b);
            case Transaction.SetPrices b -> Models.setPrices(d, t.from(), b);
            case Transaction.OfferHosting b -> Hosting.offer(d, t.from(), b);
            case Transaction.StopHosting b -> Hosting.stop(d, t.from(), b);
            case Transaction.AnswerStorage b -> Hosting.answer(d, t.from(), b);
            case Transaction.ClaimServed b -> Hosting.claim(d, t.from(), b, checked.inner());
            case Transaction.ChallengeModel b -> ModelClaims.challenge(d, t.from(), b);
            case Transaction.JudgeModel b -> ModelClaims.judge(d, t.from(), b);
            case Transaction.OpenChannel b -> Channels.open(d, t.from(), t.nonce(), b);
            case Transaction.TopUp b -> Channels.topUp(d, t.from(), b);
            case Transaction.Redeem b -> Channels.redeem(d, t.from(), b, checked.inner());
            case Transaction.Claim b -> Channels.claim(d, t.from(), b, checked.inner());
            case Transaction.Deposit b -> Escrows.deposit(d, t.from(), b, checked.inner());
            case Transaction.OpenEscrow b -> Escrows.open(d, t.from(), b, checked.inner());
            case Transaction.OpenPermitEscrow b -> Escrows.openPermit(d, t.from(), b, checked.inner());
            case Transaction.CloseChannel b -> Channels.close(d, t.from(), b);
            case Transaction.PostCheckpoint b -> Logs.post(d, t.from(), b);
            case Transaction.RetractReceipt b -> Receipts.retract(d, t.from(), b);
            case Transaction.BuyAudit b -> Audits.buy(d, t.from(), b);
            case Transaction.ComplainDelivery b -> Complaints.complain(d, t.from(), b);
            case Transaction.ProveDelivery b -> Complaints.prove(d, t.from(), b);
            case Transaction.DemandOpening b -> Demands.demandOpening(d, t.from(), b);
            case Transaction.ChallengeCheckpoint b -> Demands.challenge(d, t.from(), b);
            case Transaction.AnswerDemand b -> Demands.answer(d, t.from(), b);
            case Transaction.AnswerCheckpoint b -> Demands.answerCheckpoint(d, t.from(), b);
            case Transaction.ReportEarlyReveal b -> Reports.earlyReveal(d, t.from(), b);
            case Transaction.ReportReceipt b -> Reports.receipt(d, t.from(), b);
            case Transaction.ReportTranscript b -> Reports.transcript(d, t.from(), b);
            case Transaction.ReportTwoReceipts b -> Reports.twoReceipts(d, t.from(), b);
            case Transaction.ReportTwoCheckpoints b -> Reports.twoCheckpoints(d, t.from(), b);
            case Transaction.OpenDispute b -> Contests.open(d, t.from(), b);
            case Transaction.PostText b -> Texts.post(d, t.from(), b);
            case Transaction.ShowDispute b -> Disputes.show(d, t.from(), b);
            case Transaction.ChooseDispute b -> Disputes.choose(d, t.from(), b);
            case Transaction.ProposeSetting b -> Governance.proposeSetting(d, t.from(), t.nonce(), b);
            case Transaction.ProposeValidator b -> Governance.proposeValidator(d, t.from(), t.nonce(), b);
            case Transaction.Approve b -> Governance.approve(d, t.from(), b);
            case Transaction.BondValidator b -> Governance.bond(d, t.from(), b);
            case Transaction.CommitAudit b -> Audits.commit(d, t.from(), b);
            case Transaction.RevealAudit b -> Audits.reveal(d, t.from(), b);
            case Transaction.RevealTrace b -> Audits.revealTrace(d, t.from(), b);
        };
    }

    private static Optional<Reason> signatureFault(SignedTransaction t, long chainId) {
        if (t.chainId() != chainId) {
            return Optional.of(Reason.WRONG_CHAIN);
        }
        return switch (Secp256k1.recover(t.id(), t.signature())) {
            case Recovery.Invalid() -> Optional.of(Reason.SIGNATURE_INVALID);
            case Recovery.HighS() -> Optional.of(Reason.SIGNATURE_HIGH_S);
            case Recovery.Signer(var signer) when !signer.equals(t.from()) -> Optional.of(Reason.SIGNER_IS_NOT_SENDER);
            case Recovery.Signer signer -> Optional.empty();
        };
    }
}
