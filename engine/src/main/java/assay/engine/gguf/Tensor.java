package assay.engine.gguf;

import java.lang.foreign.MemorySegment;

/**
 * One tensor of a model file, its bytes still in the mapped file.
 *
 * @param name as the file spells it, for example {@code blk.0.attn_q.weight}
 * @param type how the weights are stored
 * @param shape in ggml's order: {@code shape[0]} is the length of a row (columns), {@code shape[1]}
 *     the number of rows; 1 to 4 dimensions, each at least 1
 * @param data exactly the tensor's bytes, read-only; unusable once the file is closed
 */
public record Tensor(String name, GgmlType type, long[] shape, MemorySegment data) {
    public Tensor {
        shape = shape.clone();
    }

    @Override
    public long[] shape() {
        return shape.clone();
    }

    /** Length of a row. */
    public long columns() {
        return shape[0];
    }

    /** Number of rows: the product of all dimensions but the first. */
    public long rows() {
        long rows = 1;
        for (int i = 1; i < shape.length; i++) {
            rows *= shape[i];
        }
        return rows;
    }
}
