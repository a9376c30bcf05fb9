package assay.node.openai;

/**
 * What is billed.
 *
 * @param promptTokens tokens of the rendered prompt, once for all choices
 * @param cachedTokens of these, the ones whose computation was reused
 * @param completionTokens of all choices together
 */
public record Usage(int promptTokens, int cachedTokens, int completionTokens) {
    /** Checks the ranges. */
    public Usage {
        if (promptTokens < 0 || completionTokens < 0 || cachedTokens < 0 || cachedTokens > promptTokens) {
            throw new IllegalArgumentException(
                    "prompt " + promptTokens + ", cached " + cachedTokens + ", completion " + completionTokens);
        }
    }
}
