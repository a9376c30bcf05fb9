package assay.ledger.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;

import assay.core.base.Amount;
import assay.ledger.Ledger.Check;
import assay.ledger.Reason;
import assay.ledger.World;
import assay.ledger.state.Genesis;
import assay.ledger.tx.SignedTransaction;
import assay.ledger.tx.Transaction.Transfer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class CheckPoolTest {
    private static final long CHAIN = Genesis.CHAIN_ID_FIRST;

    @Test
    void aBlocksSignaturesAreCheckedInOrderByAnyNumberOfThreads() {
        List<SignedTransaction> block = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            Transfer body = new Transfer(World.key("to").address(), Amount.ofMicro(i + 1));
            SignedTransaction good = SignedTransaction.sign(CHAIN, World.key("from " + i % 3), i, body);
            Transfer more = new Transfer(body.to(), Amount.ofMicro(i + 2));
            block.add(
                    i % 7 != 5
                            ? good
                            : new SignedTransaction(CHAIN, good.from(), good.nonce(), more, good.signature()));
        }
        for (int threads = 1; threads <= 4; threads++) {
            try (CheckPool pool = new CheckPool(threads)) {
                List<Check> found = pool.check(block, CHAIN);
                assertEquals(block.size(), found.size());
                for (int i = 0; i < found.size(); i++) {
                    if (i % 7 == 5) {
                        assertEquals(new Check.Refused(Reason.SIGNER_IS_NOT_SENDER), found.get(i));
                    } else {
                        Check.Accepted accepted = assertInstanceOf(Check.Accepted.class, found.get(i));
                        assertEquals(block.get(i), accepted.transaction().transaction());
                    }
                }
                assertEquals(List.of(), pool.check(List.of(), CHAIN));
                assertEquals(
                        List.of(new Check.Refused(Reason.WRONG_CHAIN)), pool.check(block.subList(0, 1), CHAIN + 1));
            }
        }
        assertThrows(IllegalArgumentException.class, () -> new CheckPool(0));
    }
}
