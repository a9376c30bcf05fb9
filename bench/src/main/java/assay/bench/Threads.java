package assay.bench;

import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** Runs numbered, independent pieces of work on a few threads. */
final class Threads {
    private Threads() {}

    /** One piece of work. */
    interface Piece {
        void run(int index);
    }

    /** Runs pieces 0 to {@code pieces - 1}, each once, and returns when all are done. */
    static void forEach(int threads, int pieces, Piece piece) {
        AtomicInteger next = new AtomicInteger();
        Runnable worker = () -> {
            for (int i = next.getAndIncrement(); i < pieces; i = next.getAndIncrement()) {
                piece.run(i);
            }
        };
        FirstFailure failure = new FirstFailure();
        Thread[] others = new Thread[Math.min(threads, pieces) - 1];
        for (int i = 0; i < others.length; i++) {
            others[i] = Thread.ofPlatform().uncaughtExceptionHandler(failure).start(worker);
        }
        worker.run();
        for (Thread other : others) {
            joinUninterruptibly(other);
        }
        failure.rethrow();
    }

    private static void joinUninterruptibly(Thread thread) {
        boolean interrupted = false;
        while (true) {
            try {
                thread.join();
                break;
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private static final class FirstFailure implements Thread.UncaughtExceptionHandler {
        private volatile @Nullable Throwable failure;

        @Override
        public void uncaughtException(Thread thread, Throwable thrown) {
            failure = thrown;
        }

        void rethrow() {
            Throwable thrown = failure;
            if (thrown != null) {
                throw new IllegalStateException("a thread failed", thrown);
            }
        }
    }
}
