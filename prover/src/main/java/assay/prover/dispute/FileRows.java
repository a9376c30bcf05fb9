package assay.prover.dispute;

import assay.core.base.Hash;
import assay.core.merkle.Merkle;
import assay.core.program.Matrix;
import assay.engine.gguf.GgufFile;
import assay.engine.gguf.Tensor;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/** Rows of a model's file as bytes, and the trees over them; a matrix's tree is made when it is first asked for. */
public final class FileRows {
    private final GgufFile file;
    private final SortedMap<String, List<Hash>> leaves = new TreeMap<>();

    /** Rows of this open file. */
    public FileRows(GgufFile file) {
        this.file = file;
    }

    /** Bytes of one row. */
    public byte[] row(Matrix matrix, int row) {
        Tensor tensor = file.tensor(matrix.name())
                .orElseThrow(() -> new IllegalArgumentException("no tensor " + matrix.name()));
        long bytes = matrix.type().rowBytes(matrix.cols());
        return tensor.data().asSlice(row * bytes, bytes).toArray(ValueLayout.JAVA_BYTE);
    }

    /** Root over rows [low, high) of a matrix. */
    public synchronized Hash subtree(Matrix matrix, int low, int high) {
        List<Hash> all = leaves.computeIfAbsent(matrix.name(), name -> {
            List<Hash> made = new ArrayList<>();
            for (int r = 0; r < matrix.rows(); r++) {
                made.add(Matrix.leaf(matrix.type(), row(matrix, r), matrix.cols()));
            }
            return made;
        });
        return Merkle.root(all.subList(low, high));
    }
}
