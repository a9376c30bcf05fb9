package assay.ledger.store;

import assay.core.base.Amount;
import assay.ledger.CheckedTransaction;
import assay.ledger.Outcome;
import assay.ledger.World;
import assay.ledger.crypto.PrivateKey;
import assay.ledger.crypto.Signature;
import assay.ledger.state.Genesis;
import assay.ledger.tx.SignedTransaction;
import assay.ledger.tx.Transaction.Transfer;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * A process that sends transfers of one unit until it is killed, and says how many were acknowledged. It
 * ends with code 7 when the ledger refuses to go on.
 */
final class Submitter {
    static final PrivateKey FAUCET = World.key("faucet");
    static final PrivateKey TO = World.key("to");
    static final Genesis GENESIS = Genesis.embedded(3, FAUCET.address(), Amount.ofUnits(1_000_000));
    static final int REFUSED = 7;

    private Submitter() {}

    public static void main(String[] args) throws Exception {
        // Unbuffered, so that what the parent reads was really acknowledged before the kill.
        // A snapshot every few blocks, so that kills hit those too.
        Archive.Keeping keeping = new Archive.Keeping(20_000, 2);
        try (EmbeddedLedger ledger = EmbeddedLedger.open(Path.of(args[0]), GENESIS, InstantSource.system(), keeping);
                FileOutputStream out = new FileOutputStream(FileDescriptor.out)) {
            long nonce = ledger.nonce(FAUCET.address());
            while (true) {
                List<CompletableFuture<Outcome>> sent = new ArrayList<>();
                for (int i = 0; i < 1 + nonce % 20; i++) {
                    sent.add(ledger.submit(transfer(nonce + i)));
                }
                for (CompletableFuture<Outcome> one : sent) {
                    Outcome outcome = outcome(ledger, one);
                    if (!(outcome instanceof Outcome.Applied)) {
                        throw new AssertionError("refused: " + outcome);
                    }
                    nonce++;
                    out.write((nonce + "\n").getBytes(StandardCharsets.US_ASCII));
                }
            }
        } catch (ExecutionException e) {
            System.exit(REFUSED);
        }
    }

    /** On a full disk a ledger waits for room, of which there will be none here. */
    private static Outcome outcome(EmbeddedLedger ledger, CompletableFuture<Outcome> one)
            throws ExecutionException, InterruptedException {
        while (true) {
            try {
                return one.get(100, TimeUnit.MILLISECONDS);
            } catch (TimeoutException e) {
                if (!ledger.refusing().isEmpty()) {
                    ledger.stopWaiting();
                }
            }
        }
    }

    static CheckedTransaction transfer(long nonce) {
        Transfer body = new Transfer(TO.address(), Amount.ofMicro(1));
        return CheckedTransaction.withoutCheckingSignatures(new SignedTransaction(
                GENESIS.chainId(), FAUCET.address(), nonce, body, Signature.ofBytes(new byte[65])));
    }
}
