/** The embedded network: ledger, node and auditor in one process. */
@NullMarked
package assay.node;

import org.jspecify.annotations.NullMarked;
