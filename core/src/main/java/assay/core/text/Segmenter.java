package assay.core.text;

/** Turns a stretch of ordinary text into ids: one of the two families of merging. */
sealed interface Segmenter permits BytePairs, SentencePieces {
    /**
     * Appends the ids of the text, which opens the whole or follows a special token. Safe for concurrent
     * use.
     *
     * @param text code points, none a surrogate
     * @param out takes the ids
     * @param effort what may be spent
     */
    void encode(int[] text, IdList out, Effort effort);
}
