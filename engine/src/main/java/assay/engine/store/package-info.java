/** Where model files live, and how they get there. */
@NullMarked
package assay.engine.store;

import org.jspecify.annotations.NullMarked;
