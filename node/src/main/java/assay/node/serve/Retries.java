package assay.node.serve;

import assay.core.base.Hash;
import assay.node.http.ApiError;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

/**
 * Payments whose answers are under way, so that one that comes twice is charged once: the second comer joins
 * the first. Thread-safe.
 */
final class Retries {
    /**
     * A payment at work.
     *
     * @param body digest of the request that it pays
     * @param authorisation names the payment
     * @param alias the payer's own name for it, if it has one
     * @param answering the answer, once the money is secured; or the refusal
     */
    record Run(Hash body, Hash authorisation, Optional<Hash> alias, CompletableFuture<Answering> answering) {
        /** The answer, as soon as the first comer's payment is secured. */
        Answering await() throws ApiError, InterruptedException {
            try {
                return answering.get();
            } catch (ExecutionException e) {
                if (e.getCause() instanceof ApiError refusal) {
                    throw refusal;
                }
                throw new IllegalStateException("a run fails by a refusal alone", e);
            }
        }
    }

    private final Map<Hash, Run> runs = new LinkedHashMap<>();

    /** The run of this payment, or of another under its name; empty if it is new, and then it is the caller's. */
    synchronized Optional<Run> begin(Run mine) {
        Run same = runs.get(mine.authorisation);
        Run other = same == null && mine.alias.isPresent() ? runs.get(mine.alias.get()) : same;
        if (other == null) {
            runs.put(mine.authorisation, mine);
            mine.alias.ifPresent(alias -> runs.put(alias, mine));
        }
        return Optional.ofNullable(other);
    }

    /** The payment's answer is on the disk, or came to nothing. */
    synchronized void end(Hash authorisation) {
        Run run = runs.remove(authorisation);
        if (run != null) {
            run.alias.ifPresent(runs::remove);
        }
    }
}
