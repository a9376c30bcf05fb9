package assay.bench.crash;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Honest answers never fail: on a whole node, with everything that a request can ask for. */
final class HonestAnswersTest {
    @TempDir
    Path dir;

    @Test
    void sixtyVariedRequestsOfFourClientsGiveNoFalseAlarm() throws Exception {
        long seed = 5;
        Laws.Found found = HonestRun.run(Subject.tiny(dir), 60, 4, 24, seed);
        assertEquals(List.of(), found.faults(), "seed " + seed);
        assertTrue(found.receipts() >= 50, "receipts: " + found.receipts());
        assertTrue(found.cached() > 0, "some prefix was reused");
    }
}
