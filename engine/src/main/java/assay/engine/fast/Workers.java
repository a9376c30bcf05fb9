package assay.engine.fast;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * A few threads that run one task together, again and again, with little time between.
 *
 * <p>The caller is worker 0. Idle workers spin for a while, then park. One thread calls {@link #run} at
 * a time. An error in a worker is thrown to the caller after all have ended.
 */
public final class Workers implements AutoCloseable {
    /** What one worker does of a task. */
    @FunctionalInterface
    public interface Task {
        /**
         * @param worker 0 to workers - 1
         * @param workers how many there are
         */
        void run(int worker, int workers);
    }

    private static final int SPINS = 20_000;

    private final Thread[] threads;
    private final AtomicInteger running = new AtomicInteger();
    private final AtomicIntegerArray parked;
    private volatile int round;
    private volatile boolean closed;
    private volatile @Nullable Throwable failure;
    private @Nullable Task task;

    /** @param count 1 (everything in the caller) or more */
    public Workers(int count) {
        threads = new Thread[count - 1];
        parked = new AtomicIntegerArray(count);
        for (int i = 0; i < threads.length; i++) {
            int worker = i + 1;
            threads[i] =
                    Thread.ofPlatform().daemon().name("assay-worker-" + worker).unstarted(() -> serve(worker));
        }
        for (Thread thread : threads) {
            thread.start();
        }
    }

    /** Number of workers, the caller included. */
    public int count() {
        return threads.length + 1;
    }

    /** Runs the task on every worker and returns when all are done. */
    public void run(Task work) {
        if (threads.length == 0) {
            work.run(0, 1);
            return;
        }
        task = work;
        running.set(threads.length);
        round++;
        for (int i = 0; i < threads.length; i++) {
            if (parked.get(i + 1) != 0) {
                LockSupport.unpark(threads[i]);
            }
        }
        try {
            work.run(0, count());
        } finally {
            for (int spins = 0; running.get() > 0; spins++) {
                if (spins < SPINS) {
                    Thread.onSpinWait();
                } else {
                    LockSupport.parkNanos(this, 20_000); // the machine is busy: let the others run
                }
            }
        }
        Throwable failed = failure;
        if (failed != null) {
            failure = null;
            throw new IllegalStateException("a worker failed", failed);
        }
    }

    private void serve(int worker) {
        int seen = 0;
        while (!closed) {
            for (int spins = 0; round == seen && !closed; spins++) {
                if (spins < SPINS) {
                    Thread.onSpinWait();
                } else {
                    parked.set(worker, 1);
                    if (round == seen && !closed) {
                        LockSupport.park(this);
                    }
                    parked.set(worker, 0);
                }
            }
            if (closed) {
                return;
            }
            seen = round;
            try {
                Task work = task;
                if (work != null) {
                    work.run(worker, count());
                }
            } catch (Throwable t) {
                failure = t;
            } finally {
                running.decrementAndGet();
            }
        }
    }

    /** Ends the threads. */
    @Override
    public void close() {
        closed = true;
        for (Thread thread : threads) {
            LockSupport.unpark(thread);
        }
    }
}
