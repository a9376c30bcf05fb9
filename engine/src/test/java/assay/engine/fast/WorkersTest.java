package assay.engine.fast;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Arrays;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import org.junit.jupiter.api.Test;

class WorkersTest {
    @Test
    void everyPartOfEachTaskIsRunOnce() throws InterruptedException {
        for (int count = 1; count <= 3; count++) {
            try (Workers workers = new Workers(count)) {
                for (int i = 0; i < 4000; i++) {
                    int parts = i % 7;
                    AtomicIntegerArray runs = new AtomicIntegerArray(8);
                    if (i % 2 == 0) {
                        workers.run(parts, (worker, part) -> runs.incrementAndGet(part));
                    } else {
                        workers.runApart(parts, (worker, part) -> runs.incrementAndGet(part));
                    }
                    int[] expected = new int[8];
                    Arrays.fill(expected, 0, parts, 1);
                    assertArrayEquals(
                            expected,
                            java.util.stream.IntStream.range(0, 8)
                                    .map(runs::get)
                                    .toArray());
                    if (i % 900 == 899) {
                        Thread.sleep(20); // long enough for the others to park
                    }
                }
            }
        }
    }

    @Test
    void aWorkerThatWasPutAsideIsWaitedForOnlyIfItHoldsAPart() throws InterruptedException {
        try (Workers workers = new Workers(2)) {
            CountDownLatch held = new CountDownLatch(1);
            CountDownLatch free = new CountDownLatch(1);
            AtomicInteger others = new AtomicInteger();
            Thread freer = new Thread(() -> {
                try {
                    held.await();
                    while (others.get() < 9) {
                        Thread.onSpinWait();
                    }
                    free.countDown();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            });
            freer.start();
            AtomicInteger first = new AtomicInteger(-1);
            workers.run(10, (worker, part) -> {
                if (first.compareAndSet(-1, part)) {
                    held.countDown();
                    try {
                        free.await();
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                    }
                } else {
                    others.incrementAndGet();
                }
            });
            freer.join();
            assertEquals(9, others.get());
        }
    }

    @Test
    void aWorkerThatIsDoneWithItsShareTakesTheOthers() {
        try (Workers workers = new Workers(2)) {
            AtomicInteger others = new AtomicInteger();
            AtomicInteger holder = new AtomicInteger(-1);
            workers.runApart(10, (worker, part) -> {
                if (holder.compareAndSet(-1, worker)) {
                    while (others.get() < 9) { // all parts but this one, of both shares
                        Thread.onSpinWait();
                    }
                } else {
                    others.incrementAndGet();
                }
            });
            assertEquals(9, others.get());
        }
    }

    @Test
    void anErrorInAPartReachesTheCaller() {
        try (Workers workers = new Workers(2)) {
            AtomicInteger ran = new AtomicInteger();
            assertThrows(
                    IllegalStateException.class,
                    () -> workers.run(4, (worker, part) -> {
                        ran.incrementAndGet();
                        if (part == 1) {
                            throw new IllegalArgumentException("on purpose");
                        }
                    }));
            assertEquals(4, ran.get());
            workers.run(2, (worker, part) -> ran.incrementAndGet());
            assertEquals(6, ran.get());
        }
    }
}
