package assay.ledger.state;

import assay.core.base.Hash;

/**
 * A receipt that waits for its payment; its key in the map is (channel, index in the log).
 *
 * @param receipt the receipt's digest
 */
public record Unpaid(Hash receipt) implements Entry {}
