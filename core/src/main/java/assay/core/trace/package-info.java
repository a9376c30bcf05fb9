/** The commitment to every intermediate value of one generation. */
@NullMarked
package assay.core.trace;

import org.jspecify.annotations.NullMarked;
