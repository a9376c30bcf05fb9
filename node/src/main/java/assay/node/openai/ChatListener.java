package assay.node.openai;

import assay.node.http.ApiError;

/**
 * Hears of one request's progress.
 *
 * <p>Calls come one after another (from any thread), never block and never throw. Order: {@code
 * started}, then for each choice its deltas and one {@code choiceFinished}, then {@code done};
 * {@code failed} may come at any point instead of the rest.
 */
public interface ChatListener {
    /** Computing starts: admitted, paid for, the prompt tokenized; {@code promptTokens} at least 1. */
    void started(int promptTokens);

    /** One choice grew. */
    void delta(Delta delta);

    /** One choice is complete. */
    void choiceFinished(int choice, FinishReason reason);

    /** All is complete; the receipt is on disk. */
    void done(Usage usage, ReceiptRef receipt);

    /** No more will come. */
    void failed(ApiError error);
}
