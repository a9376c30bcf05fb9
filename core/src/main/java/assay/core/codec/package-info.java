/** Bounded readers and writers for bytes and JSON. */
@NullMarked
package assay.core.codec;

import org.jspecify.annotations.NullMarked;
