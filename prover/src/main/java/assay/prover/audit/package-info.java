/** The node's side of the light audit: from an answer and a challenge to an opening. */
@NullMarked
package assay.prover.audit;

import org.jspecify.annotations.NullMarked;
