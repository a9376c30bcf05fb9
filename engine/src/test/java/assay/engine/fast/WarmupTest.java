package assay.engine.fast;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.List;
import org.junit.jupiter.api.Test;

class WarmupTest {
    /** A vector that the compiler failed to keep in a register is an object: it shows as an allocation. */
    @Test
    void compiledKernelsAllocateNothing() {
        assertEquals(List.of(), Warmup.run(300_000), "kernels that stayed slow");
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        for (Warmup.Kernel kernel : Warmup.kernels()) {
            long least = Long.MAX_VALUE;
            for (int i = 0; i < 10_000 && least > 64; i++) {
                long before = threads.getCurrentThreadAllocatedBytes();
                kernel.run().on(1);
                kernel.run().on(1);
                least = Math.min(least, threads.getCurrentThreadAllocatedBytes() - before);
            }
            assertEquals(0, least, kernel.name() + " allocates");
        }
    }
}
