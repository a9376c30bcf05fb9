package assay.ledger.tx;

import assay.core.base.Amount;
import assay.core.base.Hash;
import assay.core.base.NodeKey;
import assay.ledger.crypto.Address;
import assay.ledger.crypto.Signature;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * What an account can ask of the ledger. The sender and its nonce stand in {@link SignedTransaction}.
 *
 * <p>The names of the records and of their components, and their order, are the EIP-712 types that
 * wallets sign (docs/protocol/transactions.md, vectors/ledger/eip712.json): they never change.
 */
public sealed interface Transaction {
    /**
     * Bytes of those parts that may be long, as it is paid by them: what fills a block costs as much whoever fills it. None
     * of a host's chunk, which is taken only when it was asked for; a checkpoint is paid by its receipts.
     */
    default long longBytes() {
        return 0;
    }

    private static long bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8).length;
    }

    /** Moves money to another account. */
    record Transfer(Address to, Amount amount) implements Transaction {}

    /**
     * Moves money that its owner authorised, in the words of EIP-3009; anybody may bring it.
     *
     * @param authorization what the owner signed, and the signature
     */
    record SettleAuthorization(Authorization authorization) implements Transaction {}

    /**
     * Makes an authorisation of the sender's worthless before it is used.
     *
     * @param authorization its nonce
     * @param validBefore its end, seconds since 1970: how long the ledger has to remember
     */
    record CancelAuthorization(Hash authorization, long validBefore) implements Transaction {}

    /**
     * Moves up to what its owner permitted, in the words of Permit2; only the facilitator that it names may.
     *
     * @param amount what is taken
     */
    record SettlePermit(Permit permit, Amount amount) implements Transaction {}

    /**
     * What a payer signed as EIP-3009's {@code TransferWithAuthorization} ({@link Stock#authorization}).
     *
     * @param payer pays
     * @param to is paid
     * @param validAfter seconds since 1970, exclusive
     * @param validBefore seconds since 1970, exclusive
     * @param authorization EIP-3009's nonce: one payer's counts once
     * @param signature the payer's
     */
    record Authorization(
            Address payer,
            Address to,
            Amount value,
            long validAfter,
            long validBefore,
            Hash authorization,
            Signature signature) {}

    /**
     * What a payer signed as Permit2's {@code PermitWitnessTransferFrom} with the witness of x402's scheme
     * {@code upto} ({@link Stock#permit}); its facilitator is the sender of the transaction.
     *
     * @param most the most that may be taken
     * @param validAfter seconds since 1970, inclusive
     * @param deadline seconds since 1970, inclusive
     * @param permission Permit2's nonce, big-endian: one payer's counts once
     */
    record Permit(
            Address payer,
            Address to,
            Amount most,
            long validAfter,
            long deadline,
            Hash permission,
            Signature signature) {}

    /**
     * Makes the sender an operator.
     *
     * @param nodeKey Ed25519 public key that signs its receipts
     * @param proof that key's signature over {@link NodeKeyProof#message}: who registers a key has it
     * @param endpoint where clients reach it, for people and programs to read; may be empty
     */
    record RegisterOperator(Hash nodeKey, @Max(NodeKey.SIGNATURE_SIZE_BYTES) Bytes proof, @Max(256) String endpoint)
            implements Transaction {}

    /**
     * Replaces the operator's receipt-signing key from this block on.
     *
     * @param proof the new key's signature over {@link NodeKeyProof#message}
     */
    record RotateKey(Hash nodeKey, @Max(NodeKey.SIGNATURE_SIZE_BYTES) Bytes proof) implements Transaction {}

    /** Replaces where clients reach the operator; may be empty. */
    record SetEndpoint(@Max(256) String endpoint) implements Transaction {}

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
     * @param fileBytes its length; 0 if its chunks are not published, and so nobody can offer to host it
     * @param fileRoot RFC 6962 root over its chunks ({@link assay.core.merkle.Chunks}); all zero without chunks
     * @param programRoot root of the compiled exact program
     * @param weightRoot root of its weights
     * @param tokenizerDigest digest of the vocabulary
     * @param templateDigest digest of the chat template
     * @param unicodeDigest digest of the pinned Unicode tables
     * @param macsPerToken multiplications of weights for one token ({@link assay.core.program.Program#macsPerToken}):
     *     what an audit of the model costs follows from it
     * @param compiler version of the compiler that made the roots from the file
     * @param licence SPDX expression, or {@code LicenseRef-…}
     * @param licenceDigest SHA-256 of the licence's text
     * @param royaltyPpm the publisher's share of each payment, parts per million
     * @param bond backs the claim that this compiler makes these roots from this file
     */
    record PublishModel(
            @Max(128) String name,
            Hash fileDigest,
            long fileBytes,
            Hash fileRoot,
            Hash programRoot,
            Hash weightRoot,
            Hash tokenizerDigest,
            Hash templateDigest,
            Hash unicodeDigest,
            long macsPerToken,
            @Max(64) String compiler,
            @Max(128) String licence,
            Hash licenceDigest,
            int royaltyPpm,
            Amount bond)
            implements Transaction {
        /** Refuses a negative share, count or length. */
        public PublishModel {
            if (fileBytes < 0 || macsPerToken < 0) {
                throw new IllegalArgumentException("not negative, got " + fileBytes + " and " + macsPerToken);
            }
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

    /**
     * Offers to keep a model's file and serve it, or adds to the stake behind such an offer.
     *
     * @param endpoint where the file is served, for programs to read; replaces the one before
     * @param amount of the stake that missed challenges are taken from
     */
    record OfferHosting(Hash model, @Max(256) String endpoint, Amount amount) implements Transaction {}

    /** The sender hosts a model no longer: its stake leaves; an open challenge must still be answered. */
    record StopHosting(Hash model) implements Transaction {}

    /**
     * A host shows the chunk that the beacon asked for.
     *
     * @param chunk the chunk's bytes in base64
     * @param path its inclusion proof, RFC 9162, section 2.1.3
     */
    record AnswerStorage(Hash model, @Max(CHUNK_TEXT_MAX) String chunk, @Max(64) List<Hash> path)
            implements Transaction {
        /** Copies the list. */
        public AnswerStorage {
            path = List.copyOf(path);
        }
    }

    /**
     * A host takes what an operator acknowledged that it was served, from the hosts' share of that operator's sales
     * of the model.
     *
     * @param downloader the operator
     * @param bytes of the model that it ever got from this host
     * @param acknowledgment the operator's signature over {@link Acknowledgment}
     */
    record ClaimServed(Hash model, Address downloader, long bytes, Signature acknowledgment) implements Transaction {
        /** Refuses a negative count. */
        public ClaimServed {
            if (bytes < 0) {
                throw new IllegalArgumentException("a count of bytes is not negative, got " + bytes);
            }
        }
    }

    /** Says that a model's roots are not what its compiler makes of its file; the sender puts up as much as its publisher. */
    record ChallengeModel(Hash model) implements Transaction {}

    /**
     * A validator compiled a challenged model's file for itself.
     *
     * @param holds whether the published roots came out
     */
    record JudgeModel(Hash model, boolean holds) implements Transaction {}

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
     * Puts authorised money aside for one receipt of the operator that it is for; its id is {@link Ids#escrow}.
     * The operator sends it.
     */
    record OpenEscrow(Authorization authorization) implements Transaction {}

    /** The same with a permit of x402's scheme {@code upto}: what the receipt does not cost goes back. */
    record OpenPermitEscrow(Permit permit) implements Transaction {}

    /**
     * Deposits authorised money into a channel of x402's scheme {@code batch-settlement}, which it opens if it is
     * new. The channel's receiver sends it.
     *
     * @param config the channel's parameters; their digest is its id ({@link Stock#channel})
     * @param authorization EIP-3009's {@code ReceiveWithAuthorization} to x402's deposit collector, whose nonce is
     *     {@link Stock#depositNonce}
     */
    record Deposit(ChannelConfig config, DepositAuthorization authorization) implements Transaction {}

    /**
     * The parameters of a channel as x402 names them.
     *
     * @param payer deposits, and gets the rest back
     * @param payerAuthorizer signs the vouchers; all zero for the payer
     * @param receiver the operator
     * @param receiverAuthorizer not used here: the operator itself sends what it authorises
     * @param withdrawDelay seconds, below 2^40; the ledger's own delay counts
     * @param salt parts channels of the same parties
     */
    record ChannelConfig(
            Address payer,
            Address payerAuthorizer,
            Address receiver,
            Address receiverAuthorizer,
            long withdrawDelay,
            Hash salt) {}

    /**
     * A deposit's authorisation.
     *
     * @param salt makes it another one than the last for the same channel
     */
    record DepositAuthorization(Amount value, long validAfter, long validBefore, Hash salt, Signature signature) {}

    /** {@link Redeem} for a channel of {@link Deposit}, whose vouchers are x402's ({@link Stock#voucher}). */
    record Claim(Hash channel, Amount cumulative, Signature voucher) implements Transaction {}

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
     * @param insured what the payer gets at least if it is proven wrong; 0 if nothing was agreed
     * @param tokens of prompt and answers together: what a replay goes through
     * @param blindedRoot the receipt's blinded trace root
     */
    record Posting(
            Hash receipt, Hash channel, Hash model, Amount amount, Amount insured, long tokens, Hash blindedRoot) {}

    /**
     * Takes a receipt back before its checkpoint is drawn: the payer gets what it paid and 1 % more, from the
     * operator's balance.
     */
    record RetractReceipt(Hash receipt) implements Transaction {}

    /** Buys the audit of a receipt that was not drawn; the sender pays its cost. */
    record BuyAudit(Address operator, Hash receipt) implements Transaction {}

    /**
     * A drawn auditor says that the node did not deliver: now it must, on the ledger.
     *
     * @param key a fresh X25519 public key of the auditor's, for which the node seals its answer
     */
    record ComplainDelivery(Address operator, Hash receipt, Hash key) implements Transaction {}

    /**
     * The auditor says that what the node answered to its complaint does not open, or is not what the receipt is
     * about, and shows it: with its key everybody sees.
     *
     * @param answer as the node gave it
     * @param secret the X25519 scalar of the key that the complaint named
     */
    record ProveDelivery(Hash demand, @Max(ANSWER_MAX) String answer, Hash secret) implements Transaction {
        @Override
        public long longBytes() {
            return bytes(answer);
        }
    }

    /**
     * The payer of a receipt that was not drawn asks for the opening of some of its cells, for the fee of a demand.
     *
     * @param cells digest of which cells
     */
    record DemandOpening(Address operator, Hash receipt, Hash cells) implements Transaction {}

    /**
     * Somebody was shown this signed checkpoint: its log must be consistent with the posted one. Costs the fee of a
     * demand.
     *
     * @param nodeKey the operator's key that signed it
     * @param note the checkpoint as a C2SP signed note
     */
    record ChallengeCheckpoint(Hash nodeKey, @Max(NOTE_MAX) String note) implements Transaction {
        @Override
        public long longBytes() {
            return bytes(note);
        }
    }

    /**
     * The operator answers a demand for a delivery or an opening.
     *
     * @param answer ciphertext for the auditor, or the opening's digest or pieces: text, for example base64
     */
    record AnswerDemand(Hash demand, @Max(ANSWER_MAX) String answer) implements Transaction {
        @Override
        public long longBytes() {
            return bytes(answer);
        }
    }

    /**
     * The operator shows that a challenged checkpoint and its posted log are consistent.
     *
     * @param path RFC 9162, section 2.1.4, from the smaller tree to the larger
     */
    record AnswerCheckpoint(Hash demand, @Max(128) List<Hash> path) implements Transaction {
        /** Copies the list. */
        public AnswerCheckpoint {
            path = List.copyOf(path);
        }

        @Override
        public long longBytes() {
            return (long) path.size() * Hash.SIZE_BYTES;
        }
    }

    /** Shows that a node gave its root away before the auditors were bound to theirs. */
    record ReportEarlyReveal(Address operator, Hash receipt, Hash root, Hash salt) implements Transaction {}

    /**
     * The node's move in a dispute: what it shows or proves ({@link assay.core.dispute.Referee#show}).
     *
     * @param move as docs/protocol/dispute.md says
     */
    record ShowDispute(Hash receipt, @Max(DISPUTE_MAX) Bytes move) implements Transaction {
        @Override
        public long longBytes() {
            return move.size();
        }
    }

    /** The auditor's move in a dispute: the first part that it computes otherwise. */
    record ChooseDispute(Address operator, Hash receipt, int part) implements Transaction {}

    /**
     * Disputes a receipt of one's own accord, with the bond for its model at stake: its trace is not this one, or its
     * text does not follow.
     *
     * @param root digest of all choices' trace roots, as the sender computed them
     */
    record OpenDispute(Address operator, Hash receipt, Hash root) implements Transaction {}

    /**
     * Posts a piece of a model's text, with which the ledger judges what is disputed about the text of answers.
     *
     * @param model a published one
     * @param header of its program ({@link assay.core.program.ProgramHeader}); its digest is the program's root
     * @param section 0 the tokenizer, 1 the template
     * @param chunk which piece of it ({@link assay.core.program.SectionChunks})
     * @param bytes the piece
     * @param path from it to the section's root
     */
    record PostText(
            Hash model,
            @Max(HEADER_MAX) Bytes header,
            int section,
            int chunk,
            @Max(assay.core.program.SectionChunks.CHUNK_BYTES) Bytes bytes,
            @Max(16) List<Hash> path)
            implements Transaction {
        @Override
        public long longBytes() {
            return bytes.size();
        }
    }

    /**
     * Shows a signed receipt that was not posted, was posted late, or was posted as something else.
     *
     * @param envelope the DSSE envelope as JSON
     */
    record ReportReceipt(@Max(ENVELOPE_MAX) String envelope) implements Transaction {
        @Override
        public long longBytes() {
            return bytes(envelope);
        }
    }

    /**
     * Shows that a posted receipt says another length of its transcript than it has: a false one would keep what is
     * disputed about the text from the ledger.
     *
     * @param statement the receipt, by whose digest it was posted
     * @param transcript its transcript, with its prompt ids or without
     */
    record ReportTranscript(
            Address operator,
            @Max(assay.core.receipt.Statement.SIZE_MAX_BYTES) Bytes statement,
            @Max(DISPUTE_MAX) Bytes transcript)
            implements Transaction {
        @Override
        public long longBytes() {
            return (long) statement.size() + transcript.size();
        }
    }

    /** Shows two signed receipts for one payment. */
    record ReportTwoReceipts(@Max(ENVELOPE_MAX) String first, @Max(ENVELOPE_MAX) String second) implements Transaction {
        @Override
        public long longBytes() {
            return bytes(first) + bytes(second);
        }
    }

    /** Shows two signed checkpoints of one log and one size with different roots or weights. */
    record ReportTwoCheckpoints(Hash nodeKey, @Max(NOTE_MAX) String first, @Max(NOTE_MAX) String second)
            implements Transaction {
        @Override
        public long longBytes() {
            return bytes(first) + bytes(second);
        }
    }

    /** The operator is there. */
    record Heartbeat() implements Transaction {}

    /** The publisher takes a model back: nobody offers it anew; its name stays taken. */
    record RetireModel(Hash model) implements Transaction {}

    /** A validator proposes another number for a rule: at most twice or half as much. */
    record ProposeSetting(int setting, long number) implements Transaction {}

    /**
     * A validator proposes that this account validates with this power.
     *
     * @param consensusKey Ed25519 key for the consensus engine
     * @param power of its votes; 0 to leave
     * @param beaconTip end of its hash chain: the digest of the first preimage that it will show
     */
    record ProposeValidator(Address account, Hash consensusKey, long power, Hash beaconTip) implements Transaction {}

    /** A validator agrees; what more than two thirds of the power agree to happens after the delay. */
    record Approve(Hash proposal) implements Transaction {}

    /** A validator's money at risk for preimages that it does not show. */
    record BondValidator(Amount amount) implements Transaction {}

    /** The longest chunk as text: {@link assay.core.merkle.Chunks#SIZE_BYTES} in base64. */
    int CHUNK_TEXT_MAX = 5464;

    /** The longest receipt in its envelope, bytes. */
    int ENVELOPE_MAX = 24 * 1024;

    /** The longest signed checkpoint, bytes. */
    int NOTE_MAX = 16 * 1024;

    /** The longest move in a dispute, bytes: the transaction fits 64 KB. */
    int DISPUTE_MAX = assay.core.dispute.Referee.MOVE_MAX_BYTES;

    /** The longest header of a program: 16 sections with names of 32 bytes. */
    int HEADER_MAX = 4 + 16 * 72;

    /** The longest answer to a demand, as text: 162 KiB in base64. Twice that fits no transaction. */
    int ANSWER_MAX = 216 * 1024;

    /**
     * Says that the sender belongs to the owner of another account, so that neither audits the other; it counts when
     * that account agrees.
     *
     * @param head the account that stands for all
     */
    record DeclareLink(Address head) implements Transaction {}

    /** The sender agrees that this account, which said so, belongs to its owner. */
    record AcceptLink(Address account) implements Transaction {}

    /** A drawn auditor binds itself to the root that it computed ({@link Ids#commitment}). */
    record CommitAudit(Address operator, Hash receipt, Hash commitment) implements Transaction {}

    /** The auditor opens its commitment. */
    record RevealAudit(Address operator, Hash receipt, Hash root, Hash salt) implements Transaction {}

    /** The node opens the blinded root of its receipt, after every auditor's slot has closed. */
    record RevealTrace(Hash receipt, Hash root, Hash salt) implements Transaction {}

    /** The most receipts that one checkpoint may post. */
    int POSTINGS_MAX = 1024;
}
