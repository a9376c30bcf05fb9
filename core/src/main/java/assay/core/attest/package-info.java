/** Evidence from trusted execution environments: what their makers' keys say of a node, and what that is worth. */
@NullMarked
package assay.core.attest;

import org.jspecify.annotations.NullMarked;
