package assay.ledger.state;

import assay.core.base.Amount;

/**
 * An account.
 *
 * @param balance what it may spend
 * @param nonce how many of its transactions were applied
 */
public record Account(Amount balance, long nonce) implements Entry {
    /** The account of an address that was never seen. */
    public static final Account NEW = new Account(Amount.ZERO, 0);

    @Override
    public long heldMicro() {
        return balance.micro();
    }
}
