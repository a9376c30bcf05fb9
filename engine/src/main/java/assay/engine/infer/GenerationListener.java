package assay.engine.infer;

/**
 * Hears of a generation's progress, from the engine's own thread: it must return at once.
 *
 * <p>Order: started, then tokens of all choices as they come, one choiceDone a choice, then exactly one of
 * done and failed. After a cancel, choices end with the tokens that were delivered.
 */
public interface GenerationListener {
    /** The prompt was read; {@code cached} of its ids were found in the prefix cache. */
    void started(int cached);

    /**
     * One id was picked.
     *
     * @param choice 0 to n - 1
     * @param token id and, if asked, log-probabilities
     * @return false to end the choice after this id (a stop string was met, or nobody listens any more)
     */
    boolean token(int choice, PickedToken token);

    /** Everything is done. */
    void done(GenerationResult result);

    /** The engine failed; nothing more comes. */
    void failed(Throwable why);
}
