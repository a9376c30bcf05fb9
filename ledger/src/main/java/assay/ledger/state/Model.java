package assay.ledger.state;

import assay.ledger.crypto.Address;
import assay.ledger.tx.Transaction;

/**
 * A published model; its key in the map is its id.
 *
 * @param publisher earns the royalty
 * @param since height of its publication
 * @param retired height at which it was taken back; 0 while it is offered
 * @param words what was published
 */
public record Model(Address publisher, long since, long retired, Transaction.PublishModel words) implements Entry {}
