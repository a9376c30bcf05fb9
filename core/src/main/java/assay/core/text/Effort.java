package assay.core.text;

/**
 * What a tokenizer may still spend on one text, counted in looks at its chars, a unit that no machine changes. Who
 * answers requests spends what a text takes; a referee, whom others make work, does not. For one thread.
 */
final class Effort {
    /** A look is that at one char of special tokens. To look a piece up costs as much as these, */
    private static final int LOOKS_A_PIECE = 3;

    /** and one more for so many chars of it. */
    private static final int CHARS_A_LOOK = 8;

    private long left;

    private Effort(long looks) {
        left = looks;
    }

    /** As much as it takes. */
    static Effort any() {
        return new Effort(Long.MAX_VALUE);
    }

    /** So many looks. */
    static Effort of(long looks) {
        return new Effort(looks);
    }

    /** More was needed than there was. */
    static final class SpentException extends IllegalArgumentException {
        private static final long serialVersionUID = 1;

        SpentException() {
            super("the text takes too much work to tokenise");
        }
    }

    /** Takes so many looks. */
    void spend(long looks) {
        left -= looks;
        if (left < 0) {
            throw new SpentException();
        }
    }

    /** Takes what it costs to look up a piece of so many chars. */
    void lookUp(int chars) {
        spend(LOOKS_A_PIECE + chars / CHARS_A_LOOK);
    }
}
