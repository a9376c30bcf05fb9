/** The OpenAI-compatible surface, and the seam behind which models answer. */
@NullMarked
package assay.node.openai;

import org.jspecify.annotations.NullMarked;
