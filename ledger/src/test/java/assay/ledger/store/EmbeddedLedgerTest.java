package assay.ledger.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import assay.core.base.Amount;
import assay.core.base.Hash;
import assay.ledger.Event;
import assay.ledger.Outcome;
import assay.ledger.Reason;
import assay.ledger.World;
import assay.ledger.crypto.PrivateKey;
import assay.ledger.state.Genesis;
import assay.ledger.tx.SignedTransaction;
import assay.ledger.tx.Signer;
import assay.ledger.tx.Transaction.Transfer;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EmbeddedLedgerTest {
    private static final PrivateKey FAUCET = World.key("faucet");
    private static final Genesis GENESIS = Genesis.embedded(1, FAUCET.address(), Amount.ofUnits(1_000_000));

    @TempDir
    Path tmp;

    private static SignedTransaction transfer(long nonce, long micro) {
        return SignedTransaction.sign(
                GENESIS.chainId(), FAUCET, nonce, new Transfer(World.key("b").address(), Amount.ofMicro(micro)));
    }

    @Test
    void whatWasAcknowledgedIsThereAfterReopening() throws Exception {
        Hash root;
        Path dir = tmp.resolve("ledger");
        try (EmbeddedLedger ledger = EmbeddedLedger.open(dir, GENESIS)) {
            List<CompletableFuture<Outcome>> done = new ArrayList<>();
            for (int i = 0; i < 50; i++) {
                done.add(ledger.submit(transfer(i, i + 1)));
            }
            for (CompletableFuture<Outcome> one : done) {
                assertInstanceOf(Outcome.Applied.class, one.get());
            }
            assertEquals(
                    new Outcome.Rejected(Reason.NONCE_STALE),
                    ledger.submit(transfer(3, 4)).get());
            ledger.advance(2).get();
            root = ledger.state().root();
            assertEquals("rwx------", PosixFilePermissions.toString(Files.getPosixFilePermissions(dir)));
            assertEquals(
                    "rw-------",
                    PosixFilePermissions.toString(
                            Files.getPosixFilePermissions(dir.resolve("blocks-0000000000000001.log"))));
        }
        try (EmbeddedLedger ledger = EmbeddedLedger.open(dir)) {
            assertEquals(root, ledger.state().root());
            assertEquals(
                    Amount.ofMicro(50 * 51 / 2),
                    ledger.state().balance(World.key("b").address()));
            assertEquals(
                    50,
                    ledger.eventsSince(0).stream()
                            .flatMap(b -> b.events().stream())
                            .filter(e -> e instanceof Event.Transferred)
                            .count());
            assertEquals(List.of(), ledger.eventsSince(ledger.state().height()));
        }
    }

    @Test
    void aTornTailIsCutAndADamagedMiddleIsRefused() throws Exception {
        Path dir = tmp.resolve("ledger");
        try (EmbeddedLedger ledger = EmbeddedLedger.open(dir, GENESIS)) {
            for (int i = 0; i < 3; i++) {
                ledger.submit(transfer(i, 1)).get();
            }
        }
        Path file = dir.resolve("blocks-0000000000000001.log");
        byte[] whole = Files.readAllBytes(file);
        int frame = (whole.length - 48) / 3;
        for (int cut = 1; cut <= frame; cut += 7) {
            Files.write(file, java.util.Arrays.copyOf(whole, whole.length - cut));
            try (EmbeddedLedger ledger = EmbeddedLedger.open(dir)) {
                assertEquals(2, ledger.state().height());
                assertInstanceOf(
                        Outcome.Applied.class, ledger.submit(transfer(2, 1)).get());
            }
        }
        Files.write(file, java.util.Arrays.copyOf(whole, whole.length + 4096));
        try (EmbeddedLedger ledger = EmbeddedLedger.open(dir)) {
            assertEquals(3, ledger.state().height(), "a tail of zeros is torn too");
        }
        try (RandomAccessFile f = new RandomAccessFile(file.toFile(), "rw")) {
            f.seek(48 + 30);
            f.write(~whole[48 + 30]);
        }
        IOException e = assertThrows(IOException.class, () -> EmbeddedLedger.open(dir));
        assertTrue(String.valueOf(e.getMessage()).contains("damaged at byte 48"), e.getMessage());
    }

    @Test
    void aFolderBelongsToOneLedgerAtATime() throws Exception {
        Path dir = tmp.resolve("ledger");
        try (EmbeddedLedger first = EmbeddedLedger.open(dir, GENESIS)) {
            IOException e = assertThrows(IOException.class, () -> EmbeddedLedger.open(dir, GENESIS));
            assertTrue(String.valueOf(e.getMessage()).contains("in use"), e.getMessage());
            assertInstanceOf(Outcome.Applied.class, first.submit(transfer(0, 1)).get());
        }
        Genesis other = Genesis.embedded(2, FAUCET.address(), Amount.ofUnits(1));
        IOException e = assertThrows(IOException.class, () -> EmbeddedLedger.open(dir, other));
        assertTrue(String.valueOf(e.getMessage()).contains("another genesis"), e.getMessage());
    }

    @Test
    void aListenerThatThrowsStopsNothing() throws Exception {
        try (EmbeddedLedger ledger = EmbeddedLedger.open(tmp.resolve("ledger"), GENESIS)) {
            List<Long> heights = new ArrayList<>();
            ledger.onBlock(b -> heights.add(b.height()));
            ledger.onBlock(b -> {
                Thread.currentThread().setUncaughtExceptionHandler((t, e) -> heights.add(-1L));
                throw new IllegalStateException("on purpose");
            });
            assertInstanceOf(
                    Outcome.Applied.class, ledger.submit(transfer(0, 1)).get());
            assertInstanceOf(
                    Outcome.Applied.class, ledger.submit(transfer(1, 1)).get());
            assertEquals(List.of(1L, -1L, 2L, -1L), heights);
        }
    }

    @Test
    void aSenderCountsItsNonces() throws Exception {
        try (EmbeddedLedger ledger = EmbeddedLedger.open(tmp.resolve("ledger"), GENESIS)) {
            Sender sender = new Sender(ledger, new Signer(FAUCET, GENESIS.chainId()));
            Transfer one = new Transfer(World.key("b").address(), Amount.ofMicro(1));
            List<CompletableFuture<List<Outcome>>> sent = new ArrayList<>();
            for (int i = 0; i < 10; i++) {
                sent.add(sender.send(List.of(one, one)));
            }
            sender.send(new Transfer(FAUCET.address(), Amount.ofMicro(1))).get();
            for (CompletableFuture<List<Outcome>> outcomes : sent) {
                outcomes.get().forEach(o -> assertInstanceOf(Outcome.Applied.class, o));
            }
            assertInstanceOf(Outcome.Applied.class, sender.send(one).get());
            assertEquals(Amount.ofMicro(21), ledger.state().balance(one.to()));
        }
    }
}
