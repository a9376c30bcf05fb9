package assay.engine.infer;

/** A request on its way; {@link Engine#submit} makes it. */
public interface Generation {
    /** Stops within a token; the listener still hears done, with what was picked so far. */
    void cancel();
}
