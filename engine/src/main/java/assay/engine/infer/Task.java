package assay.engine.infer;

import assay.core.program.Shape;
import java.util.List;

/** Something that the engine works on in steps; all methods run on the engine's thread. */
sealed interface Task permits GenerationTask, ReplayTask, ReadTask {
    /** The most memory that it takes from its begin to its end. */
    long needBytes(Shape shape);

    /** Called once, before the first step. */
    void begin(Model model, PrefixCache cache);

    /** Adds the positions that must be fed in the next step; returns how many. */
    int addDecoding(List<Slice> slices);

    /** Adds up to {@code room} positions of what is still to be read; returns how many. */
    int addReading(List<Slice> slices, int room);

    /** Whether nobody wants it any more; then {@link #endStep} ends it, even if it never began. */
    default boolean isCancelled() {
        return false;
    }

    /** Called after each step; true when the task is over and its listener was told. */
    boolean endStep(PrefixCache cache);

    /** The engine cannot go on. */
    void fail(Throwable why);
}
