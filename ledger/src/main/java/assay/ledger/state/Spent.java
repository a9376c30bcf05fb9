package assay.ledger.state;

/**
 * An authorisation that was used or cancelled; its key in the map is (payer, nonce). It is forgotten when it
 * would no longer be valid.
 *
 * @param until first second since 1970 at which it is worthless anyway
 */
public record Spent(long until) implements Entry {}
