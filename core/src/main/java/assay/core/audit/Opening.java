package assay.core.audit;

import assay.core.base.Hash;
import assay.core.program.Cell;
import java.util.List;
import java.util.Optional;

/**
 * What a node shows of a trace when it is challenged: enough to recompute the drawn cells and to lead them to the
 * trace root that its receipt blinds. {@link OpeningFormat} gives the bytes; docs/protocol/light-audit.md.
 *
 * <p>An opening is a claim. {@link LightAudit} believes none of it.
 *
 * @param challenge what it answers
 * @param salt of the trace
 * @param roots trace roots of all choices, in order
 * @param choices one for each choice that has steps, in order
 */
public record Opening(Challenge challenge, Hash salt, List<Hash> roots, List<OfChoice> choices) {
    /** Copies the lists. */
    public Opening {
        roots = List.copyOf(roots);
        choices = List.copyOf(choices);
    }

    /**
     * One choice.
     *
     * @param choice which
     * @param trees roots of all layers, of the last residuals, and of the tokens
     * @param layers those with drawn cells, ascending
     * @param heads drawn heads, by position
     */
    public record OfChoice(int choice, List<Hash> trees, List<OfLayer> layers, List<OfHead> heads) {
        /** Copies the lists. */
        public OfChoice {
            trees = List.copyOf(trees);
            layers = List.copyOf(layers);
            heads = List.copyOf(heads);
        }
    }

    /**
     * One layer up to its last drawn position, n positions.
     *
     * @param layer which
     * @param residuals (n) digests of residuals-in
     * @param keys (n, kvHeads * hd)
     * @param values (n, kvHeads * hd)
     * @param rest roots of the subtrees over the positions after them
     * @param cells the drawn ones, by position
     */
    @SuppressWarnings("ArrayRecordComponent") // shared and never compared as records: megabytes
    public record OfLayer(
            int layer, List<Hash> residuals, short[][] keys, short[][] values, List<Hash> rest, List<OfCell> cells) {
        /** Copies the lists. */
        public OfLayer {
            residuals = List.copyOf(residuals);
            rest = List.copyOf(rest);
            cells = List.copyOf(cells);
        }
    }

    /**
     * One cell of a layer.
     *
     * @param position which
     * @param residual (D) residual-in at 14
     * @param embedding (D) integers of the fed id's row at 24, in the first layer; else empty
     * @param sums exact sums of the linear operations, in the order of {@link Cell.Product}
     * @param next the digest of K and V of this position in the next layer, if there is one
     * @param path from this position's leaf in the next tree to its root
     */
    @SuppressWarnings("ArrayRecordComponent") // shared and never compared as records
    public record OfCell(
            int position, int[] residual, long[] embedding, List<long[]> sums, Optional<Hash> next, List<Hash> path) {
        /** Copies the lists. */
        public OfCell {
            sums = List.copyOf(sums);
            path = List.copyOf(path);
        }
    }

    /**
     * The head at one position.
     *
     * @param position which
     * @param residual (D) residual-out of the last layer at 14
     * @param path from its leaf to the root of the last residuals
     * @param sums (vocabulary) exact sums of the logits
     */
    @SuppressWarnings("ArrayRecordComponent") // shared and never compared as records
    public record OfHead(int position, int[] residual, List<Hash> path, long[] sums) {
        /** Copies the list. */
        public OfHead {
            path = List.copyOf(path);
        }
    }
}
