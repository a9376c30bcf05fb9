/** Turns a model file into the exact integer program. */
@NullMarked
package assay.engine.compile;

import org.jspecify.annotations.NullMarked;
