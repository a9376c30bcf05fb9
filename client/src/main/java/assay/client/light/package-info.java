/** A network's ledger as a client sees it, by proofs alone: who offers what, and what became of a receipt. */
@NullMarked
package assay.client.light;

import org.jspecify.annotations.NullMarked;
