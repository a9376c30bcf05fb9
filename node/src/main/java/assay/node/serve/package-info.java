/** From a chat request to a paid, receipted and logged answer. */
@NullMarked
package assay.node.serve;

import org.jspecify.annotations.NullMarked;
