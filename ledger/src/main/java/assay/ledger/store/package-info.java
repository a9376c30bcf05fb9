/** The embedded ledger: a folder with an append-only block log, safe against crashes. */
@NullMarked
package assay.ledger.store;

import org.jspecify.annotations.NullMarked;
