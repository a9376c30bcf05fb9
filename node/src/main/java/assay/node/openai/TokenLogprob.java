package assay.node.openai;

import java.util.List;

/**
 * A token's natural log probability, and the likeliest alternatives at its place.
 *
 * @param bytes the token's exact bytes, perhaps a part of a character; not to be changed
 * @param logprob at most 0; minus infinity is written as -9999
 * @param top up to 20 alternatives, likeliest first; theirs is empty
 */
public record TokenLogprob(byte[] bytes, double logprob, List<TokenLogprob> top) {
    /** Copies the list. */
    public TokenLogprob {
        top = List.copyOf(top);
    }
}
