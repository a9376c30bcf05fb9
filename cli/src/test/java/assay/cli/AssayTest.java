package assay.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import assay.core.base.Hash;
import assay.core.base.MalformedException;
import assay.core.codec.Json;
import assay.core.codec.JsonText;
import assay.engine.store.Environment;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class AssayTest {
    @TempDir
    Path dir;

    private final ByteArrayOutputStream outBytes = new ByteArrayOutputStream();
    private final ByteArrayOutputStream errBytes = new ByteArrayOutputStream();

    private Screen screen(boolean terminal) {
        return new Screen(stream(outBytes), stream(errBytes), true, terminal, terminal, terminal, 80);
    }

    private static PrintStream stream(ByteArrayOutputStream bytes) {
        return new PrintStream(bytes, true, StandardCharsets.UTF_8);
    }

    private int run(boolean terminal, String... arguments) {
        outBytes.reset();
        errBytes.reset();
        Map<String, String> variables = Map.of("ASSAY_HOME", dir.resolve("home").toString());
        return Assay.run(screen(terminal), Environment.of(variables, dir, Environment.Os.LINUX), arguments);
    }

    private int run(String... arguments) {
        return run(false, arguments);
    }

    private String out() {
        return outBytes.toString(StandardCharsets.UTF_8);
    }

    private String err() {
        return errBytes.toString(StandardCharsets.UTF_8);
    }

    private SequencedMap<String, Json> json() throws MalformedException {
        return ((Json.Obj) JsonText.parse(outBytes.toByteArray(), 16, 1 << 20)).members();
    }

    /** A model file with one tensor, written out by hand after the GGUF specification, version 3. */
    private Path modelFile() throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        bytes.write("GGUF".getBytes(StandardCharsets.US_ASCII));
        little(bytes, 4, 3);
        little(bytes, 8, 1);
        little(bytes, 8, 3);
        keyAndText(bytes, "general.architecture", "llama");
        keyAndText(bytes, "general.name", "Tiny \u001b[31mRed");
        text(bytes, "llama.block_count");
        little(bytes, 4, 4);
        little(bytes, 4, 2);
        text(bytes, "token_embd.weight");
        little(bytes, 4, 2);
        little(bytes, 8, 8);
        little(bytes, 8, 4);
        little(bytes, 4, 0);
        little(bytes, 8, 0);
        while (bytes.size() % 32 != 0) {
            bytes.write(0);
        }
        bytes.write(new byte[8 * 4 * 4]);
        return Files.write(dir.resolve("Tiny.gguf"), bytes.toByteArray());
    }

    private static void keyAndText(ByteArrayOutputStream out, String key, String value) throws IOException {
        text(out, key);
        little(out, 4, 8);
        text(out, value);
    }

    private static void text(ByteArrayOutputStream out, String text) throws IOException {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        little(out, 8, bytes.length);
        out.write(bytes);
    }

    private static void little(ByteArrayOutputStream out, int bytes, long value) {
        for (int i = 0; i < bytes; i++) {
            out.write((int) (value >>> 8 * i));
        }
    }

    @Test
    void modelIsPulledListedShownAndRemoved() throws Exception {
        Path file = modelFile();
        assertEquals(0, run("list"));
        assertTrue(out().contains("assay pull"), "an empty list says what to do: " + out());

        assertEquals(0, run("pull", file.toString(), "--json"));
        assertEquals(new Json.Str("tiny"), json().get("name"));
        assertEquals(new Json.Str(Hash.sha256(Files.readAllBytes(file)).hex()), json().get("sha256"));

        assertEquals(0, run("--json", "list"));
        assertTrue(json().get("models") instanceof Json.Arr a && a.items().size() == 1, out());

        assertEquals(0, run("show", "tiny", "--json"));
        assertEquals(new Json.Str("llama"), json().get("architecture"));
        assertEquals(new Json.Num("2"), json().get("layers"));
        assertEquals(new Json.Num("32"), json().get("parameters"));
        assertEquals(new Json.Str("F32 100.0%"), json().get("weights"));
        assertEquals(new Json.Str("Tiny  [31mRed"), json().get("title"), "nothing that steers a terminal");

        assertEquals(0, run("rm", "tiny"));
        assertTrue(Files.exists(file));
        assertEquals(1, run("show", "tiny"));
    }

    @Test
    void everyCommandHasAHeaderAnExampleAndNoUnusedWords() {
        Assay assay = new Assay(screen(false), Environment.of(Map.of(), dir, Environment.Os.LINUX));
        Map<String, CommandLine> commands = Assay.commandLine(assay).getSubcommands();
        assertFalse(commands.isEmpty());
        commands.forEach((name, command) -> {
            String help = command.getUsageMessage(CommandLine.Help.Ansi.OFF);
            assertTrue(help.contains("Examples:") && help.contains("assay"), name);
            assertTrue(help.contains("--json"), name + " knows --json");
            assertFalse(help.lines().findFirst().orElse("").isBlank(), name + " says what it does");
            assertTrue(help.lines().allMatch(l -> l.length() <= 100), name + ": lines that fit\n" + help);
        });
    }

    @Test
    void helpOfOneCommandIsTheSameWithAndWithoutTheOthers() {
        assertEquals(0, run("rm", "--help"));
        assertTrue(out().contains("assay rm smollm2-135m"), out());
        assertEquals(0, run("--help"));
        for (String name : List.of("pull", "list", "show", "rm", "completion")) {
            assertTrue(out().lines().anyMatch(l -> l.startsWith("  " + name)), name);
        }
    }

    @Test
    void mistakesAreOneLineAndAnAdviceWithoutATrace() {
        for (List<String> line : List.of(
                List.of("lst"),
                List.of("show", "nothing"),
                List.of("rm"),
                List.of("rm", "nothing"),
                List.of("list", "--jsn"),
                List.of("pull", "nonsense"),
                List.of("pull", "./missing.gguf"),
                List.of("pull", "http://example.org/x.gguf"))) {
            int code = run(line.toArray(String[]::new));
            assertTrue(code == 1 || code == 2, line + " ends with " + code);
            assertEquals("", out(), line.toString());
            assertTrue(err().startsWith("assay: "), err());
            assertTrue(err().lines().count() <= 2, err());
            assertFalse(err().contains("Exception"), err());
        }
    }

    @Test
    void misspeltCommandGetsASuggestion() {
        assertEquals(2, run("shwo", "x"));
        assertEquals("assay: there is no command 'shwo'\n  did you mean show?\n", err());
        assertEquals(2, run("list", "--jsn"));
        assertTrue(err().startsWith("assay: there is no option '--jsn'"), err());
    }

    @Test
    void mistakesAreJsonIfJsonIsWanted() throws Exception {
        assertEquals(1, run("show", "nothing", "--json"));
        assertTrue(json().get("error") instanceof Json.Obj);
        assertEquals(2, run("--json", "list", "--nonsense"));
        assertTrue(json().get("error") instanceof Json.Obj);
        assertEquals("", err());
    }

    @Test
    void coloursAndBarsAreOnlyForTerminals() throws Exception {
        String file = modelFile().toString();
        for (boolean terminal : List.of(false, true)) {
            run(terminal, "pull", file);
            run(terminal, "rm", "tiny");
            run(terminal, "pull", file);
            boolean steered = out().contains("\u001b") && (err().contains("\r") || err().contains("\u001b"));
            assertEquals(terminal, steered, out() + err());
            run(terminal, "rm", "tiny");
        }
    }

    @Test
    void withoutACommandTheHelpIsShown() {
        assertEquals(2, run());
        assertTrue(out().contains("Commands:"), out());
    }

    @Test
    void completionKnowsEveryCommand() {
        assertEquals(0, run("completion"));
        for (String name : List.of("pull", "list", "show", "rm")) {
            assertTrue(out().contains(name), name);
        }
    }
}
