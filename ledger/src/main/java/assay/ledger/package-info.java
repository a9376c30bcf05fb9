/** The ledger: a pure function from a state and a signed transaction to the next state, or a numbered refusal. */
@NullMarked
package assay.ledger;

import org.jspecify.annotations.NullMarked;
