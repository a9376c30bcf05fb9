package assay.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.OptionalLong;

/**
 * How long ago this process was started, the launcher's share included: it turns into Java and stays one process.
 *
 * <p>Linux tells to a hundredth of a second (proc(5): field 22 of {@code stat}, {@code uptime}); what Java knows
 * may be off by a second there, since it adds to a boot time in seconds.
 */
final class ProcessAge {
    private static final int START_FIELD = 22;
    private static final long TICK_MILLIS = 10;

    private ProcessAge() {}

    /** Milliseconds from the start of the process to {@code nanoTime}, a value of {@link System#nanoTime}. */
    static OptionalLong millisAt(long nanoTime) {
        OptionalLong now = millisNow();
        long since = (System.nanoTime() - nanoTime) / 1_000_000;
        return now.isPresent() ? OptionalLong.of(Math.max(0, now.getAsLong() - since)) : now;
    }

    private static OptionalLong millisNow() {
        try {
            return OptionalLong.of(linux(read("/proc/self/stat"), read("/proc/uptime")));
        } catch (IOException | RuntimeException e) {
            Instant now = Instant.now();
            return ProcessHandle.current()
                    .info()
                    .startInstant()
                    .map(start -> OptionalLong.of(Duration.between(start, now).toMillis()))
                    .orElse(OptionalLong.empty());
        }
    }

    /** Milliseconds between the start that {@code stat} tells, in ticks since boot, and {@code uptime}. */
    static long linux(String stat, String uptime) {
        String afterName = stat.substring(stat.lastIndexOf(')') + 2);
        long ticks = Long.parseLong(afterName.split(" ", -1)[START_FIELD - 3]);
        String up = uptime.substring(0, uptime.indexOf(' '));
        int point = up.indexOf('.');
        long upMillis =
                Long.parseLong(up.substring(0, point)) * 1000 + Long.parseLong(up.substring(point + 1)) * TICK_MILLIS;
        return upMillis - ticks * TICK_MILLIS;
    }

    private static String read(String file) throws IOException {
        return Files.readString(Path.of(file), StandardCharsets.US_ASCII);
    }
}
