/** Append-only Merkle trees of RFC 6962 (RFC 9162): roots, and proofs of inclusion and consistency. */
@NullMarked
package assay.core.merkle;

import org.jspecify.annotations.NullMarked;
