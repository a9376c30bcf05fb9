/** The normative scalar integer code of the exact program: the specification, in Java. */
@NullMarked
package assay.core.kernel;

import org.jspecify.annotations.NullMarked;
