package assay.prover.audit;

import assay.core.audit.Spot;
import assay.core.base.Hash;
import assay.core.program.Cell;
import assay.core.trace.Trace;
import java.util.List;

/** Where the values of an opening come from: an answer that was computed again, or one that never was. */
public interface Source {
    /** Trace roots of all choices, in order. */
    List<Hash> roots();

    /** The trace of a choice with its leaves and the digests of its residuals. */
    Trace trace(int choice);

    /** Residual-in of a drawn cell, residual-out of the last layer for a head: (D) at 14. */
    int[] residual(Spot spot);

    /** K of any cell of a layer: (kvHeads * hd). */
    short[] key(Spot spot);

    /** V of any cell of a layer. */
    short[] value(Spot spot);

    /** The exact sums of a drawn cell's linear operations, in the order of {@link Cell.Product}. */
    List<long[]> sums(Spot spot);

    /** The exact sums of a drawn head's logits. */
    long[] logits(Spot spot);

    /** The embedding's row of the id fed at a position of a choice, at 24. */
    long[] embedding(int choice, int position);
}
