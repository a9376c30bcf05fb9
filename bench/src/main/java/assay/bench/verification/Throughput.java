package assay.bench.verification;

import assay.core.verify.SeenCheckpoints;
import assay.core.verify.TrustPolicy;
import assay.core.verify.Verdict;
import assay.core.verify.Verifier;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/** How many receipts a checker verifies a second at tier 0, each checkpoint once. */
final class Throughput {
    private static final int THREADS = 2;
    private static final long WARM_NANOS = 2_000_000_000L;
    private static final long NANOS = 4_000_000_000L;

    /** How many a second by the clock, and what one takes of processor time. */
    record Found(double perSecond, double cpuSeconds) {}

    private Throughput() {}

    /** Verifies this file again and again: only its checkpoint is remembered, so each time is as the first. */
    static Found of(byte[] file) throws InterruptedException {
        SeenCheckpoints seen = new SeenCheckpoints(1_024);
        run(file, seen, WARM_NANOS);
        double before = Measuring.cpu();
        long start = System.nanoTime();
        long count = run(file, seen, NANOS);
        double seconds = (System.nanoTime() - start) * 1e-9;
        return new Found(count / seconds, (Measuring.cpu() - before) / count);
    }

    private static long run(byte[] file, SeenCheckpoints seen, long nanos) throws InterruptedException {
        AtomicLong count = new AtomicLong();
        TrustPolicy policy = TrustPolicy.stranger();
        long end = System.nanoTime() + nanos;
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < THREADS; i++) {
            threads.add(Thread.ofPlatform().start(() -> {
                long own = 0;
                while (System.nanoTime() - end < 0) {
                    if (!(Verifier.verify(file, policy, seen) instanceof Verdict.Valid)) {
                        throw new IllegalStateException("the bench's own receipt is not valid");
                    }
                    own++;
                }
                count.addAndGet(own);
            }));
        }
        for (Thread thread : threads) {
            thread.join();
        }
        return count.get();
    }
}
