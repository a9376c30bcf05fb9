/**
 * Model files, addressed by content: where they come from, where they lie, and how they are fetched.
 *
 * <p>{@link assay.engine.store.ModelStore} is the whole of it for a caller. Everything that leaves
 * the machine goes through {@code Network}; everything that arrives is checked against a digest
 * before it gets its name.
 */
@NullMarked
package assay.engine.store;

import org.jspecify.annotations.NullMarked;
