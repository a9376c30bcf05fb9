package assay.engine.store;

import assay.core.base.Hash;
import java.io.IOException;
import java.nio.file.Path;

/**
 * A model file that is on this machine.
 *
 * @param name the name by which a person asks for it
 * @param file the GGUF file: in the store, or where the person keeps it
 * @param digest SHA-256 of the file
 * @param sizeBytes size of the file
 * @param licence as the file or its package states it, or "not stated"
 * @param source where it came from, in the form that {@code pull} takes
 * @param derivedFolder the folder in which files computed from this model may be put; need not
 *     exist yet; removed together with the model
 */
public record StoredModel(
        String name, Path file, Hash digest, long sizeBytes, String licence, String source, Path derivedFolder) {

    /** What {@link #licence} says if nobody stated one. */
    public static final String NO_LICENCE = "not stated";

    /** True if the file is used where the person keeps it; the store never deletes such a file. */
    public boolean inPlace() {
        return source.startsWith("file:");
    }

    /** Size of everything in {@link #derivedFolder}, 0 if it does not exist. */
    public long derivedSizeBytes() throws IOException {
        return Durable.sizeOfTree(derivedFolder);
    }
}
