/** Keeping a model's file and serving it: the host's work, and the operator's side of a paid download. */
@NullMarked
package assay.node.host;

import org.jspecify.annotations.NullMarked;
