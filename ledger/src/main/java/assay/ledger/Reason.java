package assay.ledger;

import java.util.Arrays;
import java.util.Optional;

/**
 * Why a transaction is refused. The order is the precedence: of several reasons the first is given.
 * Wire numbers are never changed and never used again.
 */
public enum Reason {
    /** It was signed for another chain. */
    WRONG_CHAIN(1),
    /** Its 65 bytes are nobody's signature over it. */
    SIGNATURE_INVALID(2),
    /** The signature is the twin of a valid one; only the lower s counts. */
    SIGNATURE_HIGH_S(3),
    /** It is signed by another account than its sender. */
    SIGNER_IS_NOT_SENDER(4),
    /** A transaction with this nonce was applied before. */
    NONCE_STALE(5),
    /** An earlier transaction of the sender is missing. */
    NONCE_AHEAD(6),
    /** The sender cannot pay the transaction's fee. */
    FEE_UNPAID(7),

    /** Moving nothing. */
    AMOUNT_IS_ZERO(20),
    /** From an account to itself. */
    TRANSFER_TO_SELF(21),
    /** The account has less. */
    BALANCE_TOO_SMALL(22),

    /** The account is an operator already. */
    OPERATOR_EXISTS(30),
    /** The sender is not an operator. */
    NOT_AN_OPERATOR(31),
    /** The receipt key is, or was, somebody's. */
    NODE_KEY_TAKEN(32),
    /** Less is bonded. */
    BOND_TOO_SMALL(33),
    /** Too many parts of the stake are leaving already. */
    UNBONDINGS_FULL(34),
    /** The link would lead back to the account itself. */
    LINK_LOOP(35),
    /** The receipt key did not sign that it is this operator's. */
    NODE_KEY_UNPROVEN(36),
    /** The account did not say that it belongs to the sender, or that was agreed before. */
    LINK_UNKNOWN(37),

    /** The model was published before, in the same words. */
    MODEL_EXISTS(40),
    /** Another model has the name, or the name is empty. */
    MODEL_NAME_TAKEN(41),
    /** No such model. */
    MODEL_UNKNOWN(42),
    /** The publisher asks for more than the rules allow. */
    ROYALTY_TOO_HIGH(43),
    /** The share of the price for audits does not pay for them. */
    PRICE_BELOW_AUDIT(44),

    /** No such operator. */
    OPERATOR_UNKNOWN(50),
    /** Payer and operator are the same account. */
    CHANNEL_WITH_SELF(51),
    /** No such open channel. */
    CHANNEL_UNKNOWN(52),
    /** Only the channel's payer may. */
    NOT_THE_PAYER(53),
    /** Only the channel's operator may. */
    NOT_THE_PAYEE(54),
    /** The channel is closing, or closed and never to be opened again. */
    CHANNEL_CLOSING(55),
    /** The voucher's 65 bytes are nobody's signature with the lower s. */
    VOUCHER_SIGNATURE_INVALID(56),
    /** The voucher is not signed by the channel's payer for this channel and amount. */
    VOUCHER_NOT_BY_PAYER(57),
    /** All that the voucher allows was paid before. */
    VOUCHER_REDEEMED(58),
    /** No posted receipt waits for this payment. */
    VOUCHER_ABOVE_POSTED(59),
    /** The voucher does not cover the next posted receipt. */
    VOUCHER_BELOW_RECEIPT(60),
    /** The stake does not back more receipts that are not final. */
    EXPOSURE_TOO_HIGH(61),

    /** The tree is smaller than one posted before. */
    CHECKPOINT_BEHIND(70),
    /** The tree is as large as the one posted before, but another. */
    CHECKPOINT_CONFLICT(71),
    /** The same checkpoint was posted before. */
    CHECKPOINT_POSTED(72),
    /** The receipts are not those from the last checkpoint to this one. */
    CHECKPOINT_GAP(73),
    /** A receipt of it was posted before. */
    RECEIPT_POSTED(74),
    /** Its audit weights do not fit in 63 bits. */
    CHECKPOINT_WEIGHT(75),
    /** The root is not that of the posted receipts. */
    CHECKPOINT_ROOT(76),
    /** Too few unlinked auditors are bonded for the model: no channel pays what nobody could check. */
    AUDITORS_TOO_FEW(77),

    /** No such posted receipt. */
    RECEIPT_UNKNOWN(80),
    /** The receipt is not being audited. */
    RECEIPT_NOT_DRAWN(81),
    /** The sender was not drawn to audit it. */
    AUDITOR_NOT_DRAWN(82),
    /** Auditors no longer commit. */
    COMMIT_CLOSED(83),
    /** The auditor committed before. */
    COMMIT_EXISTS(84),
    /** The auditor did not commit. */
    COMMIT_MISSING(85),
    /** Not every auditor committed yet. */
    REVEAL_EARLY(86),
    /** The auditor revealed before. */
    REVEAL_EXISTS(87),
    /** The time to reveal is over. */
    REVEAL_CLOSED(88),
    /** Not what the auditor committed to. */
    REVEAL_MISMATCH(89),
    /** The node reveals last. */
    NODE_EARLY(90),
    /** Not the root that the receipt blinds. */
    NODE_MISMATCH(91),
    /** The receipt's draw is over: it cannot be taken back. */
    RECEIPT_DRAWN(92),
    /** Its audit cannot be bought: before the draw, while it is audited, when the time for it is over, or when it is final. */
    RECEIPT_NOT_PASSED(93),

    /** More is taken than the payer permitted. */
    PERMIT_EXCEEDED(100),
    /** The authorisation is not valid yet. */
    AUTHORIZATION_EARLY(101),
    /** The authorisation is no longer valid. */
    AUTHORIZATION_EXPIRED(102),
    /** The authorisation would have to be remembered for too long. */
    AUTHORIZATION_TOO_LONG(103),
    /** The authorisation was used or cancelled. */
    AUTHORIZATION_USED(104),
    /** The authorisation's 65 bytes are nobody's signature with the lower s. */
    AUTHORIZATION_SIGNATURE_INVALID(105),
    /** The authorisation is not signed by its payer in these words, for this chain. */
    AUTHORIZATION_NOT_BY_PAYER(106),
    /** Money for an operator goes into an escrow, not to it. */
    AUTHORIZATION_NEEDS_ESCROW(107),
    /** The channel is paid from in another way. */
    CHANNEL_OTHER_FORM(108),

    /** No such open demand on the sender. */
    DEMAND_UNKNOWN(110),
    /** The same was demanded before. */
    DEMAND_EXISTS(111),
    /** It cannot be demanded now. */
    DEMAND_CLOSED(112),
    /** Not what was demanded. */
    ANSWER_WRONG(113),
    /** The receipt is not disputed. */
    DISPUTE_UNKNOWN(114),
    /** It is the other's move, or another move is due. */
    DISPUTE_OTHER_MOVE(115),
    /** The node shows no such part. */
    DISPUTE_NO_PART(116),
    /** The move is not one, or does not lead to what is agreed. */
    DISPUTE_MOVE_WRONG(117),
    /** The key for a delivery is none that can be sealed for, or not that of the complaint. */
    DELIVERY_KEY_WRONG(118),
    /** It cannot be disputed now: while its audit can be bought, while its auditors are at work, too late, or by who does already. */
    DISPUTE_CLOSED(119),

    /** The evidence is not in its form. */
    EVIDENCE_MALFORMED(120),
    /** The evidence is not signed with a known operator's key. */
    EVIDENCE_NOT_SIGNED(121),
    /** The evidence is of another ledger, or contradicts nothing. */
    EVIDENCE_PROVES_NOTHING(122),
    /** The receipt can still be posted in time. */
    EVIDENCE_EARLY(123),
    /** It was punished before. */
    EVIDENCE_USED(124),
    /** The sender's bond for the model backs another dispute. */
    DISPUTE_BOND_USED(125),
    /** The model's text is not on the ledger: the challenger posts it first. */
    DISPUTE_TEXT_MISSING(126),
    /** The model's text is longer than the ledger keeps. */
    TEXT_TOO_LONG(127),
    /** Not that piece of the model's text. */
    TEXT_WRONG(128),
    /** The piece was posted before. */
    TEXT_KNOWN(129),

    /** Only its publisher may. */
    NOT_THE_PUBLISHER(130),
    /** The model was retired. */
    MODEL_RETIRED(131),

    /** Only a validator may. */
    NOT_A_VALIDATOR(140),
    /** No such rule, more than twice or less than half as much, or numbers that do not fit together. */
    SETTING_OUT_OF_BOUNDS(141),
    /** No such open proposal. */
    PROPOSAL_UNKNOWN(142),
    /** The validator agreed before, or all that is needed did. */
    PROPOSAL_APPROVED(143),

    /** The model's publisher published no chunks of its file. */
    MODEL_WITHOUT_CHUNKS(150),
    /** The host has no stake for this model. */
    HOST_UNKNOWN(151),
    /** No chunk is asked of the host now. */
    STORAGE_NOT_ASKED(152),
    /** Not the chunk that was asked for, or its path does not lead to the file's root. */
    STORAGE_CHUNK_WRONG(153),
    /** The downloader does not offer the model, or is one party with the host. */
    DOWNLOADER_UNKNOWN(154),
    /** The acknowledgment's 65 bytes are nobody's signature with the lower s. */
    ACKNOWLEDGMENT_SIGNATURE_INVALID(155),
    /** The acknowledgment is not signed by the downloader for this host, model and count. */
    ACKNOWLEDGMENT_NOT_BY_DOWNLOADER(156),
    /** All the bytes that were acknowledged are paid. */
    ACKNOWLEDGMENT_PAID(157),
    /** The bytes are worth less than a unit, or the downloader's sales brought the hosts nothing more yet. */
    HOSTS_SHARE_EMPTY(158),

    /** Its publisher's claim was proven false. */
    MODEL_REFUTED(160),
    /** The network has no validators who could judge. */
    NO_JUDGES(161),
    /** The claim is challenged already. */
    CLAIM_CHALLENGED(162),
    /** No bond is behind the claim any more. */
    CLAIM_UNBONDED(163),
    /** The claim is not challenged. */
    CLAIM_NOT_CHALLENGED(164),
    /** The validator judged before. */
    CLAIM_JUDGED(165);

    private final int wire;

    Reason(int wire) {
        this.wire = wire;
    }

    /** The number on the wire. */
    public int wire() {
        return wire;
    }

    /** The reason with this number on the wire, if there is one. */
    public static Optional<Reason> ofWire(long wire) {
        return Arrays.stream(values()).filter(r -> r.wire == wire).findFirst();
    }
}
