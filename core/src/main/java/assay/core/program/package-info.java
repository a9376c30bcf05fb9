/** The exact integer program that a model file compiles to, as data: shape, constants, digests of weights. */
@NullMarked
package assay.core.program;

import org.jspecify.annotations.NullMarked;
