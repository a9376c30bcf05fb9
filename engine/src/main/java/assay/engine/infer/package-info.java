/** Runs models: one class per architecture, sessions, batches, replay. */
@NullMarked
package assay.engine.infer;

import org.jspecify.annotations.NullMarked;
