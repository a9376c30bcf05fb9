package assay.engine.infer;

import assay.core.program.Program;
import assay.core.program.Shape;
import assay.core.trace.Trace;
import assay.engine.fast.Activations;
import assay.engine.fast.Attention;
import assay.engine.fast.Linear;
import assay.engine.fast.PackedMatrix;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/** One worker's buffers, and the linear operations that it does with them. */
final class Lane {
    final Trace.Hasher hasher = new Trace.Hasher();
    final Attention attention;
    final Activations normed;
    final Activations heads;
    final Activations gated;

    /** (width): a row before it is quantised. */
    final long[] wide;

    /** The linear operation whose inputs this worker prepared last. */
    int ready;

    private final Linear linear = new Linear();
    private final LongAdder saturations;

    /** What two matrices give for a patch: read by the same worker at once, and so never far. */
    private final int[][] given = new int[2][0];

    /**
     * @param rows inputs of a linear operation that this worker holds at most
     * @param saturations counts outputs that were saturated
     */
    Lane(Program program, int rows, LongAdder saturations) {
        Shape shape = program.shape();
        this.saturations = saturations;
        attention = new Attention(shape.heads(), shape.headSize(), program.scoreScale(), program.tables());
        normed = new Activations(rows, shape.width());
        heads = new Activations(rows, shape.queryWidth());
        gated = new Activations(rows, shape.feedForward());
        wide = new long[shape.width()];
    }

    /**
     * A patch of a matrix's outputs, from inputs at 16, to its place among all of them.
     *
     * @param bias (m.rows()) at fOut; empty for none
     * @param y [tokens][m.rows()]
     */
    void all(PackedMatrix m, Activations a, int fOut, int[] bias, int[] y, Patch p) {
        apply(m, a, 16, fOut, bias.length == 0 ? null : bias, y, 0, m.rows(), p);
    }

    /**
     * A patch of a matrix's outputs.
     *
     * @param which 0 or 1: the buffer, which stands until it is asked for again
     * @return [tokens][rows] of the patch
     */
    int[] some(int which, PackedMatrix m, Activations a, int fIn, int fOut, Patch p) {
        int width = p.to(m.rows()) - p.from();
        int size = (p.lastToken() - p.firstToken()) * width;
        if (given[which].length < size) {
            given[which] = new int[size];
        }
        int[] y = given[which];
        apply(m, a, fIn, fOut, null, y, -p.firstToken() * width - p.from(), width, p);
        return y;
    }

    private void apply(
            PackedMatrix m,
            Activations a,
            int fIn,
            int fOut,
            int @Nullable [] bias,
            int[] y,
            int at,
            int stride,
            Patch p) {
        if (p.isEmpty()) {
            return;
        }
        long saturated = linear.apply(
                m, a, fIn, fOut, bias, y, at, stride, p.from(), p.to(m.rows()), p.firstToken(), p.lastToken());
        if (saturated > 0) {
            saturations.add(saturated);
        }
    }
}
