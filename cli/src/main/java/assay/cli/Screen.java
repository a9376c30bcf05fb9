package assay.cli;

import assay.core.codec.Json;
import assay.core.codec.JsonText;
import java.io.File;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Where the program speaks: results on {@code out}, everything else on {@code err}, both in UTF-8;
 * colours and bars only where a person looks.
 *
 * @param inIsTerminal whether a person types the input; if not, it is a pipe or a file
 * @param outIsTerminal whether standard output is a terminal
 * @param errIsTerminal whether standard error is a terminal
 * @param colour whether colours are wanted on terminals
 * @param columns width of the terminal in characters
 */
public record Screen(
        PrintStream out,
        PrintStream err,
        boolean inIsTerminal,
        boolean outIsTerminal,
        boolean errIsTerminal,
        boolean colour,
        int columns) {

    /** The streams of this process, with what the launcher found out about them. */
    public static Screen ofProcess(Map<String, String> environment) {
        PrintStream out = utf8(FileDescriptor.out);
        String terminals = System.getProperty("assay.terminals");
        boolean both = terminals == null
                && System.console() != null
                && System.console().isTerminal();
        boolean dumb = "dumb".equals(environment.get("TERM"));
        boolean colour = environment.getOrDefault("NO_COLOR", "").isEmpty() && !dumb;
        return new Screen(
                out,
                new PrintStream(new FileOutputStream(FileDescriptor.err), true, StandardCharsets.UTF_8),
                both || terminals != null && terminals.contains("0"),
                both || terminals != null && terminals.contains("1"),
                !dumb && (both || terminals != null && terminals.contains("2")),
                colour,
                columns(System.getProperty("assay.columns", "")));
    }

    private static PrintStream utf8(FileDescriptor descriptor) {
        return new PrintStream(new FileOutputStream(descriptor), true, StandardCharsets.UTF_8);
    }

    private static int columns(String text) {
        int columns = text.matches("\\d{1,4}") ? Integer.parseInt(text) : 80;
        return columns < 20 ? 80 : columns;
    }

    /**
     * The command as this person can type it: its name if that is on the path, else the script's file.
     */
    static String launcher() {
        String script = System.getProperty("assay.launcher", "");
        boolean known = Stream.of(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator, -1))
                .anyMatch(folder -> !folder.isEmpty() && Files.isExecutable(Path.of(folder, "assay")));
        if (script.isEmpty() || known) {
            return "assay";
        }
        Path file = Path.of(script).toAbsolutePath().normalize();
        return Path.of("").toAbsolutePath().equals(file.getParent()) ? "./assay" : Footer.brief(file);
    }

    /** One JSON value as one line on {@code out}. */
    public void json(Json value) {
        out.println(JsonText.write(value));
    }

    /** The text in bold on a terminal's {@code out}. */
    public String bold(String text) {
        return outIsTerminal && colour ? "\u001b[1m" + text + "\u001b[0m" : text;
    }

    /** The text in faint on a terminal's {@code out}. */
    public String faint(String text) {
        return outIsTerminal && colour ? "\u001b[2m" + text + "\u001b[0m" : text;
    }

    /** The text in green on a terminal's {@code out}. */
    public String green(String text) {
        return outIsTerminal && colour ? "\u001b[32m" + text + "\u001b[0m" : text;
    }

    /** A line on {@code err} that the next one replaces; nothing unless a person looks. */
    public void passing(String text) {
        if (errIsTerminal) {
            err.print("\r\u001b[K" + text);
            err.flush();
        }
    }

    /** The text in green on a terminal's {@code err}. */
    public String greenOnErr(String text) {
        return errIsTerminal && colour ? "\u001b[32m" + text + "\u001b[0m" : text;
    }

    /** The text in faint on a terminal's {@code err}. */
    public String faintOnErr(String text) {
        return errIsTerminal && colour ? "\u001b[2m" + text + "\u001b[0m" : text;
    }

    /** The text in red on a terminal's {@code out}. */
    public String red(String text) {
        return outIsTerminal && colour ? "\u001b[31m" + text + "\u001b[0m" : text;
    }

    /** The text in red on a terminal's {@code err}. */
    public String redOnErr(String text) {
        return errIsTerminal && colour ? "\u001b[31m" + text + "\u001b[0m" : text;
    }
}
