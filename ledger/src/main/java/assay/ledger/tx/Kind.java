package assay.ledger.tx;

import assay.core.base.MalformedException;
import java.util.LinkedHashMap;
import java.util.Map;

/** The kinds of transactions with their wire numbers, which are never changed and never reused. */
public enum Kind {
    TRANSFER(1, Transaction.Transfer.class),
    SETTLE_AUTHORIZATION(2, Transaction.SettleAuthorization.class),
    CANCEL_AUTHORIZATION(3, Transaction.CancelAuthorization.class),
    SETTLE_PERMIT(4, Transaction.SettlePermit.class),
    REGISTER_OPERATOR(10, Transaction.RegisterOperator.class),
    ROTATE_KEY(11, Transaction.RotateKey.class),
    BOND(12, Transaction.Bond.class),
    UNBOND(13, Transaction.Unbond.class),
    BOND_AUDITOR(14, Transaction.BondAuditor.class),
    UNBOND_AUDITOR(15, Transaction.UnbondAuditor.class),
    DECLARE_LINK(16, Transaction.DeclareLink.class),
    HEARTBEAT(17, Transaction.Heartbeat.class),
    SET_ENDPOINT(18, Transaction.SetEndpoint.class),
    ACCEPT_LINK(19, Transaction.AcceptLink.class),
    PUBLISH_MODEL(20, Transaction.PublishModel.class),
    SET_PRICES(21, Transaction.SetPrices.class),
    RETIRE_MODEL(22, Transaction.RetireModel.class),
    OFFER_HOSTING(23, Transaction.OfferHosting.class),
    STOP_HOSTING(24, Transaction.StopHosting.class),
    ANSWER_STORAGE(25, Transaction.AnswerStorage.class),
    CLAIM_SERVED(26, Transaction.ClaimServed.class),
    CHALLENGE_MODEL(27, Transaction.ChallengeModel.class),
    JUDGE_MODEL(28, Transaction.JudgeModel.class),
    OPEN_CHANNEL(30, Transaction.OpenChannel.class),
    TOP_UP(31, Transaction.TopUp.class),
    REDEEM(32, Transaction.Redeem.class),
    CLOSE_CHANNEL(33, Transaction.CloseChannel.class),
    OPEN_ESCROW(34, Transaction.OpenEscrow.class),
    OPEN_PERMIT_ESCROW(35, Transaction.OpenPermitEscrow.class),
    DEPOSIT(37, Transaction.Deposit.class),
    CLAIM(38, Transaction.Claim.class),
    POST_CHECKPOINT(40, Transaction.PostCheckpoint.class),
    RETRACT_RECEIPT(41, Transaction.RetractReceipt.class),
    COMMIT_AUDIT(50, Transaction.CommitAudit.class),
    REVEAL_AUDIT(51, Transaction.RevealAudit.class),
    REVEAL_TRACE(52, Transaction.RevealTrace.class),
    BUY_AUDIT(53, Transaction.BuyAudit.class),
    COMPLAIN_DELIVERY(54, Transaction.ComplainDelivery.class),
    DEMAND_OPENING(55, Transaction.DemandOpening.class),
    CHALLENGE_CHECKPOINT(56, Transaction.ChallengeCheckpoint.class),
    ANSWER_DEMAND(57, Transaction.AnswerDemand.class),
    ANSWER_CHECKPOINT(58, Transaction.AnswerCheckpoint.class),
    REPORT_EARLY_REVEAL(59, Transaction.ReportEarlyReveal.class),
    SHOW_DISPUTE(60, Transaction.ShowDispute.class),
    CHOOSE_DISPUTE(61, Transaction.ChooseDispute.class),
    PROVE_DELIVERY(62, Transaction.ProveDelivery.class),
    OPEN_DISPUTE(66, Transaction.OpenDispute.class),
    POST_TEXT(67, Transaction.PostText.class),
    REPORT_TRANSCRIPT(68, Transaction.ReportTranscript.class),
    REPORT_RECEIPT(63, Transaction.ReportReceipt.class),
    REPORT_TWO_RECEIPTS(64, Transaction.ReportTwoReceipts.class),
    REPORT_TWO_CHECKPOINTS(65, Transaction.ReportTwoCheckpoints.class),
    PROPOSE_SETTING(80, Transaction.ProposeSetting.class),
    PROPOSE_VALIDATOR(81, Transaction.ProposeValidator.class),
    APPROVE(82, Transaction.Approve.class),
    BOND_VALIDATOR(83, Transaction.BondValidator.class);

    private static final Map<Class<?>, Kind> BY_TYPE = new LinkedHashMap<>();

    static {
        for (Kind kind : values()) {
            BY_TYPE.put(kind.type, kind);
        }
    }

    private final int wire;
    private final Class<? extends Record> type;

    <T extends Record & Transaction> Kind(int wire, Class<T> type) {
        this.wire = wire;
        this.type = type;
    }

    /** The kind of this transaction. */
    public static Kind of(Transaction transaction) {
        Kind kind = BY_TYPE.get(transaction.getClass());
        if (kind == null) {
            throw new AssertionError("a transaction without a wire number: " + transaction.getClass());
        }
        return kind;
    }

    /** The kind with this wire number. */
    public static Kind ofWire(int wire, int offset) throws MalformedException {
        for (Kind kind : values()) {
            if (kind.wire == wire) {
                return kind;
            }
        }
        throw new MalformedException("no transaction has number " + wire, offset);
    }

    /** The number on the wire, 1 to 255. */
    public int wire() {
        return wire;
    }

    /** The record that holds it. */
    public Class<? extends Record> type() {
        return type;
    }

    /** The EIP-712 name of its type. */
    public String typeName() {
        return type.getSimpleName();
    }
}
