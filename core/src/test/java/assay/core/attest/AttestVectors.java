package assay.core.attest;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Where the published evidence is. */
final class AttestVectors {
    private AttestVectors() {}

    static byte[] read(String name) throws IOException {
        Path dir = Path.of("").toAbsolutePath();
        while (!Files.isDirectory(dir.resolve("vectors/nitro"))) {
            Path parent = dir.getParent();
            if (parent == null) {
                throw new AssertionError("no vectors/nitro above the working folder");
            }
            dir = parent;
        }
        return Files.readAllBytes(dir.resolve("vectors").resolve(name));
    }
}
