package assay.node.serve;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class JournalTest {
    private static final List<String> RECORDS = List.of("first", "x", "a third, longer record", "4", "the fifth");

    @TempDir
    Path dir;

    @Test
    void whatWasAppendedIsFoundInOrder() throws IOException {
        Path file = written("journal");
        assertEquals(RECORDS, found(file));
        assertEquals(RECORDS, found(file), "reading changes nothing");
    }

    @Test
    void numberedRecordsAreReadAgainAlsoAfterARevisionAndAReopening() throws IOException {
        Path file = dir.resolve("numbered");
        for (int start = 0; start < 2; start++) {
            try (Journal journal = Journal.at(file, record -> record[0] == 'n')) {
                journal.begin(record -> {});
                for (int i = 0; i < 20; i++) {
                    int number = 20 * start + i;
                    journal.append(bytes("other " + number)).join();
                    journal.append(bytes("n" + number)).join();
                    assertEquals("n" + number / 2, new String(journal.read(number / 2), StandardCharsets.UTF_8));
                }
                journal.revise(record -> record[0] == 'n' ? record : new byte[0])
                        .join();
                for (int number = 0; number < 20 * (start + 1); number++) {
                    assertEquals("n" + number, new String(journal.read(number), StandardCharsets.UTF_8));
                }
            }
        }
        assertEquals(40, found(file).size(), "the others are gone");
    }

    @Test
    void aRevisionThatLosesANumberedRecordIsRefused() throws IOException {
        try (Journal journal = Journal.at(dir.resolve("kept"), record -> record[0] == 'n')) {
            journal.begin(record -> {});
            journal.append(bytes("n0")).join();
            assertThrows(CompletionException.class, () -> journal.revise(record -> new byte[0])
                    .join());
            assertArrayEquals(bytes("n0"), journal.read(0));
        }
    }

    @Test
    void aTailTornAtAnyByteLosesTheLastRecordsAndNoOther() throws IOException {
        byte[] whole = Files.readAllBytes(written("whole"));
        for (int length = 0; length <= whole.length; length++) {
            Path torn = Files.write(dir.resolve("torn"), Arrays.copyOf(whole, length));
            List<String> expected = new ArrayList<>();
            int end = 0;
            for (String record : RECORDS) {
                end += 8 + record.length();
                if (end <= length) {
                    expected.add(record);
                }
            }
            assertEquals(expected, found(torn), "torn at byte " + length);
            try (Journal journal = Journal.open(torn, record -> {})) {
                journal.append(bytes("after the crash")).join();
            }
            expected.add("after the crash");
            assertEquals(expected, found(torn), "appended after a tail torn at byte " + length);
        }
    }

    @Test
    void aRevisionKeepsTheOrderAndWhatIsAppendedMeanwhile() throws IOException {
        Path file = written("revised");
        try (Journal journal = Journal.open(file, record -> {})) {
            CompletableFuture<Void> revised =
                    journal.revise(record -> switch (new String(record, StandardCharsets.UTF_8)) {
                        case "x" -> new byte[0];
                        case "4" -> bytes("four");
                        default -> record;
                    });
            journal.append(bytes("sixth")).join();
            revised.join();
            journal.append(bytes("seventh")).join();
        }
        assertEquals(List.of("first", "a third, longer record", "four", "the fifth", "sixth", "seventh"), found(file));
    }

    @Test
    void aRevisionThatFailsLeavesTheJournalAsItIs() throws IOException {
        Path file = written("unrevised");
        try (Journal journal = Journal.open(file, record -> {})) {
            CompletableFuture<Void> revised = journal.revise(record -> {
                throw new IOException("no room");
            });
            assertThrows(CompletionException.class, revised::join);
            assertEquals("", journal.refusing());
            journal.append(bytes("sixth")).join();
        }
        List<String> expected = new ArrayList<>(RECORDS);
        expected.add("sixth");
        assertEquals(expected, found(file));
        try (var files = Files.list(dir)) {
            assertEquals(1, files.count(), "nothing half-made is left");
        }
    }

    @Test
    void aRevisionOfADamagedJournalLeavesWhatFollowsTheDamage() throws IOException {
        Path file = written("decayed");
        try (Journal journal = Journal.open(file, record -> {})) {
            byte[] decayed = Files.readAllBytes(file);
            decayed[8] ^= 1;
            Files.write(file, decayed);
            CompletableFuture<Void> revised = journal.revise(record -> record);
            assertThrows(CompletionException.class, revised::join);
            assertArrayEquals(decayed, Files.readAllBytes(file));
        }
    }

    @Test
    void aFaultThatIsNoFaultOfTheDiskIsToldToWhoWaitsToo() throws IOException {
        try (Journal journal = Journal.open(faulty(), record -> {})) {
            assertTold(journal, journal.append(bytes("never written")));
        }
    }

    @Test
    void theSameForWhoWritesOnItsOwnThread() throws IOException {
        try (Journal journal = Journal.open(faulty(), record -> {})) {
            CompletableFuture<Void> written = journal.appendToHelp(bytes("never written"));
            journal.help();
            assertTold(journal, written);
        }
    }

    private static void assertTold(Journal journal, CompletableFuture<Void> written) {
        assertThrows(ExecutionException.class, () -> written.get(30, TimeUnit.SECONDS), "who waits is told, not left");
        assertFalse(journal.refusing().isEmpty());
    }

    private FileChannel faulty() throws IOException {
        return new FakeFileChannel(FileChannel.open(
                dir.resolve("faulty"), StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            @Override
            public int write(ByteBuffer from) {
                throw new OutOfMemoryError("for the test");
            }
        };
    }

    @Test
    void aTailOfZerosIsATornTail() throws IOException {
        Path file = written("zeros");
        Files.write(file, new byte[4096], StandardOpenOption.APPEND);
        assertEquals(RECORDS, found(file));
    }

    @Test
    void aFlippedBitIsNeverReadAsARecordAndNeverCostsTheRecordsAfterIt() throws IOException {
        byte[] whole = Files.readAllBytes(written("whole"));
        int lastStart = whole.length - 8 - RECORDS.getLast().length();
        for (int bit = 0; bit < whole.length * 8; bit++) {
            byte[] flipped = whole.clone();
            flipped[bit / 8] ^= (byte) (1 << bit % 8);
            Path file = Files.write(dir.resolve("flipped"), flipped);
            if (bit / 8 >= lastStart) {
                assertEquals(RECORDS.subList(0, RECORDS.size() - 1), found(file), "bit " + bit);
            } else {
                assertThrows(IOException.class, () -> found(file), "bit " + bit);
                assertArrayEquals(flipped, Files.readAllBytes(file), "a damaged file is left as it is");
            }
        }
    }

    @Test
    void manyWritersKeepTheirOwnOrder() throws Exception {
        Path file = dir.resolve("concurrent");
        int writers = 6;
        int each = 200;
        try (Journal journal = Journal.open(file, record -> {})) {
            List<Thread> threads = new ArrayList<>();
            for (int w = 0; w < writers; w++) {
                int writer = w;
                threads.add(Thread.ofPlatform().start(() -> {
                    List<CompletableFuture<Void>> done = new ArrayList<>();
                    for (int i = 0; i < each; i++) {
                        byte[] record = bytes(writer + ":" + i);
                        done.add(i % 3 == 0 ? journal.append(record) : journal.appendSoon(record));
                    }
                    done.forEach(CompletableFuture::join);
                }));
            }
            for (Thread t : threads) {
                t.join();
            }
        }
        int[] next = new int[writers];
        for (String record : found(file)) {
            int writer = Integer.parseInt(record.substring(0, 1));
            assertEquals(writer + ":" + next[writer]++, record);
        }
        assertEquals(writers * each, Arrays.stream(next).sum());
    }

    @Test
    void aFullDiskRefusesWhatFollowsAndKeepsWhatWasAcknowledged() throws Exception {
        for (int room = 0; room < 400; room += 13) {
            Path file = dir.resolve("full-" + room);
            FileChannel disk = new FullDisk(
                    FileChannel.open(
                            file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE),
                    room);
            List<String> acknowledged = new ArrayList<>();
            Journal journal = Journal.open(disk, record -> {});
            for (int i = 0; i < 40; i++) {
                String record = "record " + i;
                try {
                    journal.append(bytes(record)).join();
                    assertTrue(journal.refusing().isEmpty());
                    acknowledged.add(record);
                } catch (CompletionException e) {
                    assertFalse(journal.refusing().isEmpty());
                }
            }
            journal.close();
            assertTrue(acknowledged.size() < 40);
            assertEquals(acknowledged, found(file), "room for " + room + " bytes");
            try (Journal again = Journal.open(file, record -> {})) {
                again.append(bytes("there is room again")).join();
            }
            acknowledged.add("there is room again");
            assertEquals(acknowledged, found(file));
        }
    }

    @Test
    void whatMustNotBeLostWaitsUntilThereIsRoomAgain() throws Exception {
        Path file = dir.resolve("waiting");
        FullDisk disk = new FullDisk(
                FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE),
                30);
        Journal journal = Journal.open(disk, record -> {});
        journal.append(bytes("fits")).join();
        CompletableFuture<Void> sure = journal.appendSurely(bytes("a receipt that does not fit"));
        CompletableFuture<Void> soon = journal.appendSoon(bytes("an id"));
        while (journal.refusing().isEmpty()) {
            Thread.sleep(1);
        }
        assertThrows(CompletionException.class, () -> journal.append(bytes("new work"))
                .join());
        assertFalse(sure.isDone());
        disk.room = 1 << 20;
        sure.join();
        soon.join();
        journal.append(bytes("new work again")).join();
        assertEquals("", journal.refusing());
        journal.close();
        assertEquals(List.of("fits", "a receipt that does not fit", "an id", "new work again"), found(file));
    }

    @Test
    void whenOnlyNewWorkFoundNoRoomItIsTakenAgainOnceThereIs() throws Exception {
        Path file = dir.resolve("probed");
        FullDisk disk = new FullDisk(
                FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE),
                5);
        Journal journal = Journal.open(disk, record -> {});
        assertThrows(CompletionException.class, () -> journal.append(bytes("new work"))
                .join());
        disk.room = 1 << 20;
        long end = System.nanoTime() + 60_000_000_000L;
        while (!journal.refusing().isEmpty() && System.nanoTime() < end) {
            Thread.sleep(1);
        }
        journal.append(bytes("new work again")).join();
        journal.close();
        assertEquals(List.of("new work again"), found(file));
    }

    @Test
    void aJournalThatIsClosedOnAFullDiskWaitsNoLonger() throws Exception {
        Path file = dir.resolve("ended");
        FullDisk disk = new FullDisk(
                FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE),
                5);
        Journal journal = Journal.open(disk, record -> {});
        CompletableFuture<Void> sure = journal.appendSurely(bytes("a receipt"));
        while (journal.refusing().isEmpty()) {
            Thread.sleep(1);
        }
        journal.close();
        assertThrows(CompletionException.class, sure::join);
        assertEquals(List.of(), found(file));
    }

    @Test
    void nothingIsTakenAfterTheEnd() throws IOException {
        Journal journal = Journal.open(dir.resolve("closed"), record -> {});
        journal.close();
        assertThrows(
                CompletionException.class, () -> journal.append(bytes("late")).join());
        assertThrows(IllegalArgumentException.class, () -> journal.append(new byte[0]));
    }

    private Path written(String name) throws IOException {
        Path file = dir.resolve(name);
        try (Journal journal = Journal.open(file, record -> {})) {
            for (String record : RECORDS) {
                journal.append(bytes(record)).join();
            }
        }
        return file;
    }

    private static List<String> found(Path file) throws IOException {
        List<String> records = new ArrayList<>();
        Journal.open(file, record -> records.add(new String(record, StandardCharsets.UTF_8)))
                .close();
        return records;
    }

    private static byte[] bytes(String record) {
        return record.getBytes(StandardCharsets.UTF_8);
    }

    /** A file that takes so many bytes, the last of them in part, and then no more. */
    private static final class FullDisk extends FakeFileChannel {
        private volatile long room;

        FullDisk(FileChannel file, long room) {
            super(file);
            this.room = room;
        }

        @Override
        public int write(ByteBuffer from) throws IOException {
            if (room == 0) {
                throw new IOException("No space left on device");
            }
            int n = (int) Math.min(room, from.remaining());
            ByteBuffer part = from.slice(from.position(), n);
            while (part.hasRemaining()) {
                file.write(part);
            }
            from.position(from.position() + n);
            room -= n;
            return n;
        }
    }
}
