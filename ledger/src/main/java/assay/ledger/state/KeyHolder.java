package assay.ledger.state;

import assay.ledger.crypto.Address;

/**
 * Whose receipts an Ed25519 key signs; its key in the map is that public key.
 *
 * @param operator the operator
 * @param since first height at which it counts
 * @param until first height at which it no longer does; 0 while it is in use
 */
public record KeyHolder(Address operator, long since, long until) implements Entry {}
