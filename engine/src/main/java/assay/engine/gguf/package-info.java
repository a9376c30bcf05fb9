/** Reads GGUF model files, memory-mapped, every length bounded. */
@NullMarked
package assay.engine.gguf;

import org.jspecify.annotations.NullMarked;
