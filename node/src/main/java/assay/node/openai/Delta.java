package assay.node.openai;

import java.util.List;

/**
 * A piece of one choice.
 *
 * @param choice 0 to n - 1
 * @param text new text, whole characters; may be empty while a character or a possible stop string is
 *     held back
 * @param tokens completion tokens of this choice so far, those of this delta included
 * @param logprobs of the tokens since the last delta, empty unless the request asked
 */
public record Delta(int choice, String text, int tokens, List<TokenLogprob> logprobs) {
    /** Checks the ranges. */
    public Delta {
        if (choice < 0 || tokens < 0) {
            throw new IllegalArgumentException("choice " + choice + ", tokens " + tokens);
        }
        logprobs = List.copyOf(logprobs);
    }
}
