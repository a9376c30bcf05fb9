package assay.engine.store;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;

class FoldersTest {
    private static final Path HOME = Path.of("/home/ada");

    private static Folders folders(Map<String, String> variables, Environment.Os os) {
        return Folders.of(Environment.of(variables, HOME, os));
    }

    @Test
    void eachSystemHasItsCustom() {
        assertEquals(
                new Folders(Path.of("/home/ada/.local/share/assay"), Path.of("/home/ada/.cache/assay")),
                folders(Map.of(), Environment.Os.LINUX));
        assertEquals(
                new Folders(
                        Path.of("/home/ada/Library/Application Support/assay"),
                        Path.of("/home/ada/Library/Caches/assay")),
                folders(Map.of(), Environment.Os.MAC));
        assertEquals(
                new Folders(Path.of("/local/assay"), Path.of("/local/assay/cache")),
                folders(Map.of("LOCALAPPDATA", "/local"), Environment.Os.WINDOWS));
    }

    @Test
    void xdgWinsIfAbsoluteAndAssayHomeWinsOverAll() {
        assertEquals(
                new Folders(Path.of("/d/assay"), Path.of("/home/ada/.cache/assay")),
                folders(Map.of("XDG_DATA_HOME", "/d", "XDG_CACHE_HOME", "relative"), Environment.Os.LINUX));
        assertEquals(
                new Folders(Path.of("/home/ada/x"), Path.of("/home/ada/x/cache")),
                folders(Map.of("ASSAY_HOME", "~/x", "XDG_DATA_HOME", "/d"), Environment.Os.MAC));
    }

    @Test
    void sizesReadWell() {
        assertEquals("0 bytes", Sizes.text(0));
        assertEquals("999 bytes", Sizes.text(999));
        assertEquals("1.00 kB", Sizes.text(1000));
        assertEquals("98.4 MB", Sizes.text(98_362_432));
        assertEquals("1.00 GB", Sizes.text(999_999_999));
    }
}
