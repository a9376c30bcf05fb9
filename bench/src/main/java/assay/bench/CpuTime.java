package assay.bench;

import assay.core.base.MalformedException;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;

/**
 * Processor time, so that company on the machine does not show: what threads of Java used, in seconds. The compiler's
 * and the collector's threads are left out.
 */
public final class CpuTime {
    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();
    private static final double NANO = 1e-9;

    private CpuTime() {}

    /** What is measured. */
    public interface Work {
        /** Does it. */
        void run() throws IOException, InterruptedException, MalformedException;
    }

    /** Of all living threads of Java together; those that end meanwhile are not counted. */
    public static double threads() {
        long sum = 0;
        for (long id : THREADS.getAllThreadIds()) {
            sum += Math.max(0, THREADS.getThreadCpuTime(id));
        }
        return sum * NANO;
    }

    /** Of this thread. */
    public static double own() {
        return THREADS.getCurrentThreadCpuTime() * NANO;
    }

    /** What all living threads of Java spend while this runs. */
    public static double of(Work work) throws IOException, InterruptedException, MalformedException {
        double before = threads();
        work.run();
        return threads() - before;
    }
}
