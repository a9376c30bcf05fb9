package assay.ledger;

import assay.core.base.MalformedException;
import assay.core.codec.Field;
import assay.core.codec.JsonText;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** The committed vectors of this module. */
public final class Vectors {
    private Vectors() {}

    /** A file of vectors/ledger at the root of the repository. */
    public static Path file(String name) {
        Path dir = Path.of("").toAbsolutePath();
        while (!Files.isDirectory(dir.resolve("vectors/ledger"))) {
            Path parent = dir.getParent();
            if (parent == null) {
                throw new AssertionError("no vectors/ledger above the working folder");
            }
            dir = parent;
        }
        return dir.resolve("vectors/ledger").resolve(name);
    }

    /** The vectors in a file. */
    public static List<Field> of(String name) throws IOException, MalformedException {
        return Field.root(JsonText.parse(Files.readAllBytes(file(name)), 32, 1 << 24))
                .at("vectors")
                .items(100_000);
    }
}
