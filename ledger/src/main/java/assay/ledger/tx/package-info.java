/** Transactions as plain records, their EIP-712 form, their bytes and their signatures. */
@NullMarked
package assay.ledger.tx;

import org.jspecify.annotations.NullMarked;
