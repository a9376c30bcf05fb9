/** Vector kernels that give the same bits as assay.core.kernel. */
@NullMarked
package assay.engine.fast;

import org.jspecify.annotations.NullMarked;
