package assay.core.program;

import assay.core.base.MalformedException;

/** Where the rows of a program's matrices come from: a model file, or rows opened by somebody. */
public interface Weights {
    /**
     * Reads the integers of one row at 24.
     *
     * @param row 0 to matrix.rows() - 1
     * @param out (cols), filled
     * @throws MalformedException if the row's bytes are not of the matrix's type
     */
    void row(Matrix matrix, int row, long[] out) throws MalformedException;
}
