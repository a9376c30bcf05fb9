/** Values that every layer shares: digests, amounts, checks and the one parse error. */
@NullMarked
package assay.core.base;

import org.jspecify.annotations.NullMarked;
