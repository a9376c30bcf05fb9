package assay.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import assay.core.base.Hash;
import assay.engine.infer.EngineOptions;
import assay.engine.infer.Model;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A start that fails late leaves nothing behind. */
final class NodeStartTest {
    private static final EngineOptions ENGINE = new EngineOptions(1, 256, 16, 64, 32, 32, 16L << 20);

    @TempDir
    Path dir;

    @Test
    void aPortThatIsTakenLeavesNoThreadAndNoLock() throws Exception {
        Model model = Model.load(Models.TINY.write(dir.resolve("tiny.gguf")));
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            NodeConfig config = config(taken.getLocalPort());
            assertThrows(IOException.class, () -> Node.start(config, model));
            assertEquals(Set.of(), threads());
        }
        try (Node node = Node.start(config(0), model)) {
            assertEquals(0, node.book().size());
        }
        assertEquals(Set.of(), threads());
    }

    private NodeConfig config(int port) {
        return new NodeConfig(dir.resolve("home"), "tiny", dir, Hash.sha256(new byte[1]), "CC0-1.0", dir, port, ENGINE);
    }

    private static Set<String> threads() throws InterruptedException {
        Set<String> names = new TreeSet<>();
        for (int i = 0; i < 200; i++) {
            names.clear();
            Thread.getAllStackTraces().keySet().stream()
                    .map(Thread::getName)
                    .filter(name -> name.startsWith("assay-") && !name.equals("assay-warmup") || name.equals("ledger"))
                    .forEach(names::add);
            if (names.isEmpty()) {
                return names;
            }
            Thread.sleep(10);
        }
        return names;
    }
}
