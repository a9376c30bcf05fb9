package assay.node.openai;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import assay.node.http.Router;
import assay.node.http.WebOptions;
import assay.node.http.WebServer;
import assay.node.metrics.Metrics;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** The unmodified openai packages of PyPI and npm against the echo service. */
class StockClientsTest {
    private static final String KEY = "sk-local";

    private static Path cache() {
        String xdg = System.getenv("XDG_CACHE_HOME");
        Path base = xdg == null || xdg.isEmpty() ? Path.of(System.getProperty("user.home"), ".cache") : Path.of(xdg);
        return base.resolve("assay/test/clients");
    }

    /** The scripts, from the module's folder or the repository's. */
    private static Path script(String name) {
        Path here = Path.of("src/test/clients", name);
        return Files.exists(here) ? here : Path.of("node").resolve(here);
    }

    @Test
    void thePythonPackageWorksUnmodified() throws Exception {
        Path python = cache().resolve("python/bin/python");
        assumeTrue(
                Files.exists(cache().resolve("python/installed")) && Files.isExecutable(python),
                "skipped: the Python client is not installed; run node/src/test/clients/install");
        run(List.of(python.toString(), script("openai-python.py").toString()));
    }

    @Test
    void theNodePackageWorksUnmodified() throws Exception {
        assumeTrue(
                Files.exists(cache().resolve("node/node_modules/openai")) && hasNode(),
                "skipped: the Node client is not installed; run node/src/test/clients/install");
        run(List.of("node", script("openai-node.mjs").toString()));
    }

    private static boolean hasNode() throws InterruptedException {
        try {
            return new ProcessBuilder("node", "--version").start().waitFor() == 0;
        } catch (IOException e) {
            return false;
        }
    }

    private static void run(List<String> command) throws IOException, InterruptedException {
        Router router = new Router();
        OpenAi.route(router, new FakeChatService(), new Metrics(), OpenAiOptions.of(KEY));
        try (WebServer server = WebServer.start(WebOptions.loopback(0), router)) {
            List<String> full = new ArrayList<>(command);
            full.addAll(List.of(server.uri() + "/v1", "--key", KEY, "--echo"));
            Path out = Files.createTempFile("client", ".log");
            try {
                Process process = new ProcessBuilder(full)
                        .redirectErrorStream(true)
                        .redirectOutput(out.toFile())
                        .start();
                boolean ended = process.waitFor(60, TimeUnit.SECONDS);
                process.destroyForcibly();
                String said = Files.readString(out, StandardCharsets.UTF_8);
                assertTrue(ended, said);
                assertEquals(0, process.exitValue(), said);
                assertTrue(said.contains("\"ok\""), said);
            } finally {
                Files.delete(out);
            }
        }
    }
}
