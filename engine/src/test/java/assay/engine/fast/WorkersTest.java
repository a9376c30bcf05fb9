package assay.engine.fast;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;

class WorkersTest {
    @Test
    void everyWorkerRunsEachTaskOnce() throws InterruptedException {
        for (int count = 1; count <= 3; count++) {
            try (Workers workers = new Workers(count)) {
                int[] runs = new int[count * 16];
                for (int i = 0; i < 2000; i++) {
                    workers.run((worker, of) -> runs[worker * 16]++);
                    if (i % 900 == 899) {
                        Thread.sleep(20); // long enough for the others to park
                    }
                }
                for (int worker = 0; worker < count; worker++) {
                    assertEquals(2000, runs[worker * 16]);
                }
            }
        }
    }

    @Test
    void anErrorInAWorkerReachesTheCaller() {
        try (Workers workers = new Workers(2)) {
            assertThrows(
                    IllegalStateException.class,
                    () -> workers.run((worker, of) -> {
                        if (worker == 1) {
                            throw new IllegalArgumentException("on purpose");
                        }
                    }));
            int[] ran = new int[2];
            workers.run((worker, of) -> ran[worker]++);
            assertEquals(2, ran[0] + ran[1]);
        }
    }
}
