package assay.core.dispute;

import assay.core.base.Hash;
import assay.core.base.MalformedException;
import assay.core.codec.Reader;
import assay.core.codec.Writer;
import assay.core.kernel.WeightType;
import assay.core.program.Matrix;
import assay.core.program.Program;
import assay.core.program.Shape;
import java.util.List;

/** Rows of weights shown under a program: the matrix's entry in the program, the row's bytes, its path. */
final class Rows {
    private static final List<String> LAYER =
            List.of("attn_q", "attn_k", "attn_v", "attn_output", "ffn_gate", "ffn_up", "ffn_down");

    private Rows() {}

    /** The entry of a matrix in the section {@code weights}. */
    static Matrix entry(Shape shape, Inputs in, String name) throws MalformedException {
        String stored = name;
        if (name.equals(Program.HEAD)) {
            long count = new Reader(in.section("weights", 0, 4)).u32();
            stored = count == 1 + (long) LAYER.size() * shape.layers() ? Program.EMBEDDING : name;
        }
        int at = offset(shape, stored);
        Reader entry = new Reader(in.section("weights", at, size(stored)));
        if (!entry.utf8(256).equals(stored)) {
            throw new MalformedException("matrix " + stored + " is not where it should be", at);
        }
        return new Matrix(
                stored, WeightType.ofId(entry.u8()), entry.count(1 << 24, 0), entry.count(1 << 24, 0), entry.hash());
    }

    private static int size(String name) {
        return 4 + name.length() + 1 + 8 + Hash.SIZE_BYTES;
    }

    /** Where the entry of a matrix begins in the section {@code weights}. */
    static int offset(Shape shape, String name) {
        int at = 4;
        if (name.equals(Program.EMBEDDING)) {
            return at;
        }
        at += size(Program.EMBEDDING);
        for (int l = 0; l < shape.layers(); l++) {
            for (String part : LAYER) {
                String here = "blk." + l + "." + part + ".weight";
                if (here.equals(name)) {
                    return at;
                }
                at += size(here);
            }
        }
        return at;
    }

    /** Appends a block of a row: its bytes, the digests of the row's other blocks, the path of the row. */
    static void prove(Writer out, Matrix matrix, byte[] row, RangeProof.Subtrees rows, int index, int block) {
        int blockBytes = blockBytes(matrix);
        int from = block * blockBytes;
        int to = Math.min(row.length, from + blockBytes);
        out.bytes(java.util.Arrays.copyOfRange(row, from, to));
        for (int at = 0; at < row.length; at += blockBytes) {
            if (at != from) {
                out.hash(Hash.sha256(java.util.Arrays.copyOfRange(row, at, Math.min(row.length, at + blockBytes))));
            }
        }
        RangeProof.prove(out, rows, matrix.rows(), index, index + 1);
    }

    /** The weights of a block that was appended so, if it is the matrix's. */
    static long[] check(Reader in, Matrix matrix, int index, int block) throws MalformedException {
        int blocks = (matrix.cols() + Matrix.BLOCK_COLS - 1) / Matrix.BLOCK_COLS;
        if (index < 0 || index >= matrix.rows() || block < 0 || block >= blocks) {
            throw new MalformedException("no row " + index + ", block " + block, in.offset());
        }
        if (matrix.cols() % matrix.type().blockWeights() != 0) {
            throw new MalformedException("a row of " + matrix.cols() + " weights of " + matrix.type(), in.offset());
        }
        int cols = Math.min(Matrix.BLOCK_COLS, matrix.cols() - block * Matrix.BLOCK_COLS);
        byte[] bytes = in.bytes((int) matrix.type().rowBytes(cols));
        byte[] leaf = bytes;
        if (blocks > 1) {
            Writer digests = new Writer();
            for (int b = 0; b < blocks; b++) {
                digests.hash(b == block ? Hash.sha256(bytes) : in.hash());
            }
            leaf = digests.toBytes();
        }
        Hash root =
                RangeProof.root(in, matrix.rows(), index, List.of(Matrix.leafOf(matrix.type(), matrix.cols(), leaf)));
        if (!root.equals(matrix.root())) {
            throw new MalformedException("a row of weights that is not the program's", in.offset());
        }
        return decode(matrix.type(), bytes, cols);
    }

    /** The integers of a block of a whole row's bytes. */
    static long[] block(Matrix matrix, byte[] row, int block) throws MalformedException {
        int blockBytes = blockBytes(matrix);
        int from = block * blockBytes;
        int cols = Math.min(Matrix.BLOCK_COLS, matrix.cols() - block * Matrix.BLOCK_COLS);
        int to = Math.min(row.length, from + blockBytes);
        return decode(matrix.type(), java.util.Arrays.copyOfRange(row, from, to), cols);
    }

    private static long[] decode(WeightType type, byte[] bytes, int cols) throws MalformedException {
        long[] out = new long[cols];
        type.decodeRow(bytes, out);
        return out;
    }

    private static int blockBytes(Matrix matrix) {
        return (int) matrix.type().rowBytes(Math.min(matrix.cols(), Matrix.BLOCK_COLS));
    }
}
