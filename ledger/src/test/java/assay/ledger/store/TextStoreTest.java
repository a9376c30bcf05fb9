package assay.ledger.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import assay.core.base.Hash;
import assay.ledger.BlockContext;
import assay.ledger.Texts;
import assay.ledger.ToldWork;
import assay.ledger.World;
import assay.ledger.crypto.PrivateKey;
import assay.ledger.state.State;
import assay.ledger.tx.SignedTransaction;
import assay.ledger.tx.Transaction;
import assay.ledger.tx.TransactionCodec;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A model's text lasts: through kills, by the log and by snapshots, and on a copy that joins by a snapshot. */
class TextStoreTest {
    private static final int CHUNKS = 5;

    @TempDir
    Path tmp;

    @Test
    void killedWhileTextIsPostedALedgerHasWhatWasAcknowledgedAndTheSameRootFromLogAndSnapshot() throws Exception {
        Path dir = tmp.resolve("ledger");
        long before = 0;
        for (long lines = 1; before < CHUNKS; lines++) {
            long acknowledged = killedAfter(dir, lines);
            try (EmbeddedLedger ledger = TextPoster.open(copy(dir, "look " + lines))) {
                long found = ledger.state().texts().count();
                assertTrue(found >= acknowledged && found > before, found + " of " + acknowledged + " are there");
                before = found;
            }
        }
        Hash root;
        try (EmbeddedLedger ledger = TextPoster.open(copy(dir, "with snapshots"))) {
            root = ledger.state().root();
            State s = ledger.state();
            assertEquals(CHUNKS, s.texts().count());
            assertTrue(Texts.missing(s, s.modelId("smol").orElseThrow(), ToldWork.PROGRAM)
                    .isEmpty());
        }
        Path log = copy(dir, "log alone");
        assertTrue(drop(log, "snapshot-") > 0, "there were snapshots with text in them");
        try (EmbeddedLedger ledger = TextPoster.open(log)) {
            assertEquals(root, ledger.state().root());
        }
    }

    /** Kills the process after so many lines; gives the last count that it acknowledged. */
    private static long killedAfter(Path dir, long lines) throws Exception {
        Process child = CrashTest.start(TextPoster.class, List.of(), dir);
        long acknowledged = 0;
        try (BufferedReader out = CrashTest.reader(child)) {
            String line = out.readLine();
            for (long i = 1; line != null; i++) {
                acknowledged = line.equals("done") ? acknowledged : Long.parseLong(line);
                if (i == lines || line.equals("done")) {
                    child.toHandle().destroyForcibly();
                }
                line = out.readLine();
            }
        }
        assertTrue(child.waitFor(60, TimeUnit.SECONDS));
        return acknowledged;
    }

    private Path copy(Path dir, String name) throws IOException {
        Path to = Files.createDirectories(tmp.resolve(name));
        try (Stream<Path> files = Files.list(dir)) {
            for (Path file : files.toList()) {
                Files.copy(file, to.resolve(file.getFileName()));
            }
        }
        return to;
    }

    private static int drop(Path dir, String beginning) throws IOException {
        int count = 0;
        try (Stream<Path> files = Files.list(dir)) {
            for (Path file : files.toList()) {
                if (String.valueOf(file.getFileName()).startsWith(beginning)) {
                    Files.delete(file);
                    count++;
                }
            }
        }
        return count;
    }

    @Test
    void aCopyThatJoinsByASnapshotHasTheTextAndTheSameRoot() throws Exception {
        List<byte[]> blocks = blocks();
        try (ReplicatedLedger old = replica("old")) {
            for (int i = 0; i < blocks.size(); i++) {
                old.finish(block(i + 1), List.of(blocks.get(i)));
                old.commit();
                while (old.offers().isEmpty() && i == blocks.size() - 2) {
                    Thread.sleep(10); // a snapshot is written beside the blocks
                }
            }
            assertEquals(CHUNKS, old.state().texts().count());
            ReplicatedLedger.Offer offer = old.offers().getLast();
            List<byte[]> chunks = new ArrayList<>();
            for (int i = 0; i < offer.chunks(); i++) {
                chunks.add(old.chunk(offer.height(), i));
            }
            Hash root = rootAfter(blocks, offer.height());
            try (ReplicatedLedger fresh = replica("fresh")) {
                assertTrue(fresh.join(offer.height(), offer.chunks(), root));
                for (int i = 0; i < chunks.size(); i++) {
                    fresh.join(i, chunks.get(i));
                }
                assertEquals(root, fresh.state().root());
                assertTrue(fresh.state().texts().count() > 0, "the snapshot has text in it");
                for (int i = (int) offer.height(); i < blocks.size(); i++) {
                    fresh.finish(block(i + 1), List.of(blocks.get(i)));
                    fresh.commit();
                }
                assertEquals(old.state().root(), fresh.state().root());
                State s = fresh.state();
                assertTrue(Texts.missing(s, s.modelId("smol").orElseThrow(), ToldWork.PROGRAM)
                        .isEmpty());
            }
            try (ReplicatedLedger again = replica("fresh")) {
                assertEquals(old.state().root(), again.state().root(), "opened again");
            }
        }
    }

    private Hash rootAfter(List<byte[]> blocks, long height) throws Exception {
        try (ReplicatedLedger other = replica("other")) {
            for (int i = 0; i < height; i++) {
                other.finish(block(i + 1), List.of(blocks.get(i)));
                other.commit();
            }
            return other.state().root();
        }
    }

    private ReplicatedLedger replica(String name) throws IOException {
        ReplicatedLedger.begin(tmp.resolve(name), TextPoster.WORLD.genesis);
        return ReplicatedLedger.open(tmp.resolve(name), 2, 40_000);
    }

    /** The publication and each chunk, a transaction a block. */
    private List<byte[]> blocks() throws Exception {
        PrivateKey author = World.key("author");
        long chain = TextPoster.WORLD.genesis.chainId();
        List<byte[]> out = new ArrayList<>();
        out.add(TransactionCodec.encode(SignedTransaction.sign(chain, author, 0, TextPoster.publication())));
        Hash model;
        try (ReplicatedLedger first = replica("first")) {
            first.finish(block(1), out);
            first.commit();
            model = first.state().modelId("smol").orElseThrow();
        }
        for (Transaction.PostText post : Texts.posts(model, ToldWork.PROGRAM)) {
            out.add(TransactionCodec.encode(SignedTransaction.sign(chain, author, out.size(), post)));
        }
        return out;
    }

    private static BlockContext block(long height) {
        return new BlockContext(height, 1_000 * height, World.hash("block " + height));
    }
}
