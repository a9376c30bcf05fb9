/** The node's transparency log: leaves, signed checkpoints, tiles and proofs, without any file. */
@NullMarked
package assay.core.log;

import org.jspecify.annotations.NullMarked;
