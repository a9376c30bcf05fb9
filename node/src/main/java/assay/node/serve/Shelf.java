package assay.node.serve;

import assay.ledger.crypto.OwnerOnly;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Receipts, transcripts and openings as files of their own, for people and checkers.
 *
 * <p>The journal has all that is in them, so they are written without a flush, and nobody waits for them. What
 * finds no room is written with a later one. Thread-safe.
 */
final class Shelf {
    /** What a file holds. */
    enum Kind {
        TRANSCRIPT(".transcript"),
        RECEIPT(".receipt"),
        OPENING(".opening");

        private final String suffix;

        Kind(String suffix) {
            this.suffix = suffix;
        }
    }

    /** Says what belongs into a file. */
    interface Contents {
        /** Its bytes; of no length if there is nothing to be written any more. */
        byte[] bytes(String id, Kind kind) throws IOException;
    }

    private record Missing(String id, Kind kind) {}

    private final Path folder;
    private final Contents contents;
    private final Set<Missing> missing = new LinkedHashSet<>();

    Shelf(Path folder, Contents contents) throws IOException {
        OwnerOnly.createFolder(folder);
        this.folder = folder;
        this.contents = contents;
    }

    Path folder() {
        return folder;
    }

    /** Whether the file is there, and not the empty one that a power cut may leave. */
    boolean has(String id, Kind kind) throws IOException {
        Path file = file(id, kind);
        return Files.exists(file) && Files.size(file) > 0;
    }

    /** Writes a file, anew if it is there. */
    void put(String id, Kind kind) {
        if (!written(new Missing(id, kind))) {
            synchronized (this) {
                missing.add(new Missing(id, kind));
            }
            return;
        }
        List<Missing> waiting;
        synchronized (this) {
            missing.remove(new Missing(id, kind));
            waiting = List.copyOf(missing);
        }
        for (Missing m : waiting) {
            if (!written(m)) {
                return; // there is no room yet
            }
            synchronized (this) {
                missing.remove(m);
            }
        }
    }

    /** Deletes a file for good. */
    void delete(String id, Kind kind) throws IOException {
        synchronized (this) {
            missing.remove(new Missing(id, kind));
        }
        Files.deleteIfExists(file(id, kind));
    }

    private boolean written(Missing m) {
        try {
            byte[] bytes = contents.bytes(m.id, m.kind);
            if (bytes.length > 0) {
                replace(file(m.id, m.kind), bytes);
            }
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    private Path file(String id, Kind kind) {
        return folder.resolve(id + kind.suffix);
    }

    private static void replace(Path file, byte[] bytes) throws IOException {
        Path part = file.resolveSibling(file.getFileName() + ".part");
        Files.deleteIfExists(part);
        try (FileChannel out = OwnerOnly.open(part)) {
            ByteBuffer buffer = ByteBuffer.wrap(bytes);
            while (buffer.hasRemaining()) {
                out.write(buffer);
            }
        }
        Files.move(part, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }
}
