package assay.ledger.tx;

import assay.core.base.Hash;
import assay.ledger.crypto.Address;

/**
 * An operator's word, signed as EIP-712 typed data: how much of a model it ever got from a host.
 *
 * @param host who served it
 * @param model the model's id
 * @param bytes all of them together, these included
 */
public record Acknowledgment(Address host, Hash model, long bytes) implements Promise {}
