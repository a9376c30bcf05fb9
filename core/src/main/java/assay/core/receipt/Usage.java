package assay.core.receipt;

/**
 * Tokens of one request, as billed.
 *
 * @param prompt tokens of the prompt, counted once however many choices there are
 * @param cached those of them whose prefix was reused from an earlier receipt
 * @param completion tokens of all choices
 */
public record Usage(int prompt, int cached, int completion) {
    /** Checks ranges. */
    public Usage {
        if (prompt < 1 || cached < 0 || cached > prompt || completion < 0) {
            throw new IllegalArgumentException(
                    "usage of " + prompt + " prompt, " + cached + " cached, " + completion + " completion tokens");
        }
    }

    /** Prompt and completion tokens. */
    public long total() {
        return (long) prompt + completion;
    }
}
