package assay.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import assay.core.base.MalformedException;
import assay.core.codec.Field;
import assay.core.codec.JsonText;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Runs scripts with the stock packages that {@code node/src/test/clients/install} puts into the user's cache. */
public final class Scripts {
    private static final long PATIENCE_SECONDS = 300;

    private Scripts() {}

    private static Path cache() {
        String xdg = System.getenv("XDG_CACHE_HOME");
        Path base = xdg == null || xdg.isEmpty() ? Path.of(System.getProperty("user.home"), ".cache") : Path.of(xdg);
        return base.resolve("assay/test/clients");
    }

    /** A file of the repository, from a module's folder or the root. */
    static Path file(String name) {
        Path here = Path.of(name);
        return Files.exists(here) ? here : Path.of("..").resolve(here);
    }

    /** Whether a package is installed for Node. */
    static boolean hasNode(String name) {
        return Files.exists(cache().resolve("node/node_modules").resolve(name));
    }

    /** Skips the test unless the packages are there. */
    public static void assumeNode(String... packages) {
        for (String name : packages) {
            assumeTrue(hasNode(name), "skipped: npm " + name + " is not there; run node/src/test/clients/install");
        }
    }

    /** Skips the test unless the packages are there. */
    public static void assumePython(String name) {
        boolean there;
        try (var files = Files.newDirectoryStream(cache().resolve("python/lib"), "python3*")) {
            there = files.iterator().hasNext() && Files.exists(cache().resolve("python/lib")) && hasPython(name);
        } catch (IOException e) {
            there = false;
        }
        assumeTrue(there, "skipped: PyPI " + name + " is not there; run node/src/test/clients/install");
    }

    private static boolean hasPython(String name) throws IOException {
        try (var files = Files.newDirectoryStream(cache().resolve("python/lib"), "python3*")) {
            for (Path lib : files) {
                if (Files.exists(lib.resolve("site-packages").resolve(name))) {
                    return true;
                }
            }
        }
        return false;
    }

    /** A folder in which Node finds the packages. */
    static Path nodeFolder(Path dir) throws IOException {
        Path folder = Files.createDirectories(dir.resolve("node-scripts"));
        Path link = folder.resolve("node_modules");
        if (!Files.exists(link)) {
            Files.createSymbolicLink(link, cache().resolve("node/node_modules"));
        }
        return folder;
    }

    /** Starts a Node script of the repository; its output goes to a file in {@code dir}. */
    static Process startNode(Path dir, String script, Map<String, String> environment, String... arguments)
            throws IOException {
        Path folder = nodeFolder(dir);
        Path from = file(script);
        Path copy = folder.resolve(String.valueOf(from.getFileName()));
        Files.deleteIfExists(copy);
        Files.copy(from, copy);
        List<String> command = new ArrayList<>(List.of("node", copy.toString()));
        command.addAll(List.of(arguments));
        return start(dir, command, environment);
    }

    private static Process start(Path dir, List<String> command, Map<String, String> environment) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(dir.resolve("script.log").toFile());
        builder.environment().putAll(environment);
        return builder.start();
    }

    /** Runs a Node script to its end; its last line is JSON. */
    public static Field node(Path dir, String script, Map<String, String> environment, String... arguments)
            throws IOException, InterruptedException, MalformedException {
        return end(dir, startNode(dir, script, environment, arguments));
    }

    /** Runs a Python script to its end; its last line is JSON. */
    public static Field python(Path dir, String script, Map<String, String> environment, String... arguments)
            throws IOException, InterruptedException, MalformedException {
        List<String> command = new ArrayList<>(List.of(
                cache().resolve("python/bin/python").toString(), file(script).toString()));
        command.addAll(List.of(arguments));
        return end(dir, start(dir, command, environment));
    }

    private static Field end(Path dir, Process process) throws IOException, InterruptedException, MalformedException {
        boolean ended = process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS);
        process.destroyForcibly();
        String said = Files.readString(dir.resolve("script.log"), StandardCharsets.UTF_8);
        assertTrue(ended, said);
        assertEquals(0, process.exitValue(), said);
        String last = said.strip().substring(said.strip().lastIndexOf('\n') + 1);
        return Field.root(JsonText.parse(last.getBytes(StandardCharsets.UTF_8), 32, 1 << 20));
    }
}
