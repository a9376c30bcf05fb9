/** A ledger that others agree on, followed block by block: verified, applied again here, and written to by broadcast. */
@NullMarked
package assay.node.follow;

import org.jspecify.annotations.NullMarked;
