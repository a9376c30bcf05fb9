package assay.cli;

import assay.engine.store.Environment;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * Runs commands without effect, so that Java learns which classes they need: the training run of
 * JEP 483 and JEP 514, which the launcher makes after a build. What was learned is loaded at once
 * when the program starts later.
 */
public final class Training {
    private Training() {}

    /** Takes no arguments; leaves nothing behind. */
    public static void main(String[] arguments) throws java.io.IOException {
        Main.run("--version");
        Path nowhere = Files.createTempDirectory("assay-training");
        Environment environment =
                Environment.of(Map.of("ASSAY_HOME", nowhere.toString()), nowhere, Environment.Os.LINUX);
        PrintStream silent = new PrintStream(OutputStream.nullOutputStream(), true, StandardCharsets.UTF_8);
        for (boolean terminal : List.of(true, false)) {
            Screen screen = new Screen(silent, silent, true, terminal, terminal, terminal, 80);
            for (String line : List.of(
                    "--help",
                    "--version",
                    "list",
                    "list --json",
                    "show --help",
                    "show none",
                    "rm none",
                    "pull --help",
                    "pull ./none.gguf",
                    "completion",
                    "nonsense")) {
                Assay.run(screen, environment, line.split(" ", -1));
            }
        }
        Files.deleteIfExists(nowhere);
    }
}
