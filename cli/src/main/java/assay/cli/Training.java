package assay.cli;

import assay.engine.gguf.GgmlType;
import assay.engine.gguf.RandomModel;
import assay.engine.store.Environment;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Runs commands on a network of its own with a small random model, so that Java learns which classes and
 * methods they need: the training run of JEP 483, 514 and 515, which the launcher makes after a build. What
 * was learned is loaded at once when the program starts later.
 */
public final class Training {
    /** As wide as a small real model, so that loops and branches are taken as often as they will be. */
    private static final RandomModel MODEL = new RandomModel(
            "llama",
            3,
            576,
            9,
            3,
            64,
            1536,
            2048,
            2048,
            true,
            false,
            name -> name.startsWith("token_embd") ? GgmlType.Q8_0 : GgmlType.Q4_1,
            1);

    private static final String QUESTION =
            "Please write one sentence that explains to a curious child why the sky looks blue by day.";

    private final Environment environment;
    private final PrintStream silent = new PrintStream(OutputStream.nullOutputStream(), true, StandardCharsets.UTF_8);

    private Training(Path home) {
        environment = Environment.of(Map.of("ASSAY_HOME", home.toString()), home, Environment.Os.LINUX);
    }

    /**
     * Runs what the Java options at hand are for: computing, or the commands that only look.
     *
     * @param arguments a folder, which the run that computes fills, and in which the other looks about
     */
    public static void main(String[] arguments) throws IOException {
        Main.run("--version");
        Path home = Path.of(arguments[0]);
        Training training = new Training(home);
        if (ModuleLayer.boot().findModule("jdk.incubator.vector").isPresent()) {
            training.compute(home);
        } else {
            training.look(home);
        }
    }

    private void compute(Path home) throws IOException {
        String model = MODEL.write(home.resolve("training.gguf")).toString();
        String[] ask = {"ask", "--model", model, "--max-tokens", "48", QUESTION};
        run(true, ask);
        run(false, ask);
        run(true, "ask", "--no-wait", "--temperature", "0.7", "--model", model, "--max-tokens", "16", "Hello.");
        receipt(home, ".receipt").ifPresent(r -> run(true, "audit", "--replay", r.toString()));
    }

    private void look(Path home) throws IOException {
        for (boolean terminal : List.of(true, false)) {
            for (String line : List.of(
                    "--help",
                    "--version",
                    "list",
                    "list --json",
                    "show --help",
                    "show training",
                    "show none",
                    "rm none",
                    "pull --help",
                    "pull ./none.gguf",
                    "wallet",
                    "completion",
                    "nonsense")) {
                run(terminal, line.split(" ", -1));
            }
            receipt(home, ".receipt").ifPresent(r -> run(terminal, "verify", r.toString()));
        }
    }

    private void run(boolean terminal, String... arguments) {
        Assay.run(new Screen(silent, silent, true, terminal, terminal, terminal, 80), environment, arguments);
    }

    private static java.util.Optional<Path> receipt(Path home, String ending) throws IOException {
        Path folder = home.resolve("node").resolve("receipts");
        if (!Files.isDirectory(folder)) {
            return java.util.Optional.empty();
        }
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(f -> f.toString().endsWith(ending)).sorted().findFirst();
        }
    }
}
