package assay.ledger.store;

import assay.ledger.Ledger;
import assay.ledger.Ledger.Check;
import assay.ledger.tx.SignedTransaction;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Threads that look at the signatures of many transactions at once. What comes out does not depend on how
 * many there are. Safe for many callers.
 */
public final class CheckPool implements AutoCloseable {
    /** So many are taken at a time: about a millisecond of work. */
    private static final int SLICE = 16;

    private final int helpers;
    private final ExecutorService threads;

    /** A pool in which so many threads work for a caller, its own included: at least 1. */
    public CheckPool(int threads) {
        if (threads < 1) {
            throw new IllegalArgumentException("at least one thread, got " + threads);
        }
        helpers = threads - 1;
        this.threads = Executors.newFixedThreadPool(
                Math.max(1, helpers),
                Thread.ofPlatform().daemon().name("check-", 0).factory());
    }

    /** {@link Ledger#check} of each, in order. */
    public List<Check> check(List<SignedTransaction> transactions, long chainId) {
        Check[] out = new Check[transactions.size()];
        AtomicInteger next = new AtomicInteger();
        Runnable work = () -> {
            int from = next.getAndAdd(SLICE);
            while (from < out.length) {
                for (int i = from; i < Math.min(from + SLICE, out.length); i++) {
                    out[i] = Ledger.check(transactions.get(i), chainId);
                }
                from = next.getAndAdd(SLICE);
            }
        };
        CompletableFuture<?>[] others = new CompletableFuture<?>[Math.min(helpers, out.length / SLICE)];
        for (int i = 0; i < others.length; i++) {
            others[i] = CompletableFuture.runAsync(work, threads);
        }
        work.run();
        CompletableFuture.allOf(others).join();
        return Arrays.asList(out);
    }

    @Override
    public void close() {
        threads.shutdown();
    }
}
