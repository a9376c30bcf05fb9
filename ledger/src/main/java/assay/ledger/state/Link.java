package assay.ledger.state;

import assay.ledger.crypto.Address;

/**
 * That an account belongs to another's owner; its key in the map is the account.
 *
 * @param head the account that stands for all that are linked to it
 * @param accepted whether that account agreed; before, the link says nothing
 */
public record Link(Address head, boolean accepted) implements Entry {}
