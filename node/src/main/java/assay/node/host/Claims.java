package assay.node.host;

import assay.core.base.Amount;
import assay.core.base.Hash;
import assay.ledger.crypto.Address;
import assay.ledger.state.Key;
import assay.ledger.state.Offer;
import assay.ledger.state.State;
import assay.ledger.tx.Transaction;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;

/** What a host can take from the ledger on operators' words. */
final class Claims {
    private static final BigInteger GIGABYTE = BigInteger.valueOf(1_000_000_000);

    /** A claim is worth at least so many transactions. */
    private static final long WORTH = 10;

    private Claims() {}

    /** How many bytes the host was paid for on this operator's word. */
    static long paid(State state, Hash model, Address host, Address operator) {
        return state.served()
                .get(Key.served(model, host, operator))
                .map(assay.ledger.state.Served::bytes)
                .orElse(0L);
    }

    /** The claims that are worth their transactions now. */
    static List<Transaction> due(State state, Hash model, Address host, Iterable<Received> words) {
        List<Transaction> out = new ArrayList<>();
        long least = Math.max(1, WORTH * state.params().costs().transaction().micro());
        for (Received word : words) {
            long share = state.offer(word.operator(), model)
                    .map(Offer::forHosts)
                    .orElse(Amount.ZERO)
                    .micro();
            BigInteger owed = BigInteger.valueOf(word.bytes() - paid(state, model, host, word.operator()))
                    .multiply(BigInteger.valueOf(
                            state.params().hosting().perGigabyte().micro()))
                    .divide(GIGABYTE);
            if (owed.min(BigInteger.valueOf(share)).compareTo(BigInteger.valueOf(least)) >= 0) {
                out.add(new Transaction.ClaimServed(model, word.operator(), word.bytes(), word.signature()));
            }
        }
        return out;
    }
}
