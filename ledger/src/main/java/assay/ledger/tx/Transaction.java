package assay.ledger.tx;

import assay.core.base.Amount;
import assay.core.base.Hash;
import assay.ledger.crypto.Address;
import assay.ledger.crypto.Signature;
import java.util.List;

/**
 * What an account can ask of the ledger. The sender and its nonce stand in {@link SignedTransaction}.
 *
 * <p>The names of the records and of their components, and their order, are the EIP-712 types that
 * wallets sign (docs/protocol/transactions.md, vectors/ledger/eip712.json): they never change.
 */
public sealed interface Transaction {
    /** Moves money to another account. */
    record Transfer(Address to, Amount amount) implements Transaction {}

    /**
     * Makes the sender an operator.
     *
     * @param nodeKey Ed25519 public key that signs its receipts
     * @param endpoint where clients reach it, for people and programs to read; may be empty
     */
    record RegisterOperator(Hash nodeKey, @Max(256) String endpoint) implements Transaction {}

    /** Replaces the operator's receipt-signing key from this block on. */
    record RotateKey(Hash nodeKey) implements Transaction {}

    /** Adds to the operator's stake. */
    record Bond(Amount amount) implements Transaction {}

    /** Takes from the operator's stake; the money stays slashable until the delay is over. */
    record Unbond(Amount amount) implements Transaction {}

    /** Adds to the sender's stake as an auditor of this model. */
    record BondAuditor(Hash model, Amount amount) implements Transaction {}

    /** Takes from the sender's stake as an auditor; released after the delay. */
    record UnbondAuditor(Hash model, Amount amount) implements Transaction {}

    /**
     * Publishes a model; the sender earns its royalty.
     *
     * @param name what requests call it; unique on this ledger
     * @param fileDigest SHA-256 of the source file
     * @param programRoot root of the compiled exact program
     * @param weightRoot root of its weights
     * @param tokenizerDigest digest of the vocabulary
     * @param templateDigest digest of the chat template
     * @param unicodeDigest digest of the pinned Unicode tables
     * @param compiler version of the compiler that made the roots from the file
     * @param licence SPDX expression, or {@code LicenseRef-…}
     * @param licenceDigest SHA-256 of the licence's text
     * @param royaltyPpm the publisher's share of each payment, parts per million
     */
    record PublishModel(
            @Max(128) String name,
            Hash fileDigest,
            Hash programRoot,
            Hash weightRoot,
            Hash tokenizerDigest,
            Hash templateDigest,
            Hash unicodeDigest,
            @Max(64) String compiler,
            @Max(128) String licence,
            Hash licenceDigest,
            int royaltyPpm)
            implements Transaction {
        /** Refuses a negative share. */
        public PublishModel {
            if (royaltyPpm < 0) {
                throw new IllegalArgumentException("a share is not negative, got " + royaltyPpm);
            }
        }
    }

    /**
     * Offers a model at these prices, in micro-units per million tokens; raises the version by one.
     *
     * @param promptPerMillion for prompt tokens
     * @param cachedPerMillion for prompt tokens reused from an earlier request
     * @param completionPerMillion for tokens of the answer
     */
    record SetPrices(Hash model, Amount promptPerMillion, Amount cachedPerMillion, Amount completionPerMillion)
            implements Transaction {}

    /** Opens a payment channel from the sender to an operator; its id is {@link Ids#channel}. */
    record OpenChannel(Address operator, Amount deposit) implements Transaction {}

    /** Adds to a channel's deposit; only its payer may. */
    record TopUp(Hash channel, Amount amount) implements Transaction {}

    /**
     * Pays the operator for posted receipts, in the order in which they were posted, as far as the
     * voucher covers whole ones.
     *
     * @param cumulative the voucher's amount: all that the payer ever agreed to pay on this channel
     * @param voucher the payer's signature over {@link Voucher}
     */
    record Redeem(Hash channel, Amount cumulative, Signature voucher) implements Transaction {}

    /** Closes a channel: at once by its operator, after the delay by its payer. */
    record CloseChannel(Hash channel) implements Transaction {}

    /**
     * Posts the operator's log: the receipts since the last checkpoint, in order.
     *
     * @param treeSize leaves of the log after these
     * @param root RFC 6962 root of those leaves, which the ledger computes for itself
     * @param postings the new leaves
     */
    record PostCheckpoint(long treeSize, Hash root, @Max(POSTINGS_MAX) List<Posting> postings) implements Transaction {
        /** Copies the list; refuses a negative size. */
        public PostCheckpoint {
            if (treeSize < 0) {
                throw new IllegalArgumentException("a tree size is not negative, got " + treeSize);
            }
            postings = List.copyOf(postings);
        }
    }

    /**
     * One receipt of a checkpoint.
     *
     * @param receipt the receipt's digest
     * @param channel the channel that pays, or all zero when none on this ledger does
     * @param model the model's id
     * @param amount what it costs
     * @param blindedRoot the receipt's blinded trace root
     */
    record Posting(Hash receipt, Hash channel, Hash model, Amount amount, Hash blindedRoot) {}

    /** A drawn auditor binds itself to the root that it computed ({@link Ids#commitment}). */
    record CommitAudit(Address operator, Hash receipt, Hash commitment) implements Transaction {}

    /** The auditor opens its commitment. */
    record RevealAudit(Address operator, Hash receipt, Hash root, Hash salt) implements Transaction {}

    /** The node opens the blinded root of its receipt, after every auditor's slot has closed. */
    record RevealTrace(Hash receipt, Hash root, Hash salt) implements Transaction {}

    /** The most receipts that one checkpoint may post. */
    int POSTINGS_MAX = 1024;
}
