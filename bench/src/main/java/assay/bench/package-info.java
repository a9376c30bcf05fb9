/** Measurements: accuracy against a float model, speed against llama.cpp. Never published. */
@NullMarked
package assay.bench;

import org.jspecify.annotations.NullMarked;
