package assay.bench.verification;

import assay.bench.CpuTime;
import assay.core.verify.SeenCheckpoints;
import assay.core.verify.TrustPolicy;
import assay.core.verify.Verdict;
import assay.core.verify.Verifier;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.DoubleAdder;
import java.util.concurrent.atomic.LongAdder;

/** How many receipts a checker verifies a second at tier 0, each checkpoint once. */
final class Throughput {
    /** Threads of a checker, and of everything else that is measured here. */
    static final int THREADS = 2;

    private static final long WARM_NANOS = 3_000_000_000L;
    private static final long NANOS = 3_000_000_000L;

    /** How many a second by the clock, and what one takes of processor time. */
    record Found(double perSecond, double cpuSeconds) {}

    private Throughput() {}

    /** Verifies this file again and again: only its checkpoint is remembered, so each time is as the first. */
    static Found of(byte[] file) throws InterruptedException {
        SeenCheckpoints seen = new SeenCheckpoints(1_024);
        run(file, seen, WARM_NANOS);
        return run(file, seen, NANOS);
    }

    private static Found run(byte[] file, SeenCheckpoints seen, long nanos) throws InterruptedException {
        LongAdder count = new LongAdder();
        LongAdder invalid = new LongAdder();
        DoubleAdder cpuSeconds = new DoubleAdder();
        TrustPolicy policy = TrustPolicy.stranger();
        long start = System.nanoTime();
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < THREADS; i++) {
            threads.add(Thread.ofPlatform().start(() -> {
                long own = 0;
                double before = CpuTime.own();
                while (System.nanoTime() - start < nanos) {
                    if (!(Verifier.verify(file, policy, seen) instanceof Verdict.Valid)) {
                        invalid.increment();
                    }
                    own++;
                }
                cpuSeconds.add(CpuTime.own() - before);
                count.add(own);
            }));
        }
        for (Thread thread : threads) {
            thread.join();
        }
        if (invalid.sum() > 0) {
            throw new IllegalStateException("the bench's own receipt is not valid");
        }
        double seconds = (System.nanoTime() - start) * 1e-9;
        return new Found(count.sum() / seconds, cpuSeconds.sum() / count.sum());
    }
}
