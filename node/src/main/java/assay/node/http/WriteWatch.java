package assay.node.http;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Breaks connections whose client does not read: a write that waits too long is interrupted.
 *
 * <p>An interrupt closes the socket's channel under the write, so that the writing thread is free
 * again. One thread watches all streams, once a second.
 */
final class WriteWatch implements AutoCloseable {
    private static final long TICK_MILLIS = 1000;

    private final Set<Watched> open = ConcurrentHashMap.newKeySet();
    private final long limitNanos;
    private final Thread sweeper;

    WriteWatch(int limitSeconds) {
        limitNanos = limitSeconds * 1_000_000_000L;
        sweeper = Thread.ofVirtual().name("http-write-watch").start(this::sweep);
    }

    /** The stream under watch, until {@link #forget}; faults come out as {@link ClientGone}. */
    OutputStream over(OutputStream out) {
        Watched watched = new Watched(out);
        open.add(watched);
        return watched;
    }

    /** Ends the watch over a stream that {@link #over} gave. */
    void forget(OutputStream watched) {
        if (watched instanceof Watched w) {
            open.remove(w);
        }
    }

    @Override
    public void close() {
        sweeper.interrupt();
    }

    private void sweep() {
        try {
            while (true) {
                Thread.sleep(TICK_MILLIS);
                long now = System.nanoTime();
                open.forEach(w -> w.interruptIfStuck(now));
            }
        } catch (InterruptedException e) {
            open.clear();
        }
    }

    private interface Step {
        void run() throws IOException;
    }

    private final class Watched extends FilterOutputStream {
        private final Object lock = new Object();
        private @Nullable Thread writer;
        private long startedNanos;

        Watched(OutputStream out) {
            super(out);
        }

        @Override
        public void write(int b) throws IOException {
            timed(() -> out.write(b));
        }

        @Override
        public void write(byte[] bytes, int offset, int count) throws IOException {
            timed(() -> out.write(bytes, offset, count));
        }

        @Override
        public void flush() throws IOException {
            timed(out::flush);
        }

        @Override
        public void close() throws IOException {
            timed(out::close);
        }

        private void timed(Step step) throws IOException {
            synchronized (lock) {
                writer = Thread.currentThread();
                startedNanos = System.nanoTime();
            }
            try {
                step.run();
            } catch (IOException e) {
                throw new ClientGone("the client is gone or does not read", e);
            } finally {
                synchronized (lock) {
                    writer = null;
                }
            }
        }

        void interruptIfStuck(long now) {
            synchronized (lock) {
                if (writer != null && now - startedNanos > limitNanos) {
                    writer.interrupt();
                }
            }
        }
    }
}
