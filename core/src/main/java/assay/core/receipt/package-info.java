/** Receipts: what a node signs about one answer, and what payer and auditor hold beside it. */
@NullMarked
package assay.core.receipt;

import org.jspecify.annotations.NullMarked;
