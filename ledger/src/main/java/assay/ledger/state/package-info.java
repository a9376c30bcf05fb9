/** What the ledger remembers: records in persistent Merkle maps. */
@NullMarked
package assay.ledger.state;

import org.jspecify.annotations.NullMarked;
