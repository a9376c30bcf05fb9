package assay.bench;

import assay.core.base.MalformedException;
import assay.core.program.Forward;
import assay.core.program.Program;
import assay.engine.compile.FileWeights;
import assay.engine.gguf.GgufFile;
import assay.engine.infer.Engine;
import java.util.Arrays;

/** Runs a text through an exact program, from an empty context. */
interface ExactLogits {
    /** Gives the logits of every position, in order; the row starts at {@code from}. */
    void run(int[] ids, Engine.LogitRows rows) throws MalformedException;

    /** The fast engine. */
    static ExactLogits fast(Engine engine) {
        return (ids, rows) -> {
            try {
                engine.read(ids, rows);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException("interrupted", e);
            }
        };
    }

    /** The normative scalar program: minutes for a thousand tokens. */
    static ExactLogits scalar(Program program, GgufFile file) {
        return (ids, rows) -> {
            Forward forward = new Forward(program, new FileWeights(file));
            int[][] x = forward.embed(ids);
            for (int l = 0; l < program.shape().layers(); l++) {
                x = forward.layer(l, x);
            }
            int slice = 64;
            for (int from = 0; from < ids.length; from += slice) {
                int[][] logits = forward.logits(Arrays.copyOfRange(x, from, Math.min(ids.length, from + slice)));
                for (int i = 0; i < logits.length; i++) {
                    rows.row(from + i, logits[i], 0);
                }
            }
        };
    }
}
