/** What a party needs to play a dispute: an answer computed again, with rows of weights and their trees. */
@NullMarked
package assay.prover.dispute;

import org.jspecify.annotations.NullMarked;
