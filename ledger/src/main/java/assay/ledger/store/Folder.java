package assay.ledger.store;

import assay.ledger.crypto.OwnerOnly;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** A ledger's folder, held by this process until it is closed. */
final class Folder implements AutoCloseable {
    private final Path dir;
    private final FileChannel lock;

    private Folder(Path dir, FileChannel lock) {
        this.dir = dir;
        this.lock = lock;
    }

    /** Takes the folder, creating it for its owner alone, or says who has it. */
    static Folder lock(Path dir) throws IOException {
        OwnerOnly.createFolder(dir);
        FileChannel channel = OwnerOnly.open(dir.resolve("lock"));
        try {
            if (tryLock(channel) == null) {
                throw new IOException("the ledger in " + dir + " is in use by another process (" + owner(channel)
                        + "); stop it, or use another folder");
            }
            String pid = "pid " + ProcessHandle.current().pid() + "\n";
            channel.truncate(0);
            channel.write(ByteBuffer.wrap(pid.getBytes(StandardCharsets.US_ASCII)), 0);
            return new Folder(dir, channel);
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
    }

    Path dir() {
        return dir;
    }

    Path file(String name) {
        return dir.resolve(name);
    }

    void write(String name, byte[] bytes) throws IOException {
        OwnerOnly.writeNew(file(name), bytes);
    }

    @Override
    public void close() throws IOException {
        lock.close();
    }

    private static @Nullable FileLock tryLock(FileChannel channel) throws IOException {
        try {
            return channel.tryLock();
        } catch (OverlappingFileLockException e) {
            return null;
        }
    }

    private static String owner(FileChannel channel) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(32);
        int length = channel.read(bytes, 0);
        String text = new String(bytes.array(), 0, Math.max(0, length), StandardCharsets.US_ASCII).strip();
        return text.isEmpty() ? "unknown" : text;
    }
}
