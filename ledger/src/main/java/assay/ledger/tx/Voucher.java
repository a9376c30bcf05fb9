package assay.ledger.tx;

import assay.core.base.Amount;
import assay.core.base.Hash;

/**
 * A payer's promise, signed as EIP-712 typed data: all that it agrees to pay on a channel so far.
 *
 * <p>A channel's id names its chain, payer and operator, so a voucher is good for nothing else.
 *
 * @param channel the channel's id
 * @param cumulative the sum of all payments on it, this one included
 */
public record Voucher(Hash channel, Amount cumulative) implements Promise {}
