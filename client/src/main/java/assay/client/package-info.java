/** The Java SDK: ask a node, and get an answer that carries its verdict. */
@NullMarked
package assay.client;

import org.jspecify.annotations.NullMarked;
