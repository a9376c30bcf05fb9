package assay.ledger.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import assay.core.base.Hash;
import assay.ledger.Ledger;
import assay.ledger.Reason;
import assay.ledger.World;
import assay.ledger.state.Genesis;
import assay.ledger.store.ReplicatedLedger.Seen;
import assay.ledger.tx.Bytes;
import assay.ledger.tx.SignedTransaction;
import assay.ledger.tx.Transaction;
import assay.ledger.tx.TransactionCodec;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Long transactions that cost their sender nothing, since they are never taken, and a validator its memory. */
class SeenTransactionsAttackTest {
    private static final long CHAIN = Genesis.CHAIN_ID_FIRST + 7;
    private static final int LONG_BYTES = 60_000;

    private static byte[] signedByNobody(int nonce) {
        Transaction body = new Transaction.ShowDispute(World.hash("receipt"), Bytes.of(new byte[LONG_BYTES]));
        return TransactionCodec.encode(SignedTransaction.sign(CHAIN, World.key("penniless"), nonce, body));
    }

    private static Seen accepted(byte[] bytes) throws Exception {
        SignedTransaction t = TransactionCodec.parse(bytes);
        return new Seen.Accepted(((Ledger.Check.Accepted) Ledger.check(t, CHAIN)).transaction());
    }

    @Test
    void longTransactionsOfAPennilessSenderFillNoMemory() throws Exception {
        SeenTransactions seen = new SeenTransactions(2_000_000);
        List<Hash> keys = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            byte[] bytes = signedByNobody(i);
            keys.add(Hash.sha256(bytes));
            seen.put(keys.getLast(), accepted(bytes), bytes.length);
            assertTrue(seen.count() * (long) LONG_BYTES <= 2_000_000, "kept: " + seen.count());
        }
        assertTrue(seen.find(keys.getLast()).isPresent(), "the newest is known");
        assertEquals(Optional.empty(), seen.find(keys.getFirst()), "the oldest is forgotten");
    }

    @Test
    void refusalsAndWhatIsSaidTwiceAreCountedToo() {
        SeenTransactions seen = new SeenTransactions(10_000);
        for (int i = 0; i < 100; i++) {
            seen.put(World.hash("same"), new Seen.Refused(Reason.WRONG_CHAIN), LONG_BYTES);
        }
        assertEquals(1, seen.count(), "once, however often");
        for (int i = 0; i < 100; i++) {
            seen.put(World.hash("refused " + i), new Seen.Refused(Reason.WRONG_CHAIN), LONG_BYTES);
        }
        assertTrue(seen.count() >= 10 && seen.count() <= 20, "without their bytes: " + seen.count());
    }
}
