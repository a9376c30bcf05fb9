package assay.ledger;

import assay.core.base.Amount;
import assay.core.base.Hash;
import assay.ledger.crypto.Address;
import assay.ledger.state.Demand;
import assay.ledger.state.Dispute;
import assay.ledger.state.Receipt;
import assay.ledger.state.Setting;
import assay.ledger.state.Split;
import java.util.List;
import java.util.Optional;

/** What happened, for those who follow the ledger; the state alone decides. */
public sealed interface Event {
    /** Money moved from account to account. */
    record Transferred(Address from, Address to, Amount amount) implements Event {}

    /** An authorisation or permit of the payer counts no more: it was used, or cancelled. */
    record AuthorizationSpent(Address payer, Hash nonce) implements Event {}

    /** An operator appeared. */
    record OperatorRegistered(Address operator, Hash nodeKey) implements Event {}

    /** An operator's receipts have another key from this block on. */
    record KeyRotated(Address operator, Hash nodeKey) implements Event {}

    /** An operator is reached elsewhere. */
    record EndpointSet(Address operator, String endpoint) implements Event {}

    /** Stake was added. */
    record Bonded(Address operator, Amount amount) implements Event {}

    /** Stake leaves. */
    record Unbonding(Address operator, Amount amount, long releaseAt) implements Event {}

    /** Stake is free. */
    record BondReleased(Address operator, Amount amount) implements Event {}

    /** An auditor's stake was added. */
    record AuditorBonded(Hash model, Address auditor, Amount amount) implements Event {}

    /** An auditor's stake leaves. */
    record AuditorUnbonding(Hash model, Address auditor, Amount amount, long releaseAt) implements Event {}

    /** An auditor's stake is free. */
    record AuditorBondReleased(Hash model, Address auditor, Amount amount) implements Event {}

    /** A model appeared. */
    record ModelPublished(Hash model, Address publisher, String name) implements Event {}

    /** An operator offers a model at new prices. */
    record PricesSet(Address operator, Hash model, long version) implements Event {}

    /** A channel opened. */
    record ChannelOpened(Hash channel, Address payer, Address operator, Amount deposit) implements Event {}

    /** Money is put aside for one receipt, until this height. */
    record EscrowOpened(Hash escrow, Address payer, Address operator, Amount deposit, long closesAt) implements Event {}

    /** A channel has more money. */
    record ChannelToppedUp(Hash channel, Amount amount) implements Event {}

    /** A channel closes at this height. */
    record ChannelClosing(Hash channel, long closesAt) implements Event {}

    /** A channel closed; what was left went back. */
    record ChannelClosed(Hash channel, Address payer, Amount refunded) implements Event {}

    /** An operator's log grew. */
    record CheckpointPosted(Address operator, long treeSize, Hash root) implements Event {}

    /**
     * A receipt is in a posted log.
     *
     * @param unpayable why no channel will pay it, if none will
     */
    record ReceiptPosted(Address operator, Hash receipt, long index, Optional<Reason> unpayable) implements Event {}

    /** A receipt was paid, and split so; the five parts are the amount. */
    record ReceiptPaid(Address operator, Hash receipt, Hash channel, Amount amount, Split split) implements Event {}

    /** A receipt will not be paid: its channel closed, or it was taken back or proven wrong. */
    record ReceiptUnpaid(Address operator, Hash receipt) implements Event {}

    /** A checkpoint was drawn from: so many of its receipts are audited. */
    record BatchDrawn(Address operator, Hash root, int audited) implements Event {}

    /** The operator took a receipt back; its payer got so much. */
    record ReceiptRetracted(Address operator, Hash receipt, Amount refunded) implements Event {}

    /** An account says that it belongs to another's owner, which has not agreed yet. */
    record LinkDeclared(Address account, Address head) implements Event {}

    /** An account belongs to another's owner, as both say. */
    record Linked(Address account, Address head) implements Event {}

    /** Auditors were drawn for a receipt, who must commit by this height. */
    record AuditDrawn(Address operator, Hash receipt, List<Address> auditors, long commitBy) implements Event {}

    /** An auditor is bound to its root. */
    record AuditCommitted(Address operator, Hash receipt, Address auditor) implements Event {}

    /** Auditors reveal until this height. */
    record RevealOpened(Address operator, Hash receipt, long revealBy) implements Event {}

    /** An auditor's root is known. */
    record AuditRevealed(Address operator, Hash receipt, Address auditor, Hash root) implements Event {}

    /** An auditor missed a deadline. */
    record AuditorSilent(Address operator, Hash receipt, Address auditor) implements Event {}

    /** The node reveals until this height. */
    record NodeRevealOpened(Address operator, Hash receipt, long revealBy) implements Event {}

    /** The node's root is known. */
    record NodeRevealed(Address operator, Hash receipt, Hash root) implements Event {}

    /** An auditor was paid its fee. */
    record AuditFeePaid(Address operator, Hash receipt, Address auditor, Amount amount) implements Event {}

    /** An operator lost stake; the three parts are the amount. */
    record Slashed(Address operator, Hash receipt, Amount amount, Amount refunded, Amount bounty, Amount burned)
            implements Event {}

    /** An operator must answer by this height. */
    record Demanded(Hash demand, Demand.Kind kind, Address operator, Hash receipt, Address by, long answerBy)
            implements Event {}

    /**
     * A demand was answered.
     *
     * @param answer digest of the answer
     * @param text the answer itself; empty for a checkpoint
     */
    record DemandAnswered(Hash demand, Address operator, Hash receipt, Hash answer, String text) implements Event {}

    /** An auditor said that a delivery was wrong; {@code holds} if it was what the receipt is about. */
    record DeliveryJudged(Hash demand, Address operator, Hash receipt, Address auditor, boolean holds)
            implements Event {}

    /** A demand was not answered in time. */
    record DemandMissed(Hash demand, Address operator, Hash receipt) implements Event {}

    /** Somebody who was not drawn disputes a receipt. */
    record DisputeOpened(Address operator, Hash receipt, Address challenger, Hash root) implements Event {}

    /** Nobody disputes a receipt any more that was not drawn: it is where it was before. */
    record DisputeEnded(Address operator, Hash receipt) implements Event {}

    /**
     * An auditor and a node dispute a root; the move is due by this height.
     *
     * @param bytes of the node's move before it; 0 if there was none
     */
    record DisputeMoved(Address operator, Hash receipt, Address challenger, Dispute.Move due, long by, int bytes)
            implements Event {}

    /**
     * A dispute's last move was judged.
     *
     * @param why what was recomputed
     * @param bytes of that move
     */
    record DisputeSettled(
            Address operator, Hash receipt, Address challenger, boolean nodeIsRight, String why, int bytes)
            implements Event {}

    /** A piece of a model's text is on the ledger. */
    record TextPosted(Hash model, Address by, int section, int chunk) implements Event {}

    /** Who posted a model's text and won a dispute about text has its cost back. */
    record TextRepaid(Address operator, Hash receipt, Address challenger, Amount amount) implements Event {}

    /** An auditor dropped a dispute, or lost it, and with it its bond. */
    record AuditorSlashed(Address operator, Hash receipt, Address auditor, Amount amount, Amount burned)
            implements Event {}

    /** Evidence against an operator was accepted. */
    record EvidenceTaken(Address operator, Hash evidence, Address by) implements Event {}

    /** An operator is there. */
    record Heard(Address operator) implements Event {}

    /** A model is no longer offered anew. */
    record ModelRetired(Hash model) implements Event {}

    /** A validator made or backed a proposal. */
    record ProposalBacked(Hash proposal, Address by, boolean accepted) implements Event {}

    /** A rule has another number from the next block on. */
    record SettingChanged(Setting setting, long number) implements Event {}

    /** The set of validators changed; for the consensus engine. */
    record ValidatorChanged(Address account, Hash consensusKey, long power) implements Event {}

    /** A validator has more at risk. */
    record ValidatorBonded(Address account, Amount amount) implements Event {}

    /** A validator did not show its preimage, and was fined. */
    record BeaconMissed(Address account, Amount fined) implements Event {}

    /** A host offers a model, or has more behind its offer. */
    record HostOffered(Hash model, Address host, String endpoint, Amount amount) implements Event {}

    /** A host's stake leaves: it stopped, or missed too many challenges. */
    record HostLeaving(Hash model, Address host, Amount amount, long releaseAt) implements Event {}

    /** A host's stake is free. */
    record HostBondReleased(Hash model, Address host, Amount amount) implements Event {}

    /** A host must show this chunk by this height. */
    record StorageAsked(Hash model, Address host, long chunk, long by) implements Event {}

    /** A host showed its chunk. */
    record StorageShown(Hash model, Address host, long chunk) implements Event {}

    /** A host did not show its chunk; what it lost was burned. */
    record StorageMissed(Hash model, Address host, long chunk, Amount burned) implements Event {}

    /** A host was paid for bytes that an operator acknowledged. */
    record HostPaid(Hash model, Address host, Address downloader, long bytes, Amount amount) implements Event {}

    /** Somebody says that a model's roots are not its file's; validators judge until this height. */
    record ModelChallenged(Hash model, Address by, Amount bond, long judgedBy) implements Event {}

    /** A validator judged a model's claim. */
    record ModelJudged(Hash model, Address validator, boolean holds) implements Event {}

    /** A challenge of a model's claim ended. */
    record ClaimEnded(Hash model, ModelClaims.End end, Amount burned) implements Event {}

    /** The bond behind a retired model is free. */
    record ModelBondReleased(Hash model, Address publisher, Amount amount) implements Event {}

    /** Nothing changes any more for a receipt. */
    record ReceiptFinal(Address operator, Hash receipt, Receipt.Status status) implements Event {}
}
