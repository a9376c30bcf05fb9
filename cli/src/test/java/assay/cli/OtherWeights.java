package assay.cli;

import assay.core.base.MalformedException;
import assay.core.program.Program;
import assay.engine.infer.Model;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * How to run another model than one says: the folder of what was derived from a model's file, with the program that it
 * compiles to, and the packed weights of another model of the same shape.
 */
final class OtherWeights {
    private static final int ROOT_OFFSET = "assay/packed/2\n".length();

    private OtherWeights() {}

    /** Fills {@code derived}, the folder of {@code file}, with the weights of {@code other}. */
    static void put(Path file, Path other, Path derived) throws IOException, MalformedException {
        Path fresh = derived.resolveSibling(derived.getFileName() + "-other");
        Model.load(other, fresh);
        Model.load(file, derived);
        byte[] packed = Files.readAllBytes(fresh.resolve("packed"));
        Program said = Program.parse(Files.readAllBytes(derived.resolve("program")));
        ByteBuffer.wrap(packed)
                .order(ByteOrder.LITTLE_ENDIAN)
                .position(ROOT_OFFSET)
                .put(said.root().bytes())
                .putLong(Files.size(file))
                .putLong(Files.getLastModifiedTime(file).toMillis());
        Files.write(derived.resolve("packed"), packed);
    }
}
