package assay.engine.fast;

import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * A few threads that share the parts of one task, again and again, with little time between.
 *
 * <p>The caller is worker 0. Whoever is free takes the next part, or the next of its own share and then what is left
 * of the others'; a round ends when all parts are done, so that a thread which the machine has put aside is waited for
 * only if it holds a part. Idle workers spin for a while, then park. One thread starts a round at a time.
 */
public final class Workers implements AutoCloseable {
    /** A task in parts that may be done in any order and at the same time. */
    @FunctionalInterface
    public interface Task {
        /**
         * @param worker who does it: 0 to workers - 1
         * @param part 0 to parts - 1
         */
        void run(int worker, int part);
    }

    private static final int SPINS = 20_000;

    /** A part number that is beyond those of any round. */
    private static final int OVER = Integer.MAX_VALUE;

    /** Counters are so far apart in memory. */
    private static final int APART = 16;

    /** Parts of the round that are done. */
    private static final int DONE = APART;

    /** Of the first share: round in the upper half, the next part in the lower. The other shares' follow. */
    private static final int NEXT = 2 * APART;

    private final AtomicLongArray counters;
    private final Thread[] threads;
    private final AtomicLongArray parked;
    private volatile boolean closed;
    private volatile @Nullable Throwable failure;
    private @Nullable Task task;
    private int parts;
    private int shares;

    /** @param count 1 (everything in the caller) or more */
    public Workers(int count) {
        counters = new AtomicLongArray(NEXT + (count + 1) * APART);
        for (int s = 0; s < count; s++) {
            counters.set(next(s), OVER);
        }
        threads = new Thread[count - 1];
        parked = new AtomicLongArray(count);
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

    /**
     * Runs all parts of the task and returns when they are done.
     *
     * @throws IllegalStateException if a part failed; the others were run nevertheless
     */
    public void run(int count, Task work) {
        run(count, 1, work);
    }

    /**
     * The same, but each worker begins with a share of its own, the same one in every such round, as far as the parts'
     * numbers say: what it wrote there before is still near it.
     *
     * @throws IllegalStateException as {@link #run(int, Task)}
     */
    public void runApart(int count, Task work) {
        run(count, count(), work);
    }

    private void run(int count, int cuts, Task work) {
        // This read also orders: whoever took a part of the last round did so before task and parts change.
        int round = (int) (counters.get(NEXT) >>> 32) + 1;
        task = work;
        parts = count;
        shares = cuts;
        counters.set(DONE, 0);
        for (int s = cuts - 1; s >= 0; s--) { // the first one last: it is what the others watch
            counters.set(next(s), (long) round << 32 | start(count, cuts, s));
        }
        for (int i = 0; i < threads.length && i + 1 < count; i++) {
            if (parked.get(i + 1) != 0) {
                LockSupport.unpark(threads[i]);
            }
        }
        share(0, round);
        for (int spins = 0; counters.get(DONE) < count; spins++) {
            if (spins < SPINS) {
                Thread.onSpinWait();
            } else {
                LockSupport.parkNanos(this, 20_000); // the machine is busy: let the others run
            }
        }
        // Whoever comes late must not take what is written next for a part of this round.
        for (int s = 0; s < cuts; s++) {
            counters.set(next(s), (long) round << 32 | OVER);
        }
        Throwable failed = failure;
        if (failed != null) {
            failure = null;
            throw new IllegalStateException("a part of the work failed", failed);
        }
    }

    private static int next(int share) {
        return NEXT + share * APART;
    }

    private static int start(int count, int shares, int share) {
        return (int) ((long) count * share / shares);
    }

    /** Takes parts of the round until none is left. */
    private void share(int worker, int round) {
        Task work = task;
        int count = parts;
        int cuts = shares;
        for (int i = 0; i < cuts; i++) {
            int share = (worker + i) % cuts;
            take(worker, round, work, next(share), start(count, cuts, share + 1));
        }
    }

    private void take(int worker, int round, @Nullable Task work, int counter, int end) {
        for (long next = counters.get(counter); (int) (next >>> 32) == round && (int) next < end; ) {
            if (!counters.compareAndSet(counter, next, next + 1)) {
                next = counters.get(counter);
                continue;
            }
            try {
                if (work != null) {
                    work.run(worker, (int) next);
                }
            } catch (Throwable t) {
                failure = t;
            } finally {
                counters.incrementAndGet(DONE);
            }
            next = counters.get(counter);
        }
    }

    private void serve(int worker) {
        int seen = 0;
        while (!closed) {
            int round = (int) (counters.get(NEXT) >>> 32);
            for (int spins = 0; round == seen && !closed; spins++) {
                if (spins < SPINS) {
                    Thread.onSpinWait();
                } else {
                    parked.set(worker, 1);
                    if ((int) (counters.get(NEXT) >>> 32) == seen && !closed) {
                        LockSupport.park(this);
                    }
                    parked.set(worker, 0);
                }
                round = (int) (counters.get(NEXT) >>> 32);
            }
            seen = round;
            share(worker, round);
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
