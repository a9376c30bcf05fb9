package assay.engine.store;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** Files that are either wholly there under their name, or not there. */
final class Durable {
    private Durable() {}

    /** Replaces {@code file} by these bytes; after a crash it holds the old or the new ones. */
    static void write(Path file, byte[] bytes) throws IOException {
        Path folder = Files.createDirectories(parent(file));
        Path fresh = Files.createTempFile(folder, "." + file.getFileName(), ".new");
        try {
            try (FileChannel out = FileChannel.open(fresh, StandardOpenOption.WRITE)) {
                ByteBuffer buffer = ByteBuffer.wrap(bytes);
                while (buffer.hasRemaining()) {
                    out.write(buffer);
                }
            }
            moveIntoPlace(fresh, file);
        } finally {
            Files.deleteIfExists(fresh);
        }
    }

    /** Syncs a finished file, gives it its name, and syncs the folder. */
    static void moveIntoPlace(Path finished, Path name) throws IOException {
        try (FileChannel channel = FileChannel.open(finished, StandardOpenOption.WRITE)) {
            channel.force(true);
        }
        Files.createDirectories(parent(name));
        try {
            Files.move(finished, name, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (AtomicMoveNotSupportedException e) {
            Files.move(finished, name, StandardCopyOption.REPLACE_EXISTING);
        }
        syncFolder(parent(name));
    }

    private static void syncFolder(Path folder) throws IOException {
        if (System.getProperty("os.name", "").startsWith("Windows")) {
            return; // Windows has no handle on a folder that could be synced.
        }
        try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }

    static long sizeOfTree(Path folder) throws IOException {
        long total = 0;
        for (Path path : tree(folder)) {
            if (Files.isRegularFile(path)) {
                total += Files.size(path);
            }
        }
        return total;
    }

    /** Deletes the folder and what is in it, if it exists; links are removed and not followed. */
    static void deleteTree(Path folder) throws IOException {
        for (Path path : tree(folder)) {
            Files.deleteIfExists(path);
        }
    }

    private static List<Path> tree(Path folder) throws IOException {
        try (Stream<Path> paths = Files.walk(folder)) {
            return paths.sorted(Comparator.reverseOrder()).toList();
        } catch (NoSuchFileException e) {
            return List.of();
        }
    }

    /** Refuses, before any work, if the disk cannot take this much more. */
    static void needSpace(Path folder, long bytes) throws IOException {
        Files.createDirectories(folder);
        long margin = 32L << 20;
        long free = Files.getFileStore(folder).getUsableSpace();
        if (bytes > free - margin) {
            throw new PullException(
                    "not enough disk space: " + Sizes.text(bytes + margin) + " needed in " + folder + ", "
                            + Sizes.text(free) + " free",
                    "free some space (assay rm NAME), or set ASSAY_HOME to a folder on another disk");
        }
    }

    /** The folder in which the file lies. */
    static Path parent(Path file) {
        Path parent = file.toAbsolutePath().getParent();
        if (parent == null) {
            throw new IllegalArgumentException("a file in a folder expected, got " + file);
        }
        return parent;
    }
}
