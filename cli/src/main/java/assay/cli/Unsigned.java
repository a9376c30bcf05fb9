package assay.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Locale;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Takes the signatures off the jars of a build, which the launcher has done once after copying them.
 *
 * <p>Java reads a signed jar's list of thousands of digests at every start, checks each class that it loads,
 * and keeps none of them in its cache (JEP 483). Who signed it is asked nowhere: Maven compared the whole file
 * when it was fetched, and the copy lies beside our own jars, which are not signed either.
 */
public final class Unsigned {
    private Unsigned() {}

    /** Rewrites the signed jars of the folder that is named. */
    public static void main(String[] arguments) throws IOException {
        List<Path> jars;
        try (Stream<Path> files = Files.list(Path.of(arguments[0]))) {
            jars = files.filter(f -> f.toString().endsWith(".jar")).sorted().toList();
        }
        for (Path jar : jars) {
            rewrite(jar);
        }
    }

    static void rewrite(Path jar) throws IOException {
        Path part = jar.resolveSibling(jar.getFileName() + ".part");
        try (JarFile in = new JarFile(jar.toFile(), false)) {
            if (in.stream().noneMatch(Unsigned::isSignature)) {
                return;
            }
            try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(part), general(in.getManifest()))) {
                for (JarEntry entry : (Iterable<JarEntry>) in.stream()::iterator) {
                    if (!isSignature(entry) && !entry.getName().equals(JarFile.MANIFEST_NAME)) {
                        JarEntry copy = new JarEntry(entry.getName());
                        copy.setTime(entry.getTime());
                        out.putNextEntry(copy);
                        in.getInputStream(entry).transferTo(out);
                    }
                }
            }
        }
        Files.move(part, jar, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    /** A manifest without what it says of single files. */
    private static Manifest general(@Nullable Manifest whole) {
        Manifest general = new Manifest();
        if (whole != null) {
            general.getMainAttributes().putAll(whole.getMainAttributes());
        }
        return general;
    }

    private static boolean isSignature(JarEntry entry) {
        return entry.getName().toUpperCase(Locale.ROOT).matches("META-INF/[^/]+\\.(SF|RSA|DSA|EC)");
    }
}
