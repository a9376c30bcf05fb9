package assay.ledger.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import assay.core.base.Hash;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ArchiveTest {
    @TempDir
    Path tmp;

    private static EmbeddedLedger open(Path dir) throws IOException {
        return open(dir, 2);
    }

    private static EmbeddedLedger open(Path dir, int snapshots) throws IOException {
        return EmbeddedLedger.open(
                dir, Submitter.GENESIS, InstantSource.system(), new Archive.Keeping(4_000, snapshots));
    }

    private static Hash fill(Path dir, long toHeight) throws Exception {
        return fill(dir, toHeight, 2);
    }

    /** Makes blocks up to a height; about eighteen go into one file. */
    private static Hash fill(Path dir, long toHeight, int snapshots) throws Exception {
        try (EmbeddedLedger ledger = open(dir, snapshots)) {
            for (long nonce = ledger.nonce(Submitter.FAUCET.address());
                    ledger.state().height() < toHeight;
                    nonce++) {
                ledger.submit(Submitter.transfer(nonce)).get();
                if (nonce % 50 == 49) {
                    settleDown(dir);
                }
            }
            assertEquals("", ledger.snapshotTrouble());
            settleDown(dir);
            return ledger.state().root();
        }
    }

    /** Waits until no snapshot is being written. */
    private static void settleDown(Path dir) throws Exception {
        Thread.sleep(20);
        while (names(dir).stream().anyMatch(n -> n.endsWith(".part"))) {
            Thread.sleep(5);
        }
    }

    private static List<String> names(Path dir) throws IOException {
        try (Stream<Path> files = Files.list(dir)) {
            return files.map(f -> f.getFileName().toString()).sorted().toList();
        }
    }

    private static List<Path> snapshots(Path dir) throws IOException {
        return names(dir).stream()
                .filter(n -> n.matches("snapshot-[0-9]+"))
                .map(dir::resolve)
                .toList();
    }

    private static void damage(Path file, long at) throws IOException {
        try (RandomAccessFile f = new RandomAccessFile(file.toFile(), "rw")) {
            f.seek(at);
            int old = f.read();
            f.seek(at);
            f.write(old ^ 1);
        }
    }

    @Test
    void theLogIsDroppedBelowTheOldestSnapshotAndNothingElseIsLost() throws Exception {
        Path dir = tmp.resolve("ledger");
        Hash root = fill(dir, 300);
        List<Path> snapshots = snapshots(dir);
        assertEquals(2, snapshots.size(), names(dir)::toString);
        long oldest =
                Long.parseLong(snapshots.getFirst().getFileName().toString().substring(9));
        List<Long> logs = names(dir).stream()
                .filter(n -> n.startsWith("blocks-"))
                .map(n -> Long.parseLong(n.substring(7, 23)))
                .toList();
        assertTrue(logs.getFirst() > 1 && logs.getFirst() <= oldest + 1, () -> logs + " from snapshot " + oldest);
        assertEquals(root, reopened(dir), "from the newest snapshot");
        assertTrue(fill(dir, 320).equals(reopened(dir)), "and it goes on");
    }

    @Test
    void aDamagedSnapshotIsPutAsideAndTheOneBeforeItTaken() throws Exception {
        for (int what = 0; what < 4; what++) {
            Path dir = tmp.resolve("ledger " + what);
            Hash root = fill(dir, 150);
            Path newest = snapshots(dir).getLast();
            long size = Files.size(newest);
            switch (what) {
                case 0 -> damage(newest, size / 2);
                case 1 -> damage(newest, 3);
                case 2 -> Files.write(newest, new byte[0]);
                default -> {
                    try (RandomAccessFile f = new RandomAccessFile(newest.toFile(), "rw")) {
                        f.setLength(size - 10);
                    }
                }
            }
            assertEquals(root, reopened(dir), "damage " + what);
            assertTrue(names(dir).contains(newest.getFileName() + ".damaged"), names(dir)::toString);
        }
    }

    @Test
    void withoutAWholeSnapshotAndWithTheLogDroppedItSaysSoAndChangesNothing() throws Exception {
        Path dir = tmp.resolve("ledger");
        fill(dir, 300);
        for (Path snapshot : snapshots(dir)) {
            damage(snapshot, 100);
        }
        List<String> logs =
                names(dir).stream().filter(n -> n.startsWith("blocks-")).toList();
        IOException e = assertThrows(IOException.class, () -> open(dir));
        assertTrue(String.valueOf(e.getMessage()).contains("no whole snapshot"), e::toString);
        assertEquals(
                logs, names(dir).stream().filter(n -> n.startsWith("blocks-")).toList());
    }

    @Test
    void theWholeLogAloneIsEnough() throws Exception {
        Path dir = tmp.resolve("ledger");
        Hash root = fill(dir, 100, 20);
        for (Path snapshot : snapshots(dir)) {
            Files.delete(snapshot);
        }
        Files.writeString(dir.resolve("snapshot-0000000000000099.part"), "interrupted");
        assertEquals(root, reopened(dir));
        assertTrue(names(dir).stream().noneMatch(n -> n.endsWith(".part")), "what was interrupted is removed");
    }

    @Test
    void aMissingOrDamagedPieceOfTheLogIsRefused() throws Exception {
        Path dir = tmp.resolve("ledger");
        fill(dir, 100, 20);
        for (Path snapshot : snapshots(dir)) {
            Files.delete(snapshot);
        }
        List<Path> logs = names(dir).stream()
                .filter(n -> n.startsWith("blocks-"))
                .map(dir::resolve)
                .toList();
        assertTrue(logs.size() > 1, logs::toString);
        damage(logs.getFirst(), Files.size(logs.getFirst()) - 3);
        IOException damaged = assertThrows(IOException.class, () -> open(dir));
        assertTrue(String.valueOf(damaged.getMessage()).contains("later files follow"), damaged::toString);
        Files.delete(logs.getFirst());
        assertThrows(IOException.class, () -> open(dir));
    }

    private static Hash reopened(Path dir) throws IOException {
        try (EmbeddedLedger ledger = open(dir)) {
            assertEquals(
                    ledger.nonce(Submitter.FAUCET.address()),
                    ledger.state().balance(Submitter.TO.address()).micro());
            return ledger.state().root();
        }
    }
}
