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
 * The whole program in plain scalar code: the definition of what a model computes.
 *
 * <p>Legend, as in docs/protocol/program.md: D width, hd head size, "at F" a value v * 2^-F. A batch is
 * a run of consecutive positions of one sequence; its split changes no bit. Not thread-safe.
 */
public final class Forward {
    private final Program program;
    private final Shape shape;
    private final Weights weights;
    private final short[][][] keys;
    private final short[][][] values;
    private long saturations;

    /** A sequence without tokens. */
    public Forward(Program program, Weights weights) {
        this.program = program;
        this.shape = program.shape();
        this.weights = weights;
        this.keys = new short[shape.layers()][0][];
        this.values = new short[shape.layers()][0][];
    }

    /** Residuals at 14 of these ids: (ids.length) rows of D. */
    public int[][] embed(int[] ids) throws MalformedException {
        Matrix matrix = program.matrix(Program.EMBEDDING).orElseThrow();
        int[][] x = new int[ids.length][shape.width()];
        long[] w = new long[matrix.cols()];
        for (int t = 0; t < ids.length; t++) {
            weights.row(matrix, ids[t], w);
            for (int i = 0; i < w.length; i++) {
                x[t][i] = saturate(Fixed.rdiv(w[i], 10));
            }
        }
        return x;
    }

    /**
     * One layer for a run of positions; its K and V are appended to the layer's cache.
     *
     * @param l 0 to layers - 1
     * @param x residual-in of positions from keys so far on, at 14
     * @return residual-out, at 14
     */
    public int[][] layer(int l, int[][] x) throws MalformedException {
        LayerConstants constants = program.layers().get(l);
        Attention.Exponents f = constants.exponents();
        int first = keys[l].length;
        int n = x.length;

        Quantised[] y = norm(x, constants.attentionGain());
        int[][] q = linear(l, "attn_q.weight", y, 16, 14, constants.queryBias());
        int[][] k = linear(l, "attn_k.weight", y, 16, 14, constants.keyBias());
        int[][] v = linear(l, "attn_v.weight", y, 16, 14, constants.valueBias());
        keys[l] = Arrays.copyOf(keys[l], first + n);
        values[l] = Arrays.copyOf(values[l], first + n);
        Quantised[] heads = new Quantised[n];
        for (int t = 0; t < n; t++) {
            keys[l][first + t] = turn(k[t], first + t, f.k());
            values[l][first + t] = Rope.value(v[t], f.v());
            saturations += Rope.clamped(v[t], f.v());
            heads[t] = Quantised.of(attention(l, turn(q[t], first + t, f.q()), first + t, f), Linear.INPUT_BITS);
        }
        int[][] afterAttention = add(x, linear(l, "attn_output.weight", heads, 16, 14, new int[0]));

        Quantised[] z = norm(afterAttention, constants.feedForwardGain());
        int[][] gate = linear(l, "ffn_gate.weight", z, 16, 12, new int[0]);
        int[][] up = linear(l, "ffn_up.weight", z, 16, 12, new int[0]);
        Quantised[] m = new Quantised[n];
        for (int t = 0; t < n; t++) {
            m[t] = Quantised.of(Gate.silu(gate[t], up[t], program.tables()), Linear.INPUT_BITS);
        }
        return add(afterAttention, linear(l, "ffn_down.weight", m, 12, 14, new int[0]));
    }

    /** Logits at 16 of each residual: (n) rows of vocabulary. */
    public int[][] logits(int[][] x) throws MalformedException {
        return linear(program.head(), norm(x, program.outputGain()), 16, 16, new int[0]);
    }

    /** K of a position in a layer: (kvHeads * hd), KV-head-major. */
    public short[] key(int l, int position) {
        return keys[l][position].clone();
    }

    /** V of a position in a layer. */
    public short[] value(int l, int position) {
        return values[l][position].clone();
    }

    /** How often embeddings, linear outputs and residuals were saturated, or q, k, v clamped. */
    public long saturations() {
        return saturations;
    }

    private Quantised[] norm(int[][] x, int[] gain) {
        Quantised[] out = new Quantised[x.length];
        for (int t = 0; t < x.length; t++) {
            long[] y = Norm.rms(x[t], gain, program.normEpsilon(), program.normScale());
            out[t] = Quantised.of(y, Linear.INPUT_BITS);
        }
        return out;
    }

    private int[] attention(int l, short[] q, int position, Attention.Exponents f) {
        int hd = shape.headSize();
        int[] out = new int[shape.queryWidth()];
        for (int head = 0; head < shape.heads(); head++) {
            int offset = head / (shape.heads() / shape.kvHeads()) * hd;
            short[] qHead = Arrays.copyOfRange(q, head * hd, (head + 1) * hd);
            int[] o = Attention.head(
                    qHead, keys[l], values[l], offset, position + 1, f, program.scoreScale(), program.tables());
            System.arraycopy(o, 0, out, head * hd, hd);
        }
        return out;
    }

    private short[] turn(int[] y, int position, int f) {
        int half = shape.headSize() / 2;
        short[] cos = Arrays.copyOfRange(program.cos(), position * half, (position + 1) * half);
        short[] sin = Arrays.copyOfRange(program.sin(), position * half, (position + 1) * half);
        saturations += Rope.clamped(y, shape.headSize(), cos, sin, shape.pairing(), f);
        return Rope.turn(y, shape.headSize(), cos, sin, shape.pairing(), f);
    }

    private int[][] linear(int l, String name, Quantised[] a, int fIn, int fOut, int[] bias) throws MalformedException {
        return linear(program.matrix("blk." + l + "." + name).orElseThrow(), a, fIn, fOut, bias);
    }

    private int[][] linear(Matrix matrix, Quantised[] a, int fIn, int fOut, int[] bias) throws MalformedException {
        int[][] y = new int[a.length][matrix.rows()];
        long[] w = new long[matrix.cols()];
        for (int r = 0; r < matrix.rows(); r++) {
            weights.row(matrix, r, w);
            for (int t = 0; t < a.length; t++) {
                long z = Linear.dot(w, a[t].values());
                y[t][r] = saturate(Linear.unsaturated(z, fIn, a[t].shift(), fOut, bias.length == 0 ? 0 : bias[r]));
            }
        }
        return y;
    }

    private int[][] add(int[][] x, int[][] y) {
        int[][] sum = new int[x.length][shape.width()];
        for (int t = 0; t < x.length; t++) {
            for (int i = 0; i < shape.width(); i++) {
                sum[t][i] = saturate((long) x[t][i] + y[t][i]);
            }
        }
        return sum;
    }

    private int saturate(long v) {
        if (v > Fixed.SAT || v < -Fixed.SAT) {
            saturations++;
        }
        return Fixed.sat(v);
    }
}
