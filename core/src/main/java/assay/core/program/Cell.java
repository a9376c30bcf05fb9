package assay.core.program;

import assay.core.base.MalformedException;
import assay.core.kernel.Attention;
import assay.core.kernel.Fixed;
import assay.core.kernel.Gate;
import assay.core.kernel.Linear;
import assay.core.kernel.Norm;
import assay.core.kernel.Quantised;
import assay.core.kernel.Rope;
import java.util.Arrays;

/**
 * One cell of a run: what one layer, or the head, does with one position, every intermediate value by name.
 *
 * <p>A cell is a function of its residual-in and of K and V of the layer's earlier positions, which is what a
 * trace commits to; so whoever has these can compute, check or dispute it without the rest of the run. The
 * exact sums of linear operations come from {@link Sums}: rows of weights, a fast kernel, or somebody's claim.
 * Values are those of {@link Forward}, bit for bit. Legend as in docs/protocol/program.md: D width, hd head
 * size, "at F" a value v * 2^-F.
 */
public final class Cell {
    private Cell() {}

    /** The linear operations of a cell, in the order of the program. */
    public enum Product {
        /** Queries, before they are turned. */
        QUERY("attn_q.weight", 16, 14),
        /** Keys, before they are turned. */
        KEY("attn_k.weight", 16, 14),
        /** Values. */
        VALUE("attn_v.weight", 16, 14),
        /** The attention's output. */
        OUTPUT("attn_output.weight", 16, 14),
        /** The gate of the feed-forward part. */
        GATE("ffn_gate.weight", 16, 12),
        /** What it gates. */
        UP("ffn_up.weight", 16, 12),
        /** Back to the residual. */
        DOWN("ffn_down.weight", 12, 14);

        private final String suffix;
        private final int fIn;
        private final int fOut;

        Product(String suffix, int fIn, int fOut) {
            this.suffix = suffix;
            this.fIn = fIn;
            this.fOut = fOut;
        }

        /** Where the input stands before it is quantised. */
        public int fIn() {
            return fIn;
        }

        /** Where the output stands. */
        public int fOut() {
            return fOut;
        }

        /** This operation's matrix in a layer. */
        public Matrix matrix(Program program, int layer) {
            return program.matrix("blk." + layer + "." + suffix).orElseThrow();
        }

        /** This operation's bias in a layer: (rows) at {@link #fOut}, or empty. */
        public int[] bias(LayerConstants constants) {
            return switch (this) {
                case QUERY -> constants.queryBias();
                case KEY -> constants.keyBias();
                case VALUE -> constants.valueBias();
                case OUTPUT, GATE, UP, DOWN -> NO_BIAS;
            };
        }
    }

    private static final int[] NO_BIAS = {};

    /** Where the exact sums {@code z_r = sum_k W[r,k] * a[k]} of a linear operation come from. */
    public interface Sums {
        /**
         * The sums of all rows.
         *
         * @param input (matrix.cols()) of 13 bits
         * @return (matrix.rows()), |z| &lt; 2^52
         */
        long[] of(Matrix matrix, Quantised input) throws MalformedException;
    }

    /** The sums by definition, from the rows of weights. */
    public static Sums rows(Weights weights) {
        return (matrix, input) -> {
            long[] w = new long[matrix.cols()];
            long[] z = new long[matrix.rows()];
            for (int r = 0; r < z.length; r++) {
                weights.row(matrix, r, w);
                z[r] = Linear.dot(w, input.values());
            }
            return z;
        };
    }

    /**
     * One linear operation.
     *
     * @param input (cols) quantised to 13 bits
     * @param sums (rows) exact
     * @param out (rows) rounded, with bias, saturated
     */
    @SuppressWarnings("ArrayRecordComponent") // intermediate values, shared and never compared as records
    public record Applied(Quantised input, long[] sums, int[] out) {}

    /**
     * What a layer does with one position.
     *
     * @param attentionNorm (D) at 16
     * @param q (heads * hd) at 14, k and v alike (kvHeads * hd): before they are turned; they share one input
     * @param query (heads * hd) turned, at f_q
     * @param key (kvHeads * hd) turned, at f_k: what the trace holds as K
     * @param value (kvHeads * hd) at f_v: what the trace holds as V
     * @param attended (heads * hd) heads' outputs at 16
     * @param output of the attention, at 14
     * @param middle (D) residual after the attention, at 14
     * @param feedForwardNorm (D) at 16
     * @param gate (feed-forward width) at 12, up alike: they share one input
     * @param product (feed-forward width) of the gate, at 12
     * @param down at 14
     * @param residual (D) residual-out, at 14
     */
    @SuppressWarnings("ArrayRecordComponent") // intermediate values, shared and never compared as records
    public record Layer(
            long[] attentionNorm,
            Applied q,
            Applied k,
            Applied v,
            short[] query,
            short[] key,
            short[] value,
            int[] attended,
            Applied output,
            int[] middle,
            long[] feedForwardNorm,
            Applied gate,
            Applied up,
            long[] product,
            Applied down,
            int[] residual) {
        /** What this linear operation did. */
        public Applied applied(Product product) {
            return switch (product) {
                case QUERY -> q;
                case KEY -> k;
                case VALUE -> v;
                case OUTPUT -> output;
                case GATE -> gate;
                case UP -> up;
                case DOWN -> down;
            };
        }
    }

    /**
     * What the head does with one position.
     *
     * @param norm (D) at 16
     * @param logits (vocabulary) at 16
     */
    @SuppressWarnings("ArrayRecordComponent") // intermediate values, shared and never compared as records
    public record Head(long[] norm, Applied logits) {}

    /**
     * Everything that layer l computes at a position.
     *
     * @param l 0 to layers - 1
     * @param position 0 to context - 1
     * @param residualIn (D) at 14, |x| &lt; 2^30
     * @param keys K of at least the positions before this one, each (kvHeads * hd); later ones are not read
     * @param values V alike
     * @throws MalformedException if the sums say so
     */
    public static Layer layer(
            Program program, int l, int position, int[] residualIn, short[][] keys, short[][] values, Sums sums)
            throws MalformedException {
        LayerConstants constants = program.layers().get(l);
        Attention.Exponents f = constants.exponents();
        long[] attentionNorm =
                Norm.rms(residualIn, constants.attentionGain(), program.normEpsilon(), program.normScale());
        Quantised y = Quantised.of(attentionNorm, Linear.INPUT_BITS);
        Applied q = apply(program, l, Product.QUERY, y, sums);
        Applied k = apply(program, l, Product.KEY, y, sums);
        Applied v = apply(program, l, Product.VALUE, y, sums);
        short[] query = turn(program, q.out, position, f.q());
        short[] key = turn(program, k.out, position, f.k());
        short[] value = Rope.value(v.out, f.v());
        int[] attended = attention(program, query, with(keys, position, key), with(values, position, value), f);
        Applied output = apply(program, l, Product.OUTPUT, Quantised.of(attended, Linear.INPUT_BITS), sums);
        int[] middle = add(residualIn, output.out);
        long[] feedForwardNorm =
                Norm.rms(middle, constants.feedForwardGain(), program.normEpsilon(), program.normScale());
        Quantised z = Quantised.of(feedForwardNorm, Linear.INPUT_BITS);
        Applied gate = apply(program, l, Product.GATE, z, sums);
        Applied up = apply(program, l, Product.UP, z, sums);
        long[] product = Gate.silu(gate.out, up.out, program.tables());
        Applied down = apply(program, l, Product.DOWN, Quantised.of(product, Linear.INPUT_BITS), sums);
        return new Layer(
                attentionNorm,
                q,
                k,
                v,
                query,
                key,
                value,
                attended,
                output,
                middle,
                feedForwardNorm,
                gate,
                up,
                product,
                down,
                add(middle, down.out));
    }

    /**
     * Everything that the head computes from the last layer's residual-out.
     *
     * @param residual (D) at 14
     */
    public static Head head(Program program, int[] residual, Sums sums) throws MalformedException {
        long[] norm = Norm.rms(residual, program.outputGain(), program.normEpsilon(), program.normScale());
        Quantised input = Quantised.of(norm, Linear.INPUT_BITS);
        long[] z = sums.of(program.head(), input);
        return new Head(norm, new Applied(input, z, outputs(z, input.shift(), 16, 16, NO_BIAS)));
    }

    /**
     * The residual that an id begins with.
     *
     * @param row (D) integers of the id's row of the embedding, at 24
     * @return (D) at 14
     */
    public static int[] embedding(long[] row) {
        int[] x = new int[row.length];
        for (int i = 0; i < row.length; i++) {
            x[i] = Linear.embedding(row[i]);
        }
        return x;
    }

    private static Applied apply(Program program, int l, Product product, Quantised input, Sums sums)
            throws MalformedException {
        long[] z = sums.of(product.matrix(program, l), input);
        int[] bias = product.bias(program.layers().get(l));
        return new Applied(input, z, outputs(z, input.shift(), product.fIn, product.fOut, bias));
    }

    private static int[] outputs(long[] z, int shift, int fIn, int fOut, int[] bias) {
        int[] y = new int[z.length];
        for (int r = 0; r < z.length; r++) {
            y[r] = Linear.output(z[r], fIn, shift, fOut, bias.length == 0 ? 0 : bias[r]);
        }
        return y;
    }

    private static short[] turn(Program program, int[] y, int position, int f) {
        Shape shape = program.shape();
        int half = shape.headSize() / 2;
        short[] cos = Arrays.copyOfRange(program.cos(), position * half, (position + 1) * half);
        short[] sin = Arrays.copyOfRange(program.sin(), position * half, (position + 1) * half);
        return Rope.turn(y, shape.headSize(), cos, sin, shape.pairing(), f);
    }

    private static short[][] with(short[][] before, int position, short[] own) {
        short[][] all = Arrays.copyOf(before, position + 1);
        all[position] = own;
        return all;
    }

    /** The heads' outputs over all of these keys and values, (heads * hd) at 16. */
    private static int[] attention(
            Program program, short[] query, short[][] keys, short[][] values, Attention.Exponents f) {
        Shape shape = program.shape();
        int hd = shape.headSize();
        int[] out = new int[shape.queryWidth()];
        for (int head = 0; head < shape.heads(); head++) {
            int offset = head / (shape.heads() / shape.kvHeads()) * hd;
            short[] q = Arrays.copyOfRange(query, head * hd, (head + 1) * hd);
            int[] o = Attention.head(q, keys, values, offset, keys.length, f, program.scoreScale(), program.tables());
            System.arraycopy(o, 0, out, head * hd, hd);
        }
        return out;
    }

    private static int[] add(int[] x, int[] y) {
        int[] sum = new int[x.length];
        for (int i = 0; i < x.length; i++) {
            sum[i] = Fixed.sat((long) x[i] + y[i]);
        }
        return sum;
    }
}
