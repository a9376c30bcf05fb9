package assay.engine.infer;

/**
 * Positions of one sequence that a step feeds.
 *
 * @param sequence whose ids already hold them
 * @param first first position fed: the count of positions that have K and V
 * @param count how many
 * @param logitsFrom logits are wanted from this position on; first + count for none
 * @param picks takes the logits
 */
record Slice(Sequence sequence, int first, int count, int logitsFrom, Picks picks) {
    /** Takes rows of logits, in order of position; may run on any worker, one row after another. */
    interface Picks {
        /**
         * Takes one row.
         *
         * @param logits the row starts at {@code from}
         * @param position the position that gave it
         */
        void take(int[] logits, int from, int position);
    }

    int logitRows() {
        return first + count - logitsFrom;
    }
}
