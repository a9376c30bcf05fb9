package assay.engine.fast;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.sun.management.ThreadMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * A vector that the compiler failed to keep in a register is an object: it shows as an allocation.
 *
 * <p>Run in a fresh process with the launcher's flags: what other tests had compiled before would decide
 * otherwise (docs/adr/0002-kernels-are-not-inlined.md).
 */
class WarmupTest {
    private static final int TRIES = 3;

    @Test
    void compiledKernelsAllocateNothing() throws IOException, InterruptedException {
        String found = "";
        for (int i = 0; i < TRIES; i++) {
            found = inFreshProcess();
            if (found.isEmpty()) {
                return;
            }
        }
        assertEquals("", found, "kernels that allocate, in each of " + TRIES + " fresh processes");
    }

    private static String inFreshProcess() throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(
                System.getProperty("java.home") + "/bin/java",
                "--add-modules",
                "jdk.incubator.vector",
                "-XX:CompileCommand=quiet"));
        for (String kernels : List.of("Tiles", "VectorDot", "VectorFold", "Heads", "Roofline", "Rounding")) {
            command.add("-XX:CompileCommand=dontinline,assay.engine.fast." + kernels + "::*");
            command.add("-XX:CompileCommand=CompileThresholdScaling,assay.engine.fast." + kernels + "::*,0.02");
        }
        for (String api : List.of("jdk.incubator.vector", "jdk.internal.vm.vector")) {
            command.add("-XX:CompileCommand=CompileThresholdScaling," + api + ".*::*,50.0");
        }
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), WarmupTest.class.getName()));
        Process child = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        String out = new String(child.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(0, child.waitFor(), out);
        return out.strip();
    }

    /** Prints the kernels that are slow or allocate, one a line. */
    public static void main(String[] arguments) {
        Warmup.run(new Warmup.Limit(120_000, Integer.MAX_VALUE))
                .forEach(name -> System.out.println(name + " stayed slow"));
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        for (Warmup.Kernel kernel : Warmup.kernels()) {
            long least = Long.MAX_VALUE;
            for (int i = 0; i < 10_000 && least > 0; i++) {
                long before = threads.getCurrentThreadAllocatedBytes();
                kernel.run().on(1);
                kernel.run().on(1);
                least = Math.min(least, threads.getCurrentThreadAllocatedBytes() - before);
            }
            if (least > 0) {
                System.out.println(kernel.name() + " allocates " + least + " bytes");
            }
        }
    }
}
