/** Counters, gauges and histograms, and their Prometheus text. */
@NullMarked
package assay.node.metrics;

import org.jspecify.annotations.NullMarked;
