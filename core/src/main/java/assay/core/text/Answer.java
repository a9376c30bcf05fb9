package assay.core.text;

import assay.core.kernel.Sampling;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The stop rules: which sampled ids are the answer, what text they are, and why it ended.
 *
 * <p>Ids come one at a time; text goes out as soon as it is certain that no stop string begins in it. An
 * answer ends with the first id that is a stop id, or completes a stop string, or is the last of
 * {@code max_tokens}, in this order. The text ends before a stop id and before the stop string that
 * begins first; stop strings are looked for in whole characters. The id that ends the answer was
 * generated, so it counts ({@code completion_tokens} is {@link #idsUsed}), as in OpenAI's API and vLLM.
 * Part of what is verified. For one thread. Spec: docs/protocol/text.md, section "Stop rules".
 */
public final class Answer {
    /** Why an answer ended. */
    public enum Finish {
        /** A stop id or a stop string. */
        STOP("stop"),
        /** As many ids as {@code max_tokens}. */
        LENGTH("length"),
        /** The caller went away, or the ids of a record run out. */
        ABORTED("aborted");

        private final String label;

        Finish(String label) {
            this.label = label;
        }

        /** The word in a receipt and in {@code finish_reason}. */
        public String label() {
            return label;
        }
    }

    /**
     * An answer that has ended.
     *
     * @param text what was sent; if aborted, without what was still held back
     * @param finish why it ended
     * @param idsUsed count of ids that belong to it, the one that ended it included
     */
    public record Whole(String text, Finish finish, int idsUsed) {}

    private final Tokenizer tokenizer;
    private final int idsMax;
    private final Detokenizer detokenizer;
    private final StopStrings stops;
    private final StringBuilder certain = new StringBuilder();
    private int sent;
    private int idsUsed;
    private @Nullable Finish finish;

    private Answer(Tokenizer tokenizer, Sampling sampling) {
        this.tokenizer = tokenizer;
        idsMax = sampling.maxTokens();
        detokenizer = Detokenizer.of(tokenizer);
        stops = new StopStrings(sampling.stop());
    }

    /** An answer without ids; of the sampling, only stop and max_tokens matter. */
    public static Answer begin(Tokenizer tokenizer, Sampling sampling) {
        return new Answer(tokenizer, sampling);
    }

    /** The answer that these ids make; ids after its end are not used, and without an end it is aborted. */
    public static Whole of(Tokenizer tokenizer, int[] ids, Sampling sampling) {
        Answer answer = begin(tokenizer, sampling);
        for (int i = 0; i < ids.length && !answer.isFinished(); i++) {
            answer.push(ids[i]);
        }
        answer.abort();
        return answer.whole();
    }

    /**
     * Takes the next id and returns the text to send, perhaps none.
     *
     * @throws IllegalStateException if the answer has ended
     */
    public String push(int id) {
        if (isFinished()) {
            throw new IllegalStateException("the answer has ended: " + finish);
        }
        idsUsed++;
        boolean stopId = tokenizer.stopIds().contains(id);
        if (!stopId) {
            take(detokenizer.push(id));
        }
        boolean last = stopId || idsUsed == idsMax;
        if (last && stops.earliest() < 0) {
            take(detokenizer.finish());
        }
        if (stopId || stops.earliest() >= 0) {
            finish = Finish.STOP;
        } else if (last) {
            finish = Finish.LENGTH;
        }
        return send();
    }

    /** Ends the answer as aborted, unless it has ended; what was held back is never sent. */
    public void abort() {
        if (!isFinished()) {
            finish = Finish.ABORTED;
        }
    }

    /** Whether the answer has ended. */
    public boolean isFinished() {
        return finish != null;
    }

    /** Why the answer ended; empty while it goes on. */
    public Optional<Finish> finish() {
        return Optional.ofNullable(finish);
    }

    /** Count of ids so far, the one that ended the answer included. */
    public int idsUsed() {
        return idsUsed;
    }

    /** All text sent so far. */
    public String text() {
        return certain.substring(0, sent);
    }

    /**
     * The ended answer.
     *
     * @throws IllegalStateException if it has not ended
     */
    public Whole whole() {
        if (finish == null) {
            throw new IllegalStateException("the answer has not ended");
        }
        return new Whole(text(), finish, idsUsed);
    }

    private void take(String text) {
        certain.append(text);
        stops.push(text);
    }

    private String send() {
        int end = stops.earliest() >= 0
                ? stops.earliest()
                : isFinished() ? certain.length() : certain.length() - stops.pending();
        String delta = certain.substring(sent, end);
        sent = end;
        return delta;
    }
}
