package assay.bench;

import assay.core.base.MalformedException;
import assay.engine.gguf.GgufFile;
import assay.engine.gguf.Tensor;
import java.util.Arrays;
import java.util.Optional;

/**
 * The float model: a plain forward pass in double from the weights of a GGUF file, for {@code llama}
 * and {@code qwen2}. It is what accuracy is measured against, so it is written to be obvious, shares
 * nothing with the exact program, and rounds nowhere but in double arithmetic.
 *
 * <p>Weights are decoded a tile at a time and never held whole. Each sum has one order, whatever the
 * number of threads, so the result does not depend on it. Shapes in comments: n positions, D width,
 * H heads, G KV heads, h head size.
 */
public final class FloatModel {
    private static final int TILE_ROWS = 64;

    private final GgufFile file;
    private final int threads;
    private final String architecture;
    private final int layers;
    private final int width;
    private final int heads;
    private final int kvHeads;
    private final int headSize;
    private final double epsilon;
    private final double[] frequencies;
    private final Tensor embedding;

    /**
     * @param file stays open and belongs to the caller
     * @throws MalformedException if the file lacks what the architecture needs, or asks for something
     *     that this forward does not do
     */
    public FloatModel(GgufFile file, int threads) throws MalformedException {
        this.file = file;
        this.threads = threads;
        architecture = file.string("general.architecture").orElse("");
        if (!architecture.equals("llama") && !architecture.equals("qwen2")) {
            throw new MalformedException("no float model for architecture \"" + architecture + "\"", -1);
        }
        layers = integer("block_count", -1);
        width = integer("embedding_length", -1);
        heads = integer("attention.head_count", -1);
        kvHeads = integer("attention.head_count_kv", heads);
        headSize = integer("attention.key_length", width / heads);
        epsilon = file.float32(architecture + ".attention.layer_norm_rms_epsilon")
                .orElseThrow(() -> new MalformedException("no attention.layer_norm_rms_epsilon", -1));
        embedding = tensor("token_embd.weight");
        frequencies = frequencies();
        if (integer("rope.dimension_count", headSize) != headSize
                || integer("attention.value_length", headSize) != headSize
                || heads % kvHeads != 0) {
            throw new MalformedException("head shapes that the float model does not know", -1);
        }
    }

    /** Number of rows of the logits. */
    public int vocabulary() {
        return Math.toIntExact(embedding.rows());
    }

    /**
     * Runs all layers over the tokens, from an empty context.
     *
     * @return (n, D): the last residual after the output norm
     */
    public double[][] hidden(int[] tokens) throws MalformedException {
        double[][] x = new double[tokens.length][width];
        for (int i = 0; i < tokens.length; i++) {
            FloatWeights.row(embedding, tokens[i], x[i]);
        }
        for (int layer = 0; layer < layers; layer++) {
            String name = "blk." + layer + ".";
            double[][] y = norm(x, name + "attn_norm.weight");
            double[][] q = linear(y, name + "attn_q"); // (n, H·h)
            double[][] k = linear(y, name + "attn_k"); // (n, G·h)
            double[][] v = linear(y, name + "attn_v");
            rotate(q);
            rotate(k);
            add(x, linear(attention(q, k, v), name + "attn_output"));
            y = norm(x, name + "ffn_norm.weight");
            double[][] gate = linear(y, name + "ffn_gate");
            double[][] up = linear(y, name + "ffn_up");
            for (int i = 0; i < gate.length; i++) {
                for (int j = 0; j < gate[i].length; j++) {
                    gate[i][j] = gate[i][j] / (1 + Math.exp(-gate[i][j])) * up[i][j];
                }
            }
            add(x, linear(gate, name + "ffn_down"));
        }
        return norm(x, "output_norm.weight");
    }

    /** (n, vocabulary): the logits that {@link #hidden} leads to. A slice of its rows will do. */
    public double[][] logits(double[][] hidden) {
        return product(hidden, file.tensor("output.weight").orElse(embedding));
    }

    private double[][] norm(double[][] x, String gain) throws MalformedException {
        double[] g = FloatWeights.vector(tensor(gain));
        double[][] y = new double[x.length][width];
        for (int i = 0; i < x.length; i++) {
            double squares = 0;
            for (double value : x[i]) {
                squares += value * value;
            }
            double scale = 1 / Math.sqrt(squares / width + epsilon);
            for (int j = 0; j < width; j++) {
                y[i][j] = x[i][j] * scale * g[j];
            }
        }
        return y;
    }

    private double[][] linear(double[][] x, String name) throws MalformedException {
        double[][] y = product(x, tensor(name + ".weight"));
        Optional<Tensor> bias = file.tensor(name + ".bias");
        if (bias.isPresent()) {
            double[] b = FloatWeights.vector(bias.get());
            for (double[] row : y) {
                for (int j = 0; j < b.length; j++) {
                    row[j] += b[j];
                }
            }
        }
        return y;
    }

    /** y = x Wᵀ, 64 rows of W at a time, each lane a row of W. */
    private double[][] product(double[][] x, Tensor w) {
        int columns = Math.toIntExact(w.columns());
        int rows = Math.toIntExact(w.rows());
        double[][] y = new double[x.length][rows];
        Threads.forEach(threads, (rows + TILE_ROWS - 1) / TILE_ROWS, tile -> {
            int first = tile * TILE_ROWS;
            int count = Math.min(TILE_ROWS, rows - first);
            double[][] across = new double[columns][TILE_ROWS];
            double[] row = new double[columns];
            for (int r = 0; r < count; r++) {
                FloatWeights.row(w, first + r, row);
                for (int c = 0; c < columns; c++) {
                    across[c][r] = row[c];
                }
            }
            double[] sums = new double[TILE_ROWS];
            for (int i = 0; i < x.length; i++) {
                Arrays.fill(sums, 0);
                addProducts(x[i], across, columns, sums);
                System.arraycopy(sums, 0, y[i], first, count);
            }
        });
        return y;
    }

    /** sums[r] += Σ_c a[c]·m[c][r], 8 columns at a time: the compiler vectorises over r. */
    private static void addProducts(double[] a, double[][] m, int count, double[] sums) {
        int c = 0;
        for (; c + 8 <= count; c += 8) {
            addEight(a, m, c, sums);
        }
        for (; c < count; c++) {
            double by = a[c];
            double[] row = m[c];
            for (int r = 0; r < sums.length; r++) {
                sums[r] += by * row[r];
            }
        }
    }

    private static void addEight(double[] a, double[][] m, int c, double[] sums) {
        double a0 = a[c];
        double a1 = a[c + 1];
        double a2 = a[c + 2];
        double a3 = a[c + 3];
        double a4 = a[c + 4];
        double a5 = a[c + 5];
        double a6 = a[c + 6];
        double a7 = a[c + 7];
        double[] m0 = m[c];
        double[] m1 = m[c + 1];
        double[] m2 = m[c + 2];
        double[] m3 = m[c + 3];
        double[] m4 = m[c + 4];
        double[] m5 = m[c + 5];
        double[] m6 = m[c + 6];
        double[] m7 = m[c + 7];
        for (int r = 0; r < sums.length; r++) {
            sums[r] += a0 * m0[r]
                    + a1 * m1[r]
                    + (a2 * m2[r] + a3 * m3[r])
                    + (a4 * m4[r] + a5 * m5[r] + (a6 * m6[r] + a7 * m7[r]));
        }
    }

    private static void add(double[][] x, double[][] y) {
        for (int i = 0; i < x.length; i++) {
            for (int j = 0; j < x[i].length; j++) {
                x[i][j] += y[i][j];
            }
        }
    }

    /** RoPE (Su et al. 2021), in place: pairs (2i, 2i+1) for llama, (i, i + h/2) for qwen2. */
    private void rotate(double[][] x) {
        int half = headSize / 2;
        boolean neox = architecture.equals("qwen2");
        for (int position = 0; position < x.length; position++) {
            for (int i = 0; i < half; i++) {
                double cos = Math.cos(position * frequencies[i]);
                double sin = Math.sin(position * frequencies[i]);
                for (int head = 0; head < x[position].length; head += headSize) {
                    int a = head + (neox ? i : 2 * i);
                    int b = head + (neox ? i + half : 2 * i + 1);
                    double first = x[position][a];
                    double second = x[position][b];
                    x[position][a] = first * cos - second * sin;
                    x[position][b] = first * sin + second * cos;
                }
            }
        }
    }

    /** Causal attention, (n, H·h); each KV head serves H/G heads in a row. */
    private double[][] attention(double[][] q, double[][] k, double[][] v) {
        int n = q.length;
        double[][] out = new double[n][heads * headSize];
        Threads.forEach(threads, heads, head -> {
            int kv = head / (heads / kvHeads) * headSize;
            double[][] keys = new double[headSize][n];
            double[][] values = new double[n][headSize];
            for (int j = 0; j < n; j++) {
                for (int d = 0; d < headSize; d++) {
                    keys[d][j] = k[j][kv + d];
                    values[j][d] = v[j][kv + d];
                }
            }
            double[] sums = new double[headSize];
            for (int i = 0; i < n; i++) {
                double[] scores = new double[i + 1];
                double[] query = Arrays.copyOfRange(q[i], head * headSize, (head + 1) * headSize);
                addProducts(query, keys, headSize, scores);
                softmax(scores, 1 / Math.sqrt(headSize));
                Arrays.fill(sums, 0);
                addProducts(scores, values, i + 1, sums);
                System.arraycopy(sums, 0, out[i], head * headSize, headSize);
            }
        });
        return out;
    }

    private static void softmax(double[] scores, double scale) {
        double max = Double.NEGATIVE_INFINITY;
        for (double score : scores) {
            max = Math.max(max, score);
        }
        double sum = 0;
        for (int j = 0; j < scores.length; j++) {
            scores[j] = Math.exp((scores[j] - max) * scale);
            sum += scores[j];
        }
        for (int j = 0; j < scores.length; j++) {
            scores[j] /= sum;
        }
    }

    /** Radians a position, for each pair of channels; scaling none or linear, factors from the file. */
    private double[] frequencies() throws MalformedException {
        double base = file.float32(architecture + ".rope.freq_base").orElse(10_000f);
        String scaling = file.string(architecture + ".rope.scaling.type").orElse("none");
        if (!scaling.equals("none") && !scaling.equals("linear")) {
            throw new MalformedException("no float model for rope scaling \"" + scaling + "\"", -1);
        }
        double slower = scaling.equals("none")
                ? 1
                : file.float32(architecture + ".rope.scaling.factor").orElse(1f);
        Optional<Tensor> factors = file.tensor("rope_freqs.weight");
        double[] f = new double[headSize / 2];
        for (int i = 0; i < f.length; i++) {
            f[i] = Math.pow(base, -2.0 * i / headSize) / slower;
        }
        if (factors.isPresent()) {
            double[] by = FloatWeights.vector(factors.get());
            for (int i = 0; i < f.length; i++) {
                f[i] /= by[i];
            }
        }
        return f;
    }

    private Tensor tensor(String name) throws MalformedException {
        return file.tensor(name).orElseThrow(() -> new MalformedException("no tensor " + name, -1));
    }

    private int integer(String key, int absent) throws MalformedException {
        long value = file.integer(architecture + "." + key).orElse(absent);
        if (value < 1 || value > 1 << 24) {
            throw new MalformedException(architecture + "." + key + " is " + value, -1);
        }
        return (int) value;
    }
}
