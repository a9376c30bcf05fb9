package assay.engine.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

class PipTest {
    /** As pip 9, 21 and 25 print it, the last with a changed default. */
    private static final String HELP =
            """
            Package Index Options:
              -i, --index-url <url>       Base URL of the Python Package Index (default https://own.example/simple). This
                                          should point to a repository compliant with PEP 503.
              --extra-index-url <url>     Extra URLs of package indexes to use in addition to --index-url.
            """;

    @TempDir
    Path dir;

    private Environment environment() {
        return Environment.of(Map.of("PATH", dir + ":/nowhere"), dir, Environment.Os.LINUX);
    }

    private void program(String name, String script) throws IOException {
        Path file = Files.writeString(dir.resolve(name), "#!/bin/sh\n" + script);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwx------"));
    }

    @Test
    void theDefaultIsReadFromTheHelp() {
        assertEquals(Optional.of("https://own.example/simple"), Pip.index(HELP));
        assertEquals(
                Optional.of("https://b.example/simple/"),
                Pip.index("-i, --index-url, --pypi-url URL\n   Base URL of Python Package Index (default:\n"
                        + "   https://b.example/simple/).\n"));
        assertEquals(Optional.empty(), Pip.index("--index-url <url>  Base URL"));
        assertEquals(Optional.empty(), Pip.index("python3: No module named pip"));
    }

    @Test
    @DisabledOnOs(OS.WINDOWS)
    void theFirstPipThatSaysItIsBelieved() throws IOException {
        program("python3", "echo no pip >&2; exit 1\n");
        program("pip3", "[ \"$1 $2 $COLUMNS\" = 'download --help 1000' ] && /bin/cat <<'E'\n" + HELP + "E\n");
        program("pip", "echo '--index-url <url> x (default https://later.example/simple)'\n");
        assertEquals("https://own.example/simple", Pip.defaultIndex(environment()));
    }

    @Test
    @DisabledOnOs(OS.WINDOWS)
    void withoutAnyPipItSaysWhatToDo() {
        PullException e = assertThrows(PullException.class, () -> Pip.defaultIndex(environment()));
        assertTrue(e.advice().contains("PIP_INDEX_URL"), e.advice());
    }
}
