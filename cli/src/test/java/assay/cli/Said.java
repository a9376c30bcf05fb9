package assay.cli;

import assay.core.codec.Field;
import assay.core.codec.JsonText;
import assay.engine.store.Environment;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;

/** What a command said, and its exit code. */
record Said(int code, String out, String err) {
    /** Runs a command in this process, with this home, not at a terminal. */
    static Said run(Path home, String... arguments) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        int code = run(out, err, home, arguments);
        return new Said(code, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
    }

    /** The same; what it says can be read meanwhile. */
    static int run(ByteArrayOutputStream out, ByteArrayOutputStream err, Path home, String... arguments) {
        Screen screen = new Screen(
                new PrintStream(out, true, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8),
                true,
                false,
                false,
                false,
                80);
        Environment environment = Environment.of(Map.of("ASSAY_HOME", home.toString()), home, Environment.Os.LINUX);
        return Assay.run(screen, environment, arguments);
    }

    Field json() throws Exception {
        return Field.root(JsonText.parse(out.strip().getBytes(StandardCharsets.UTF_8), 16, 1 << 24));
    }
}
