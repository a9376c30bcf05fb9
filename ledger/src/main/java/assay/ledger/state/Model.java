package assay.ledger.state;

import assay.ledger.crypto.Address;
import assay.ledger.tx.Transaction;

/**
 * A published model; its key in the map is its id.
 *
 * @param publisher earns the royalty
 * @param since height of its publication
 * @param words what was published
 */
public record Model(Address publisher, long since, Transaction.PublishModel words) implements Entry {}
