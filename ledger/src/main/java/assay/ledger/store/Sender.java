package assay.ledger.store;

import assay.ledger.Outcome;
import assay.ledger.tx.SignedTransaction;
import assay.ledger.tx.Signer;
import assay.ledger.tx.Transaction;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * One account's way to a ledger: signs with the right nonce, one list of transactions after
 * another, in the order of the calls. Safe for many threads; only one sender per account.
 */
public final class Sender {
    private final LiveLedger ledger;
    private final Signer signer;
    private CompletableFuture<?> last = CompletableFuture.completedFuture(null);

    /** A sender for this key. */
    public Sender(LiveLedger ledger, Signer signer) {
        if (signer.chainId() != ledger.chainId()) {
            throw new IllegalArgumentException(
                    "the key signs for chain " + signer.chainId() + ", the ledger is " + ledger.chainId());
        }
        this.ledger = ledger;
        this.signer = signer;
    }

    /** The account's key. */
    public Signer signer() {
        return signer;
    }

    /** Sends one transaction. */
    public CompletableFuture<Outcome> send(Transaction body) {
        return send(List.of(body)).thenApply(List::getFirst);
    }

    /**
     * Sends transactions that are to be applied one after another, usually in one block. When one is
     * refused, those after it are refused too, for the nonce that is then missing.
     */
    public synchronized CompletableFuture<List<Outcome>> send(List<Transaction> bodies) {
        CompletableFuture<List<Outcome>> sent = last.handle((outcome, error) -> ledger.nonce(signer.address()))
                .thenComposeAsync(nonce -> submit(bodies, nonce));
        last = sent;
        return sent;
    }

    private CompletableFuture<List<Outcome>> submit(List<Transaction> bodies, long nonce) {
        List<CompletableFuture<Outcome>> parts = new ArrayList<>();
        for (int i = 0; i < bodies.size(); i++) {
            SignedTransaction t = signer.sign(nonce + i, bodies.get(i));
            parts.add(ledger.submit(t));
        }
        return CompletableFuture.allOf(parts.toArray(CompletableFuture<?>[]::new))
                .thenApply(done -> parts.stream().map(CompletableFuture::join).toList());
    }
}
