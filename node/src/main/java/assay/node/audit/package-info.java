/** Replays drawn receipts and tells the ledger what it found. */
@NullMarked
package assay.node.audit;

import org.jspecify.annotations.NullMarked;
