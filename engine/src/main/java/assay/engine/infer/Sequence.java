package assay.engine.infer;

import assay.core.program.Shape;
import assay.core.trace.Trace;
import assay.engine.fast.KvCache;
import java.util.Arrays;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The positions of one sequence: ids fed, their K and V, and the trace. Not thread-safe. */
final class Sequence {
    private final KvCache keysValues;
    private final Trace trace;
    private final @Nullable Watch watch;
    private int[] ids;
    private int length;
    private int fed;

    Sequence(Model model) {
        this(model, null);
    }

    /** A sequence some of whose cells are watched. */
    Sequence(Model model, @Nullable Watch watch) {
        this(
                cache(model.program().shape()),
                new Trace(model.program().shape().layers(), watch != null),
                watch,
                new int[64],
                0);
    }

    private static KvCache cache(Shape shape) {
        return new KvCache(shape.layers(), shape.kvHeads(), shape.headSize());
    }

    private Sequence(KvCache keysValues, Trace trace, @Nullable Watch watch, int[] ids, int length) {
        this.keysValues = keysValues;
        this.trace = trace;
        this.watch = watch;
        this.ids = ids;
        this.length = length;
    }

    /** An independent sequence of the first positions. */
    Sequence copy(int positions) {
        Sequence copy = new Sequence(
                keysValues.fork(positions),
                Trace.prefix(trace, positions),
                watch,
                Arrays.copyOf(ids, positions),
                positions);
        copy.fed = positions;
        return copy;
    }

    KvCache keysValues() {
        return keysValues;
    }

    Trace trace() {
        return trace;
    }

    /** Who wants to see residuals, if anybody does. */
    @Nullable
    Watch watch() {
        return watch;
    }

    /** Positions that have K and V. */
    int fed() {
        return fed;
    }

    /** Says that the next positions have K and V now. */
    void advance(int positions) {
        fed += positions;
    }

    /** Ids held, fed or about to be. */
    int length() {
        return length;
    }

    void append(int id) {
        if (length == ids.length) {
            ids = Arrays.copyOf(ids, 2 * length + 64);
        }
        ids[length++] = id;
    }

    int id(int position) {
        return ids[position];
    }

    /** How many leading ids agree with a prompt's, at most {@code most}. */
    int common(int[] prompt, int most) {
        int n = Math.min(Math.min(length, prompt.length), most);
        for (int i = 0; i < n; i++) {
            if (ids[i] != prompt[i]) {
                return i;
            }
        }
        return n;
    }

    /** Bytes of K, V and trace, but for pages that are counted already; adds its own to those. */
    long sizeBytes(Set<Object> counted) {
        return keysValues.sizeBytes(counted) + trace.sizeBytes();
    }
}
