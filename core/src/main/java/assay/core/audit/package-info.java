/** The light audit, without weights: challenges, openings of cells, keys, and the checker. */
@NullMarked
package assay.core.audit;

import org.jspecify.annotations.NullMarked;
