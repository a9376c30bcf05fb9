/** Plots as SVG files: plain text, the same bytes for the same numbers; for every command that measures. */
@NullMarked
package assay.cli.plot;

import org.jspecify.annotations.NullMarked;
