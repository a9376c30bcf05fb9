package assay.node.pay;

import assay.node.http.ApiError;
import java.util.concurrent.Semaphore;
import java.util.function.LongSupplier;

/**
 * Lets so many in at once, so many wait, and so many a second in all. Thread-safe.
 *
 * <p>Whoever settles payments here makes blocks, and an escrow's time is counted in blocks: without a rate a
 * stranger could outrun it.
 */
final class Turnstile {
    private final Semaphore places;
    private final int waitingMax;
    private final int burst;
    private final long nanosEach;
    private final LongSupplier nanoTime;
    private long paidUntil;

    /**
     * @param places at work at once
     * @param waitingMax who may wait for a place
     * @param burst so many may come at once after a quiet time
     * @param perSecond in the long run
     * @param nanoTime as {@link System#nanoTime}
     */
    Turnstile(int places, int waitingMax, int burst, int perSecond, LongSupplier nanoTime) {
        this.places = new Semaphore(places, true);
        this.waitingMax = waitingMax;
        this.burst = burst;
        this.nanosEach = 1_000_000_000L / perSecond;
        this.nanoTime = nanoTime;
        this.paidUntil = nanoTime.getAsLong() - burst * nanosEach;
    }

    /** Waits for a place, which is to be {@linkplain #leave left}; refuses at once if too many came. */
    void enter() throws ApiError, InterruptedException {
        if (places.getQueueLength() >= waitingMax || !isInRate()) {
            throw ApiError.busy("Too many payments are settled here now.", 1);
        }
        places.acquire();
    }

    /** Gives the place back. */
    void leave() {
        places.release();
    }

    /** Each visit moves the time until which all is paid for; that never lies ahead, and never too far behind. */
    private synchronized boolean isInRate() {
        long now = nanoTime.getAsLong();
        long from = Math.max(paidUntil, now - burst * nanosEach);
        if (from + nanosEach > now) {
            return false;
        }
        paidUntil = from + nanosEach;
        return true;
    }
}
