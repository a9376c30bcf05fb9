/** A dispute about a trace root: narrowed down round by round to one element, which the referee computes again. */
@NullMarked
package assay.core.dispute;

import org.jspecify.annotations.NullMarked;
