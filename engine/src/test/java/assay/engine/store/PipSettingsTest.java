package assay.engine.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PipSettingsTest {
    @TempDir
    Path dir;

    private final TreeMap<String, String> variables = new TreeMap<>();

    private PipSettings settings() throws IOException {
        variables.put("XDG_CONFIG_DIRS", dir.resolve("xdg").toString());
        return PipSettings.of(Environment.of(variables, dir, Environment.Os.LINUX));
    }

    private void config(String file, String text) throws IOException {
        Path path = dir.resolve(file);
        Files.createDirectories(path.getParent());
        Files.writeString(path, text);
    }

    @Test
    void withoutSettingsPipsOwnIndexIsAsked() throws IOException {
        variables.put("PIP_CONFIG_FILE", "/dev/null");
        assertTrue(settings().pipsOwnIndex());
        assertEquals(List.of(), settings().indexes());
        variables.put("PIP_EXTRA_INDEX_URL", "https://one.example/simple");
        assertTrue(settings().pipsOwnIndex());
        variables.put("PIP_INDEX_URL", "https://other.example/simple");
        assertFalse(settings().pipsOwnIndex());
    }

    @Test
    void userFileWinsOverMachineFileAndInstallOverGlobal() throws IOException {
        config("xdg/pip/pip.conf", "[global]\nindex-url = https://machine.example/simple\nproxy=http://p:1\n");
        config(
                ".config/pip/pip.conf",
                """
                # comment
                [install]
                index_url: https://install.example/simple
                [global]
                index-url = https://user.example/simple
                extra-index-url =
                    https://one.example/simple
                    https://two.example/simple
                trusted-host = a.example b.example
                [freeze]
                timeout = 1
                """);
        PipSettings s = settings();
        assertEquals(
                List.of("https://install.example/simple", "https://one.example/simple", "https://two.example/simple"),
                s.indexes());
        assertEquals(Optional.of("http://p:1"), s.proxy());
        assertEquals(List.of("a.example", "b.example"), s.trustedHosts());
    }

    @Test
    void variablesWinOverFilesAndDevNullSwitchesFilesOff() throws IOException {
        config(".config/pip/pip.conf", "[global]\nindex-url = https://user.example/simple\ncert = ~/ca.pem\n");
        assertEquals(Optional.of(dir.resolve("ca.pem")), settings().certificates());
        variables.put("PIP_INDEX_URL", "https://variable.example/simple");
        assertEquals(List.of("https://variable.example/simple"), settings().indexes());
        variables.remove("PIP_INDEX_URL");
        variables.put("PIP_CONFIG_FILE", "/dev/null");
        assertTrue(settings().pipsOwnIndex());
        assertEquals(List.of(), settings().indexes());
    }

    @Test
    void fileNamedByVariableAndThatOfTheVirtualEnvironmentAreRead() throws IOException {
        config("venv/pip.conf", "[global]\nindex-url=https://venv.example/simple\nfind-links=/a\n");
        config("own.conf", "[global]\nindex-url=https://own.example/simple\n");
        variables.put("VIRTUAL_ENV", dir.resolve("venv").toString());
        variables.put("PIP_CONFIG_FILE", dir.resolve("own.conf").toString());
        assertEquals(List.of("https://own.example/simple"), settings().indexes());
        assertEquals(List.of("/a"), settings().findLinks());
    }

    @Test
    void noIndexLeavesTheLinkFolders() throws IOException {
        variables.put("PIP_NO_INDEX", "true");
        variables.put("PIP_FIND_LINKS", "/a /b");
        assertFalse(settings().pipsOwnIndex());
        assertTrue(settings().indexes().isEmpty());
        assertEquals(List.of("/a", "/b"), settings().findLinks());
    }
}
