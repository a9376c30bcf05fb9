package assay.ledger.store;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import assay.core.base.Amount;
import assay.core.base.Hash;
import assay.core.base.MalformedException;
import assay.ledger.BlockContext;
import assay.ledger.Outcome;
import assay.ledger.Reason;
import assay.ledger.World;
import assay.ledger.crypto.PrivateKey;
import assay.ledger.state.Genesis;
import assay.ledger.store.ReplicatedLedger.Seen;
import assay.ledger.tx.SignedTransaction;
import assay.ledger.tx.Transaction.Transfer;
import assay.ledger.tx.TransactionCodec;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReplicatedLedgerTest {
    private static final PrivateKey FAUCET = World.key("faucet");
    private static final Genesis GENESIS = Genesis.embedded(3, FAUCET.address(), Amount.ofUnits(1_000));
    private static final byte[] NO_TRANSACTION = "no transaction".getBytes(StandardCharsets.US_ASCII);

    @TempDir
    Path tmp;

    private ReplicatedLedger open(String name) throws Exception {
        ReplicatedLedger.begin(tmp.resolve(name), GENESIS);
        return ReplicatedLedger.open(tmp.resolve(name), 2, 2_000);
    }

    private static SignedTransaction transfer(long nonce) {
        Transfer body = new Transfer(World.key("to").address(), Amount.ofMicro(1));
        return SignedTransaction.sign(GENESIS.chainId(), FAUCET, nonce, body);
    }

    private static byte[] bytes(long nonce) {
        return TransactionCodec.encode(transfer(nonce));
    }

    private static BlockContext block(long height) {
        return new BlockContext(height, 1_000 * height, World.hash("block " + height));
    }

    @Test
    void theSameBlocksLeadWhereTheEmbeddedLedgerGoes() throws Exception {
        try (EmbeddedLedger embedded = EmbeddedLedger.open(tmp.resolve("embedded"), GENESIS);
                ReplicatedLedger replica = open("replica")) {
            for (int i = 0; i < 20; i++) {
                assertInstanceOf(
                        Outcome.Applied.class, embedded.submit(transfer(i)).get());
                ReplicatedLedger.Finished done = replica.finish(embedded.context(), List.of(bytes(i)));
                replica.commit();
                assertEquals(embedded.state().root(), done.root());
                assertEquals(done.root(), replica.state().root());
            }
        }
    }

    @Test
    void whatIsFinishedLastsOnlyWhenItIsCommitted() throws Exception {
        Hash first;
        try (ReplicatedLedger ledger = open("a")) {
            first = ledger.finish(block(1), List.of(bytes(0))).root();
            assertEquals(first, ledger.finish(block(1), List.of(bytes(0))).root(), "repeated");
            ledger.commit();
            ledger.finish(block(2), List.of(bytes(1)));
            assertEquals(1, ledger.state().height());
        }
        try (ReplicatedLedger ledger = open("a")) {
            assertEquals(first, ledger.state().root(), "the second block is the engine's to bring again");
            assertThrows(IllegalStateException.class, ledger::commit);
            Hash second = ledger.finish(block(2), List.of(bytes(1))).root();
            ledger.commit();
            assertEquals(second, ledger.state().root());
        }
    }

    @Test
    void aProposalHoldsWhatAppliesInOrderAndAnyOtherIsRefused() throws Exception {
        try (ReplicatedLedger ledger = open("a")) {
            List<byte[]> mixed = List.of(bytes(1), bytes(0), NO_TRANSACTION, bytes(0), bytes(1), bytes(2));
            List<byte[]> chosen = ledger.propose(1_000, mixed, 1 << 20, 5);
            assertEquals(3, chosen.size());
            for (int i = 0; i < 3; i++) {
                assertArrayEquals(bytes(i), chosen.get(i));
            }
            assertTrue(ledger.accepts(block(1), chosen));
            assertFalse(ledger.accepts(block(2), chosen), "another height");
            assertFalse(ledger.accepts(block(1), mixed));
            assertFalse(ledger.accepts(block(1), List.of(NO_TRANSACTION)));
            byte[] forged = bytes(0);
            forged[60] ^= 1;
            assertFalse(ledger.accepts(block(1), List.of(forged)));

            int room = bytes(0).length + 5;
            assertEquals(1, ledger.propose(1_000, mixed, 2L * room - 1, 5).size());
            assertEquals(2, ledger.propose(1_000, mixed, 2L * room, 5).size());

            // A block that others decided all the same: what does not apply is named and left out.
            ReplicatedLedger.Finished done = ledger.finish(block(1), mixed);
            assertEquals(new Seen.Refused(Reason.NONCE_AHEAD), done.results().get(0));
            assertInstanceOf(Seen.Malformed.class, done.results().get(2));
            assertEquals(new Seen.Refused(Reason.NONCE_STALE), done.results().get(3));
            assertInstanceOf(Seen.Accepted.class, done.results().get(5));
        }
    }

    @Test
    void transactionsWaitInTheOrderOfTheirNonces() throws Exception {
        try (ReplicatedLedger ledger = open("a")) {
            assertEquals(new Seen.Refused(Reason.NONCE_AHEAD), ledger.check(bytes(1)));
            assertInstanceOf(Seen.Accepted.class, ledger.check(bytes(0)));
            assertInstanceOf(Seen.Accepted.class, ledger.check(bytes(1)));
            assertEquals(new Seen.Refused(Reason.NONCE_STALE), ledger.check(bytes(0)));
            assertInstanceOf(Seen.Malformed.class, ledger.check(NO_TRANSACTION));
            ledger.finish(block(1), List.of(bytes(0)));
            ledger.commit();
            assertInstanceOf(Seen.Accepted.class, ledger.check(bytes(1)), "asked again after each block");
        }
    }

    @Test
    void whyATransactionIsRefusedIsSaidBeforeItsBlock() throws Exception {
        try (ReplicatedLedger ledger = open("a")) {
            for (int height = 1; height <= 3; height++) {
                assertEquals(Optional.empty(), ledger.refusal(transfer(height - 1)));
                assertEquals(Optional.of(Reason.NONCE_AHEAD), ledger.refusal(transfer(height)));
                ledger.finish(block(height), List.of(bytes(height - 1)));
                ledger.commit();
                assertEquals(Optional.of(Reason.NONCE_STALE), ledger.refusal(transfer(height - 1)));
            }
        }
    }

    @Test
    void aSnapshotBringsAnotherCopyToTheSameState() throws Exception {
        try (ReplicatedLedger old = open("old")) {
            for (int i = 0; i < 40; i++) {
                old.finish(block(i + 1), List.of(bytes(i)));
                old.commit();
            }
            while (old.offers().isEmpty()) {
                Thread.sleep(10);
            }
            ReplicatedLedger.Offer offer = old.offers().getFirst();
            List<byte[]> chunks = new ArrayList<>();
            for (int i = 0; i < offer.chunks(); i++) {
                chunks.add(old.chunk(offer.height(), i));
            }
            assertEquals(0, old.chunk(offer.height(), offer.chunks()).length);
            Hash root;
            try (ReplicatedLedger same = open("same")) {
                for (int i = 0; i < offer.height(); i++) {
                    same.finish(block(i + 1), List.of(bytes(i)));
                    same.commit();
                }
                root = same.state().root();
                assertFalse(same.join(offer.height(), offer.chunks(), root), "it has blocks of its own");
            }
            try (ReplicatedLedger fresh = open("fresh")) {
                assertTrue(fresh.join(offer.height(), offer.chunks(), World.hash("another root")));
                assertThrows(MalformedException.class, () -> fresh.join(0, chunks.get(0)));
                assertTrue(fresh.join(offer.height(), offer.chunks(), root));
                fresh.join(0, chunks.get(0));
                byte[] bent = chunks.get(1).clone();
                bent[30] ^= 1;
                assertThrows(MalformedException.class, () -> {
                    fresh.join(1, bent);
                    for (int i = 2; i < chunks.size(); i++) {
                        fresh.join(i, chunks.get(i));
                    }
                });
                assertEquals(0, fresh.state().height());
                assertTrue(fresh.join(offer.height(), offer.chunks(), root));
                for (int i = 0; i < chunks.size(); i++) {
                    fresh.join(i, chunks.get(i));
                }
                assertEquals(root, fresh.state().root());
            }
            try (ReplicatedLedger fresh = open("fresh")) {
                for (long i = fresh.state().height(); i < 40; i++) {
                    fresh.finish(block(i + 1), List.of(bytes(i)));
                    fresh.commit();
                }
                assertEquals(old.state().root(), fresh.state().root());
            }
            try (ReplicatedLedger fresh = open("fresh")) {
                assertEquals(old.state().root(), fresh.state().root());
            }
        }
    }
}
