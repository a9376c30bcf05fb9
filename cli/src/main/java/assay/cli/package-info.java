/** The command {@code assay}: one class per command, and how it speaks with a person. */
@NullMarked
package assay.cli;

import org.jspecify.annotations.NullMarked;
