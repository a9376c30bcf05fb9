package assay.core.verify;

import assay.core.base.Hash;
import assay.core.base.MalformedException;
import assay.core.kernel.Sampling;
import assay.core.receipt.Receipt;
import assay.core.text.ChatRequest;
import java.util.List;
import java.util.Optional;

/**
 * The part of a model that a checker without weights runs: template, tokenizer, stop rules.
 *
 * <p>All methods are pure, and total on hostile input apart from the declared exception.
 */
public interface TextRules {
    /** Digest of the tokenizer, as the receipt names it. */
    Hash tokenizer();

    /** Digest of the chat template, as the receipt names it. */
    Hash template();

    /** Digest of the Unicode tables, as the receipt names it. */
    Hash unicode();

    /**
     * The token ids that the model sees.
     *
     * @param date today as the template sees it
     * @throws MalformedException if the template refuses the request
     */
    int[] promptIds(ChatRequest request, String date) throws MalformedException;

    /** What these ids say and why they end; of the sampling, {@code stop} and {@code maxTokens} matter. */
    Reading read(int[] ids, Sampling sampling);

    /**
     * The token ids that the model sees, as a referee derives them, or why it leaves this undecided: it takes more than any
     * referee has to spend. It takes less for whatever fits a dispute's move, unless the model's template or tokens are
     * made to swell it.
     *
     * @param answers ids of each choice
     * @throws MalformedException as in {@link #promptIds}
     */
    default Prompt refereed(ChatRequest request, String date, List<int[]> answers) throws MalformedException {
        return new Prompt(promptIds(request, date), Optional.empty());
    }

    /**
     * A prompt as a referee derives it.
     *
     * @param ids none if it takes too much
     * @param tooMuch what would have been needed in its place
     */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Prompt(int[] ids, Optional<String> tooMuch) {
        /** None: this would have been needed. */
        static Prompt tooMuch(String need) {
            return new Prompt(new int[0], Optional.of(need));
        }
    }

    /**
     * An answer, read from its ids.
     *
     * @param text the content
     * @param finish why it ended
     * @param tokens ids billed
     */
    record Reading(String text, Receipt.Finish finish, int tokens) {}
}
