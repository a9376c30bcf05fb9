package assay.bench.crash;

import assay.core.base.Hash;
import assay.core.base.MalformedException;
import assay.engine.gguf.GgmlType;
import assay.engine.gguf.RandomModel;
import assay.engine.infer.EngineOptions;
import assay.engine.infer.Model;
import assay.node.Node;
import assay.node.NodeConfig;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/**
 * The node that a run is about.
 *
 * @param home its folder
 * @param file its model
 * @param threads of its engine
 */
record Subject(Path home, Path file, int threads) {
    static final String MODEL_NAME = "subject";

    /** One on a tiny random model, which is written into the folder if it is not there. */
    static Subject tiny(Path dir) throws IOException {
        Path file = dir.resolve("tiny.gguf");
        if (!Files.exists(file)) {
            RandomModel model = new RandomModel(
                    "llama",
                    2,
                    64,
                    4,
                    2,
                    16,
                    128,
                    RandomModel.VOCABULARY_MIN,
                    1024,
                    true,
                    false,
                    n -> GgmlType.Q8_0,
                    77);
            model.write(file);
        }
        return new Subject(dir.resolve("home"), file, 1);
    }

    /** Starts it in this process. */
    Node start(Model model) throws IOException, MalformedException, InterruptedException {
        EngineOptions engine = new EngineOptions(threads, 1024, 8, 32, 64, 32, 64L << 20);
        return Node.start(
                new NodeConfig(home, MODEL_NAME, file, digest(file), "unknown", home.resolve("derived"), 0, engine),
                model);
    }

    private static Hash digest(Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
            byte[] part = new byte[1 << 16];
            for (int n = in.read(part); n >= 0; n = in.read(part)) {
                sha256.update(part, 0, n);
            }
            return Hash.ofBytes(sha256.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError(e);
        }
    }
}
