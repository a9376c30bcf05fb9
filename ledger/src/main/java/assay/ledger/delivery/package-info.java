/** What a node hands to a drawn auditor, sealed for it alone. */
@NullMarked
package assay.ledger.delivery;

import org.jspecify.annotations.NullMarked;
