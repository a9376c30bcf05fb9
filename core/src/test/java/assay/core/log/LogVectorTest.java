package assay.core.log;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import assay.core.base.Hash;
import assay.core.base.NodeSigner;
import assay.core.merkle.Merkle;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A log of 1,000 receipts; left in target/log for Go to check (vectors/log/README.md). */
class LogVectorTest {
    private static final NodeSigner SIGNER = NodeSigner.ofSeed(Hash.sha256().bytes());
    private static final String ORIGIN = ReceiptLog.originOf(SIGNER.key());
    private static final long[] SIZES = {1, 2, 41, 256, 257, 700, 1000};

    private static Hash receipt(int i) {
        return Hash.sha256(("receipt " + i).getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void everyLeafIsProvenUnderEveryCheckpointAndLeftForGo() throws Exception {
        Path folder = Files.createDirectories(Path.of("target/log"));
        Files.writeString(folder.resolve("key"), new NoteKey(ORIGIN, SIGNER.key()).text() + "\n");
        ReceiptLog log = new ReceiptLog(ORIGIN);
        Checkpoint before = log.checkpoint(0);
        for (long size : SIZES) {
            while (log.size() < size) {
                log.append(receipt((int) log.size()), log.size() % 5);
            }
            Checkpoint now = log.checkpoint(size);
            Note signed = now.sign(SIGNER);
            assertEquals(now, Checkpoint.parse(Note.parse(signed.encode()).text()));
            assertTrue(Merkle.checkConsistency(
                    log.proveConsistency(before.size(), size), before.size(), before.root(), size, now.root()));
            for (int i = 0; i < size; i++) {
                LogProof proof = log.prove(i, now, signed);
                assertTrue(proof.holds(receipt(i), now));
                assertFalse(proof.holds(receipt(i + 1), now));
            }
            write(folder, log, before.size(), signed);
            before = now;
        }
    }

    private static void write(Path folder, ReceiptLog log, long before, Note signed) throws IOException {
        Files.write(folder.resolve("checkpoint." + log.size()), signed.encode());
        for (Tile t : Tile.between(before, log.size())) {
            Path file = folder.resolve(t.path());
            Files.createDirectories(file.getParent());
            long from = t.index() * Tile.WIDTH;
            Files.write(
                    file,
                    t.level() == Tile.ENTRIES
                            ? Tile.entries(log.leaves(from, from + t.width()))
                            : t.hashes(log.tree()));
        }
    }

    @Test
    void aLogIsTheSameWhenBuiltAgainFromItsLeaves() {
        ReceiptLog log = new ReceiptLog(ORIGIN);
        for (int i = 0; i < 100; i++) {
            log.append(receipt(i), i);
        }
        ReceiptLog again = new ReceiptLog(ORIGIN);
        log.leaves(0, 100).forEach(again::restore);
        assertEquals(log.checkpoint(100), again.checkpoint(100));
        assertEquals(4950, again.totalWeight());
        assertEquals(log.checkpoint(57), again.checkpoint(57));
    }

    @Test
    void aLeafReadsBackAndAWrongWeightDoesNotHold() throws Exception {
        ReceiptLog log = new ReceiptLog(ORIGIN);
        Leaf leaf = log.append(receipt(0), 7);
        assertEquals(leaf, Leaf.parse(leaf.encode()));
        assertEquals(Merkle.leaf(leaf.encode()), log.checkpoint(1).root());
        Checkpoint c = log.checkpoint(1);
        LogProof proof = log.prove(0, c, c.sign(SIGNER));
        assertFalse(new LogProof(0, 8, proof.path(), proof.checkpoint()).holds(receipt(0), c));
        Checkpoint lying = new Checkpoint(ORIGIN, 1, c.root(), 8, List.of());
        assertFalse(proof.holds(receipt(0), lying));
    }

    @Test
    void weightsNeverFallAndNeverWrap() {
        ReceiptLog log = new ReceiptLog(ORIGIN);
        log.append(receipt(0), Long.MAX_VALUE);
        assertThrows(ArithmeticException.class, () -> log.append(receipt(1), 1));
        assertThrows(IllegalArgumentException.class, () -> log.append(receipt(1), -1));
        assertThrows(IllegalArgumentException.class, () -> log.restore(new Leaf(receipt(1), 5)));
        assertEquals(1, log.size());
    }
}
