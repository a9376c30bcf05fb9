package assay.engine.compile;

import assay.core.base.MalformedException;
import assay.core.program.Matrix;
import assay.core.program.Weights;
import assay.engine.gguf.GgufFile;
import assay.engine.gguf.Tensor;
import java.lang.foreign.ValueLayout;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Rows straight from a mapped model file. Not thread-safe. */
public final class FileWeights implements Weights {
    private final Map<String, Tensor> tensors = new HashMap<>();
    private byte[] buffer = new byte[0];

    /** Rows of this open file. */
    public FileWeights(GgufFile file) {
        for (Tensor tensor : file.tensors()) {
            tensors.put(tensor.name(), tensor);
        }
    }

    @Override
    public void row(Matrix matrix, int row, long[] out) throws MalformedException {
        @Nullable Tensor tensor = tensors.get(matrix.name());
        if (tensor == null) {
            throw new MalformedException("tensor " + matrix.name() + " is missing", -1);
        }
        int bytes = Math.toIntExact(matrix.type().rowBytes(matrix.cols()));
        if (buffer.length != bytes) {
            buffer = new byte[bytes];
        }
        java.lang.foreign.MemorySegment.copy(
                tensor.data(), ValueLayout.JAVA_BYTE, (long) row * bytes, buffer, 0, bytes);
        matrix.type().decodeRow(buffer, out);
    }
}
