/** Runs that kill a node, or keep it busy with requests of all kinds, and hold it to its promises. */
@NullMarked
package assay.bench.crash;

import org.jspecify.annotations.NullMarked;
