package assay.engine.store;

import java.io.IOException;
import java.io.InputStream;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Closes a body from which nothing has come for too long, so that reading it fails: the JDK's client bounds the time to
 * the headers alone. Whoever reads says so each time something came.
 */
public final class StallWatch implements AutoCloseable {
    private final AtomicLong movedAt = new AtomicLong(System.nanoTime());
    private final Thread thread;

    /**
     * Begins to watch.
     *
     * @param body is closed by another thread if need be
     * @param stallMillis at least 1
     */
    public StallWatch(InputStream body, long stallMillis) {
        thread = Thread.ofVirtual().name("stall-watch").start(() -> {
            try {
                while (System.nanoTime() - movedAt.get() < stallMillis * 1_000_000) {
                    Thread.sleep(Math.clamp(stallMillis / 10, 1, 1_000));
                }
                body.close();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            } catch (IOException e) {
                Thread.currentThread().interrupt(); // the reader meets the same fault
            }
        });
    }

    /** Something came. */
    public void moved() {
        movedAt.set(System.nanoTime());
    }

    /** Watches no more. */
    @Override
    public void close() {
        thread.interrupt();
    }
}
