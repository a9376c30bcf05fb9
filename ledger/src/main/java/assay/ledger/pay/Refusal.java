package assay.ledger.pay;

/**
 * Why a payment is not taken, under the names that the x402 packages use (npm {@code @x402/evm} and PyPI
 * {@code x402}, 2.27), so that stock clients and tools understand them.
 */
public enum Refusal {
    /** The header or body holds no payment that can be read. */
    INVALID_PAYLOAD("invalid_payload"),
    /** Neither version 1 nor 2. */
    INVALID_VERSION("invalid_x402_version"),
    /** A scheme that is not offered. */
    UNSUPPORTED_SCHEME("unsupported_scheme"),
    /** The payload is not one of its scheme. */
    PAYLOAD_TYPE("unsupported_payload_type"),
    /** For another network. */
    NETWORK("invalid_exact_evm_network_mismatch"),
    /** The terms that were accepted are not those on offer: another asset, say. */
    REQUIREMENTS("invalid_payment_requirements"),
    /** Not signed by the payer in these words, for this network, asset and payee. */
    SIGNATURE("invalid_exact_evm_signature"),
    /** For another payee. */
    RECIPIENT("invalid_exact_evm_recipient_mismatch"),
    /** Over, or so soon that it could not be settled. */
    EXPIRED("invalid_exact_evm_payload_authorization_valid_before"),
    /** Not valid yet. */
    EARLY("invalid_exact_evm_payload_authorization_valid_after"),
    /** Not the amount that was asked for. */
    VALUE("invalid_exact_evm_payload_authorization_value_mismatch"),
    /** Used before, for this request or another. */
    NONCE_USED("invalid_exact_evm_nonce_already_used"),
    /** The payer's account does not hold the amount. */
    BALANCE("invalid_exact_evm_insufficient_balance"),

    /** Another contract may spend the permit. */
    PERMIT_SPENDER("invalid_permit2_spender"),
    /** The permit pays another payee. */
    PERMIT_RECIPIENT("invalid_permit2_recipient_mismatch"),
    /** The permit names another facilitator. */
    PERMIT_FACILITATOR("upto_facilitator_mismatch"),
    /** The permit is over. */
    PERMIT_EXPIRED("permit2_deadline_expired"),
    /** The permit is not valid yet. */
    PERMIT_EARLY("permit2_not_yet_valid"),
    /** The permit is for another amount. */
    PERMIT_AMOUNT("permit2_amount_mismatch"),
    /** The permit is for another token. */
    PERMIT_TOKEN("permit2_token_mismatch"),
    /** The permit is not signed by the payer in these words, for this network. */
    PERMIT_SIGNATURE("invalid_permit2_signature"),
    /** The permit was used. */
    PERMIT_NONCE_USED("permit2_invalid_nonce"),
    /** The payer's account does not hold the permit's amount. */
    PERMIT_BALANCE("permit2_insufficient_balance"),
    /** More is to be taken than was permitted. */
    PERMIT_EXCEEDED("invalid_upto_evm_payload_settlement_exceeds_amount"),
    /** The permit is for another network. */
    PERMIT_NETWORK("invalid_upto_evm_network_mismatch"),

    /** The channel's parameters do not have its id. */
    CHANNEL_ID("invalid_batch_settlement_evm_channel_id_mismatch"),
    /** The channel pays somebody else. */
    CHANNEL_RECEIVER("invalid_batch_settlement_evm_receiver_mismatch"),
    /** The channel names another authorizer of the receiver's. */
    CHANNEL_AUTHORIZER("invalid_batch_settlement_evm_receiver_authorizer_mismatch"),
    /** The channel has another delay. */
    CHANNEL_DELAY("invalid_batch_settlement_evm_withdraw_delay_mismatch"),
    /** The channel is of another token. */
    CHANNEL_TOKEN("invalid_batch_settlement_evm_token_mismatch"),
    /** The channel is for another network. */
    CHANNEL_NETWORK("invalid_batch_settlement_evm_network_mismatch"),
    /** No such channel. */
    CHANNEL_UNKNOWN("invalid_batch_settlement_evm_channel_not_found"),
    /** The channel is closing: nothing new is taken on it. The packages have no name for that. */
    CHANNEL_CLOSING("invalid_batch_settlement_evm_channel_closing"),
    /** The voucher is not signed by the channel's payer. */
    VOUCHER_SIGNATURE("invalid_batch_settlement_evm_voucher_signature"),
    /** The voucher is not what was charged so far and this request's most. */
    VOUCHER_AMOUNT("invalid_batch_settlement_evm_cumulative_amount_mismatch"),
    /** The voucher promises more than the channel holds. */
    VOUCHER_ABOVE_BALANCE("invalid_batch_settlement_evm_cumulative_exceeds_balance"),
    /** The deposit is not signed by the payer. */
    DEPOSIT_SIGNATURE("invalid_batch_settlement_evm_receive_authorization_signature"),
    /** The deposit's authorisation is over. */
    DEPOSIT_EXPIRED("invalid_batch_settlement_evm_payload_authorization_valid_before"),
    /** The deposit's authorisation is not valid yet. */
    DEPOSIT_EARLY("invalid_batch_settlement_evm_payload_authorization_valid_after"),
    /** The payer's account does not hold the deposit. */
    DEPOSIT_BALANCE("invalid_batch_settlement_evm_insufficient_balance"),
    /** The ledger did not take the deposit. */
    DEPOSIT_FAILED("invalid_batch_settlement_evm_deposit_transaction_failed"),
    /** The channel has a request under way. */
    CHANNEL_BUSY("invalid_batch_settlement_evm_channel_busy"),

    /** The ledger, or the facilitator, did not take the payment. */
    SETTLEMENT("invalid_exact_evm_transaction_failed"),
    /** The facilitator did not answer as it should. */
    UNEXPECTED("unexpected_settle_error");

    private final String code;

    Refusal(String code) {
        this.code = code;
    }

    /** The standard name. */
    public String code() {
        return code;
    }
}
