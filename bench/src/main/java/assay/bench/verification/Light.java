package assay.bench.verification;

import java.util.ArrayList;
import java.util.List;

/**
 * What light audits of one model take, by drawn cells and heads: a fixed part, one for each cell of a layer, one for
 * each head. These do not hang on the number of layers, so a few layers say what cells of a deep model take.
 *
 * @param seconds the checker's processor time
 * @param bytes of the opening
 * @param openedOverReplay what the node takes for one of {@link VerificationBench#CELLS} cells, over one replay
 */
record Light(Parts seconds, Parts bytes, double openedOverReplay) {
    /** A fixed part, one for each cell and one for each head. */
    record Parts(double fixed, double cell, double head) {
        /** So many cells of layers and so many heads. */
        double of(double cells, double heads) {
            return fixed + cells * cell + heads * head;
        }
    }

    /** Openings that were checked. */
    static final class Samples {
        private final List<double[]> drawn = new ArrayList<>();
        private final List<Double> seconds = new ArrayList<>();
        private final List<Double> bytes = new ArrayList<>();

        void add(int cells, int heads, double checkSeconds, double openingBytes) {
            drawn.add(new double[] {1, cells, heads});
            seconds.add(checkSeconds);
            bytes.add(openingBytes);
        }

        Light fitted(double openedOverReplay) {
            return new Light(parts(seconds), parts(bytes), openedOverReplay);
        }

        private Parts parts(List<Double> y) {
            double[] fit = Fit.solve(drawn, y);
            return new Parts(fit[0], fit[1], fit[2]);
        }
    }
}
