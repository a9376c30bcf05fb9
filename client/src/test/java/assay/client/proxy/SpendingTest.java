package assay.client.proxy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import assay.core.base.Amount;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SpendingTest {
    @TempDir
    Path folder;

    private final AtomicReference<Instant> now = new AtomicReference<>(Instant.parse("2026-11-21T12:00:00Z"));
    private final InstantSource clock = now::get;
    private Path file;

    @BeforeEach
    void name() {
        file = folder.resolve("spending");
    }

    private Spending open() throws IOException {
        return Spending.open(file, Amount.ofMicro(100), Amount.ofMicro(250), clock);
    }

    @Test
    void aRequestAboveItsLimitIsRefused() throws Exception {
        try (Spending spending = open()) {
            spending.reserve(Amount.ofMicro(100));
            assertThrows(Spending.LimitException.class, () -> spending.reserve(Amount.ofMicro(101)));
        }
    }

    @Test
    void aLongHistoryHidesNothingOfToday() throws Exception {
        String old = "2026-11-20 7 1".repeat(1 << 16) + "\n"; // few lines, that reading them be quick
        for (int i = 0; i < 72; i++) {
            Files.writeString(file, old, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        }
        Files.writeString(file, "2026-11-21 8 99\n", StandardOpenOption.APPEND);
        long size = Files.size(file);
        try (Spending spending = open()) {
            assertEquals(Amount.ofMicro(99), spending.spent());
            assertEquals(size, Files.size(file));
        }
    }

    @Test
    void aDayIsOverWhenItsSumIsPromised() throws Exception {
        try (Spending spending = open()) {
            spending.reserve(Amount.ofMicro(100));
            spending.reserve(Amount.ofMicro(100));
            spending.reserve(Amount.ofMicro(50));
            assertThrows(Spending.LimitException.class, () -> spending.reserve(Amount.ofMicro(1)));
            now.set(Instant.parse("2026-11-22T00:00:00Z"));
            spending.reserve(Amount.ofMicro(100));
            assertEquals(Amount.ofMicro(100), spending.spent());
        }
    }

    @Test
    void whatAnAnswerDidNotCostMayBeSpentAgain() throws Exception {
        try (Spending spending = open()) {
            String first = spending.reserve(Amount.ofMicro(100));
            spending.settle(first, Amount.ofMicro(7));
            assertEquals(Amount.ofMicro(7), spending.spent());
        }
    }

    @Test
    void aRestartForgetsNothingAndCountsWhatIsUnknownInFull() throws Exception {
        try (Spending spending = open()) {
            spending.settle(spending.reserve(Amount.ofMicro(100)), Amount.ofMicro(10));
            spending.reserve(Amount.ofMicro(90));
        }
        try (Spending spending = open()) {
            assertEquals(Amount.ofMicro(100), spending.spent());
            spending.reserve(Amount.ofMicro(100));
            assertEquals(Amount.ofMicro(200), spending.spent(), "a new id, not one of the old ones");
        }
    }

    @Test
    void aTornLastLineIsCutOffAndTheNextIsWhole() throws Exception {
        try (Spending spending = open()) {
            spending.reserve(Amount.ofMicro(40));
        }
        Files.writeString(file, "2026-11-21 1 9", StandardOpenOption.APPEND);
        try (Spending spending = open()) {
            assertEquals(Amount.ofMicro(40), spending.spent());
            spending.reserve(Amount.ofMicro(60));
        }
        try (Spending spending = open()) {
            assertEquals(Amount.ofMicro(100), spending.spent());
        }
    }

    @Test
    void oneProxyAtATimeHasTheFile() throws Exception {
        try (Spending spending = open()) {
            spending.reserve(Amount.ofMicro(1));
            assertThrows(IOException.class, this::open);
        }
    }
}
