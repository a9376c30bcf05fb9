package assay.ledger.simulate;

import assay.ledger.tx.Transaction;

/** What a transaction is for, as far as its cost goes. */
public enum Purpose {
    /** Checkpoints: every receipt once. */
    POSTING,
    /** Vouchers: every channel now and then. */
    REDEEMING,
    /** Channels opened, for as many requests as come through them in a run. */
    CHANNELS,
    /** Audits, from commitment to verdict. */
    AUDITS,
    /** Registrations, stakes, prices, models, hosting: once, or on the clock. */
    STANDING;

    static Purpose of(Transaction body) {
        return switch (body) {
            case Transaction.PostCheckpoint t -> POSTING;
            case Transaction.Redeem t -> REDEEMING;
            case Transaction.OpenChannel t -> CHANNELS;
            case Transaction.CommitAudit t -> AUDITS;
            case Transaction.RevealAudit t -> AUDITS;
            case Transaction.RevealTrace t -> AUDITS;
            case Transaction.ComplainDelivery t -> AUDITS;
            case Transaction.AnswerDemand t -> AUDITS;
            case Transaction.ProveDelivery t -> AUDITS;
            case Transaction.ShowDispute t -> AUDITS;
            case Transaction.ChooseDispute t -> AUDITS;
            case Transaction.BuyAudit t -> AUDITS;
            case Transaction.ReportReceipt t -> AUDITS;
            case Transaction.OpenDispute t -> AUDITS;
            case Transaction.DemandOpening t -> AUDITS;
            default -> STANDING;
        };
    }
}
