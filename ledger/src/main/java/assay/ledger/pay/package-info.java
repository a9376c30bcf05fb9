/** Payments in the words of x402: what is asked for, what is brought, and why it is not enough. */
@NullMarked
package assay.ledger.pay;

import org.jspecify.annotations.NullMarked;
