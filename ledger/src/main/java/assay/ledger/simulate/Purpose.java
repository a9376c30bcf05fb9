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
            case Transaction.PostCheckpoint _ -> POSTING;
            case Transaction.Redeem _ -> REDEEMING;
            case Transaction.OpenChannel _ -> CHANNELS;
            case Transaction.CommitAudit _,
                    Transaction.RevealAudit _,
                    Transaction.RevealTrace _,
                    Transaction.ComplainDelivery _,
                    Transaction.AnswerDemand _,
                    Transaction.ProveDelivery _,
                    Transaction.ShowDispute _,
                    Transaction.ChooseDispute _,
                    Transaction.BuyAudit _,
                    Transaction.ReportReceipt _,
                    Transaction.OpenDispute _,
                    Transaction.PostText _,
                    Transaction.ReportTranscript _,
                    Transaction.DemandOpening _ -> AUDITS;
            case Transaction.Transfer _,
                    Transaction.SettleAuthorization _,
                    Transaction.CancelAuthorization _,
                    Transaction.SettlePermit _,
                    Transaction.RegisterOperator _,
                    Transaction.RotateKey _,
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
                    Transaction.ClaimServed _,
                    Transaction.ChallengeModel _,
                    Transaction.JudgeModel _,
                    Transaction.TopUp _,
                    Transaction.Claim _,
                    Transaction.Deposit _,
                    Transaction.OpenEscrow _,
                    Transaction.OpenPermitEscrow _,
                    Transaction.CloseChannel _,
                    Transaction.RetractReceipt _,
                    Transaction.ChallengeCheckpoint _,
                    Transaction.AnswerCheckpoint _,
                    Transaction.ReportEarlyReveal _,
                    Transaction.ReportTwoReceipts _,
                    Transaction.ReportTwoCheckpoints _,
                    Transaction.ProposeSetting _,
                    Transaction.ProposeValidator _,
                    Transaction.Approve _,
                    Transaction.BondValidator _ -> STANDING;
        };
    }
}
