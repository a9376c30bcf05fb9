package assay.engine.store;

import assay.core.base.Checks;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;

/**
 * A lock on a name, against other threads and against other processes; a process that dies lets go.
 *
 * <p>A file lock belongs to the whole process, so threads of one process are kept apart first.
 */
final class Guard implements AutoCloseable {
    private static final ConcurrentHashMap<Path, ReentrantLock> HERE = new ConcurrentHashMap<>();

    private final ReentrantLock here;
    private final FileChannel channel;

    private Guard(ReentrantLock here, FileChannel channel) {
        this.here = here;
        this.channel = channel;
    }

    /** Waits until the lock is ours; runs {@code whenWaiting} once if it is another's now. */
    static Guard take(Path file, Runnable whenWaiting) throws IOException {
        Path path = file.toAbsolutePath().normalize();
        ReentrantLock here = HERE.computeIfAbsent(path, p -> new ReentrantLock());
        boolean told = false;
        if (!here.tryLock()) {
            whenWaiting.run();
            told = true;
            here.lock();
        }
        FileChannel channel = null;
        try {
            Path folder = path.getParent();
            if (folder != null) {
                Files.createDirectories(folder);
            }
            channel = FileChannel.open(path, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            FileLock lock = channel.tryLock();
            if (lock == null) {
                if (!told) {
                    whenWaiting.run();
                }
                channel.lock();
            }
            return new Guard(here, channel);
        } catch (IOException | RuntimeException e) {
            if (channel != null) {
                channel.close();
            }
            here.unlock();
            throw e;
        }
    }

    /** Stops the program if the lock is not ours after all. */
    void checkHeld() {
        Checks.that(here.isHeldByCurrentThread() && channel.isOpen(), "a lock is held while it is used");
    }

    @Override
    public void close() throws IOException {
        try {
            channel.close(); // lets go of the file lock
        } finally {
            here.unlock();
        }
    }
}
