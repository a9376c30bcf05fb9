package assay.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class ProcessAgeTest {
    @Test
    void linuxTellsTheStartInTicksAfterAnyName() {
        String stat = "17 (a ) 9 b) S 1 17 17 0 -1 4194560 1 2 3 4 5 6 7 8 20 0 1 0 1200 99 88";
        assertEquals(3_450, ProcessAge.linux(stat, "15.45 30.00\n"));
    }

    @Test
    void thisProcessIsAsOldAsJavaSaysGiveOrTakeItsSecond() {
        Instant start = ProcessHandle.current().info().startInstant().orElseThrow();
        long expected = Duration.between(start, Instant.now()).toMillis();
        long found = ProcessAge.millisAt(System.nanoTime()).orElseThrow();
        assertTrue(Math.abs(found - expected) < 2_000, found + " ms, Java says " + expected);
    }

    @Test
    void aMomentBeforeNowIsEarlier() {
        long now = System.nanoTime();
        long then = ProcessAge.millisAt(now - 1_000_000_000L).orElseThrow();
        assertTrue(then <= ProcessAge.millisAt(now).orElseThrow());
    }
}
