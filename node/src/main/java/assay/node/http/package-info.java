/** The HTTP edge: routes, bounded bodies, event streams, byte ranges, and the one JSON error form. */
@NullMarked
package assay.node.http;

import org.jspecify.annotations.NullMarked;
