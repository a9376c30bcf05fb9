package assay.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.OutputStream;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.jar.JarFile;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class UnsignedTest {
    @TempDir
    Path folder;

    private Path jar(String name, String... entries) throws IOException {
        Path jar = folder.resolve(name);
        try (OutputStream file = Files.newOutputStream(jar);
                ZipOutputStream out = new ZipOutputStream(file)) {
            for (int i = 0; i < entries.length; i += 2) {
                out.putNextEntry(new ZipEntry(entries[i]));
                out.write(entries[i + 1].getBytes(StandardCharsets.UTF_8));
            }
        }
        return jar;
    }

    @Test
    void signaturesAndDigestsGoAndAllElseStays() throws IOException {
        Path jar = jar(
                "signed.jar",
                "META-INF/MANIFEST.MF",
                "Manifest-Version: 1.0\r\nMulti-Release: true\r\n\r\nName: a/words.txt\r\nSHA-256-Digest: wrong\r\n\r\n",
                "META-INF/X.SF",
                "Signature-Version: 1.0\r\n\r\n",
                "META-INF/X.RSA",
                "no signature",
                "META-INF/services/a.B",
                "a.C",
                "a/words.txt",
                "words");
        Unsigned.main(new String[] {folder.toString()});
        try (JarFile out = new JarFile(jar.toFile(), true)) {
            assertTrue(out.isMultiRelease());
            assertEquals(0, out.getManifest().getEntries().size());
            assertEquals(
                    List.of("META-INF/MANIFEST.MF", "META-INF/services/a.B", "a/words.txt"),
                    out.stream().map(ZipEntry::getName).toList());
        }
        try (URLClassLoader loader = new URLClassLoader(new URL[] {jar.toUri().toURL()}, null);
                var words = loader.getResourceAsStream("a/words.txt")) {
            assertEquals("words", new String(words.readAllBytes(), StandardCharsets.UTF_8));
        }
    }

    @Test
    void aJarWithoutSignatureIsLeftAsItIs() throws IOException {
        Path jar = jar("plain.jar", "META-INF/MANIFEST.MF", "Manifest-Version: 1.0\r\n\r\n", "a.txt", "a");
        byte[] before = Files.readAllBytes(jar);
        FileTime time = Files.getLastModifiedTime(jar);
        Unsigned.main(new String[] {folder.toString()});
        assertArrayEquals(before, Files.readAllBytes(jar));
        assertEquals(time, Files.getLastModifiedTime(jar));
    }
}
