package assay.cli;

import static org.junit.jupiter.api.Assertions.assertTrue;

import assay.node.consensus.LocalNetwork;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/** Java processes of a test with this test's classes; each has a name, a home, and a file of what it says. */
final class Processes implements AutoCloseable {
    private static final long PATIENCE_NANOS = 600_000_000_000L;

    private final Path folder;
    private final List<Process> processes = new ArrayList<>();
    private final Map<String, Process> newest = new TreeMap<>();

    /** @param folder of all files */
    Processes(Path folder) {
        this.folder = folder;
    }

    /** The home of what the process keeps for its user. */
    Path home(String name) {
        return folder.resolve("homes").resolve(name);
    }

    /** The command of such a process. */
    static List<String> java(String main, String... arguments) {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:-UsePerfData",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-Xmx256m",
                "--add-modules",
                "jdk.incubator.vector",
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                main));
        command.addAll(List.of(arguments));
        return command;
    }

    Process start(String name, String main, String... arguments) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(java(main, arguments))
                .redirectErrorStream(true)
                .redirectOutput(log(name).toFile());
        builder.environment().put("ASSAY_HOME", home(name).toString());
        Process process = builder.start();
        processes.add(process);
        newest.put(name, process);
        return process;
    }

    /** Starts {@code assay net} in a folder and gives its ledger's URL, once that answers. */
    String net(Path home, int port, String... more) throws Exception {
        List<String> arguments = new ArrayList<>(List.of("net", "--home", home.toString(), "--port", "" + port));
        arguments.addAll(List.of(more));
        start("net", "assay.cli.Main", arguments.toArray(String[]::new));
        return await("net", "#")
                .lines()
                .filter(l -> l.contains("#"))
                .findFirst()
                .orElseThrow()
                .strip();
    }

    private Path log(String name) {
        return folder.resolve(name + ".log");
    }

    /** What a process said so far. */
    String said(String name) throws IOException {
        return Files.readString(log(name), StandardCharsets.UTF_8);
    }

    /** Waits until a process says these words, as long as it runs. */
    String await(String name, String words) throws Exception {
        Process process = Objects.requireNonNull(newest.get(name));
        long until = System.nanoTime() + PATIENCE_NANOS;
        while (!said(name).contains(words)) {
            boolean canSay = process.isAlive() || said(name).contains(words);
            assertTrue(canSay && System.nanoTime() < until, () -> name + " never said: " + words + "\n" + everything());
            Thread.sleep(300);
        }
        return said(name);
    }

    /** What each said last. */
    String everything() {
        StringBuilder out = new StringBuilder();
        try (var files = Files.newDirectoryStream(folder, "*.log")) {
            for (Path file : files) {
                String text = Files.readString(file, StandardCharsets.UTF_8);
                out.append("== ").append(file.getFileName()).append('\n');
                out.append(text.substring(Math.max(0, text.length() - 1500))).append('\n');
            }
        } catch (IOException e) {
            out.append(e);
        }
        return out.toString();
    }

    /**
     * A base with a hundred ports after it that are free, most likely, also for who asks at the same time; below those that
     * systems give to connections.
     */
    static int freePorts() {
        SecureRandom random = new SecureRandom();
        int base = 0;
        do {
            base = 10_000 + 100 * random.nextInt(220);
        } while (LocalNetwork.busyPort(base, 10).isPresent());
        return base;
    }

    /** Asks all to end, the last first. */
    @Override
    public void close() throws IOException {
        try {
            for (Process process : processes.reversed()) {
                process.destroy();
                if (!process.waitFor(60, TimeUnit.SECONDS)) {
                    process.destroyForcibly();
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
