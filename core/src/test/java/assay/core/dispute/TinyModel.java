package assay.core.dispute;

import assay.core.base.Hash;
import assay.core.base.MalformedException;
import assay.core.codec.Writer;
import assay.core.kernel.Attention;
import assay.core.kernel.Rope;
import assay.core.kernel.Tables;
import assay.core.kernel.WeightType;
import assay.core.merkle.Merkle;
import assay.core.program.LayerConstants;
import assay.core.program.Matrix;
import assay.core.program.Program;
import assay.core.program.Shape;
import assay.core.program.Weights;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/** A random model of a few thousand weights, with everything that a real one has. */
final class TinyModel implements Weights {
    final Program program;
    final Map<String, byte[][]> rows = new LinkedHashMap<>();
    private final Map<String, List<Hash>> leaves = new LinkedHashMap<>();
    private final SplittableRandom random;
    private final BitSet masked;

    TinyModel(long seed, Shape shape, boolean biases, boolean tied) {
        this(seed, shape, biases, tied, vocabulary(shape.vocabulary()), "", Hash.sha256());
    }

    /** One that can chat. */
    TinyModel(long seed, Shape shape, boolean biases, boolean tied, byte[] tokenizer, String template, Hash unicode) {
        random = new SplittableRandom(seed);
        List<Matrix> matrices = new ArrayList<>();
        int d = shape.width();
        add(matrices, Program.EMBEDDING, WeightType.F16, shape.vocabulary(), d);
        List<LayerConstants> layers = new ArrayList<>();
        for (int l = 0; l < shape.layers(); l++) {
            String blk = "blk." + l + ".";
            add(matrices, blk + "attn_q.weight", WeightType.Q4_0, shape.queryWidth(), d);
            add(matrices, blk + "attn_k.weight", WeightType.Q8_0, shape.kvWidth(), d);
            add(matrices, blk + "attn_v.weight", WeightType.Q4_1, shape.kvWidth(), d);
            add(matrices, blk + "attn_output.weight", WeightType.Q5_0, d, shape.queryWidth());
            add(matrices, blk + "ffn_gate.weight", WeightType.Q4_1, shape.feedForward(), d);
            add(matrices, blk + "ffn_up.weight", WeightType.F16, shape.feedForward(), d);
            add(matrices, blk + "ffn_down.weight", WeightType.Q8_0, d, shape.feedForward());
            boolean some = biases && l % 2 == 0;
            layers.add(new LayerConstants(
                    new Attention.Exponents(9, 8, 10),
                    ints(d, 1 << 13),
                    ints(d, 1 << 13),
                    some ? ints(shape.queryWidth(), 1 << 14) : new int[0],
                    some ? ints(shape.kvWidth(), 1 << 14) : new int[0],
                    biases ? ints(shape.kvWidth(), 1 << 14) : new int[0]));
        }
        if (!tied) {
            add(matrices, Program.HEAD, WeightType.Q8_0, shape.vocabulary(), d);
        }
        int table = shape.context() * shape.headSize() / 2;
        short[] cos = new short[table];
        short[] sin = new short[table];
        for (int i = 0; i < table; i++) {
            double angle = random.nextDouble() * 6.28;
            cos[i] = (short) Math.rint(16384 * StrictMath.cos(angle));
            sin[i] = (short) Math.rint(16384 * StrictMath.sin(angle));
        }
        long[] epsilon = new long[7];
        for (int i = 0; i < epsilon.length; i++) {
            epsilon[i] = 1L << (14 - 2 * i);
        }
        long scale = (long) StrictMath.floor(StrictMath.sqrt(d) * 0x1p40);
        long score = (long) Math.rint(1.4426950408889634 / StrictMath.sqrt(shape.headSize()) * 65536);
        program = new Program(
                shape,
                Tables.standard(),
                score,
                scale,
                epsilon,
                layers,
                ints(d, 1 << 13),
                cos,
                sin,
                matrices,
                tokenizer,
                template,
                unicode);
        masked = BitSet.valueOf(program.committed().get("masked"));
    }

    /** Adjacent pairs, no biases, tied head; or halves, biases in some layers, a head of its own. */
    static TinyModel of(long seed) {
        boolean halves = seed % 2 == 1;
        Shape shape = new Shape(
                halves ? "qwen2" : "llama",
                2,
                64,
                4,
                2,
                16,
                96,
                150,
                64,
                halves ? Rope.Pairing.HALVES : Rope.Pairing.ADJACENT);
        return new TinyModel(seed, shape, halves, !halves);
    }

    /** The last ids are placeholders and rows without a token. */
    private static byte[] vocabulary(int rows) {
        Writer out = new Writer().utf8("assay-vocabulary-1").utf8("gpt2").utf8("default");
        for (int i = 0; i < 6; i++) {
            out.u32(0);
        }
        int size = rows - 5;
        out.u32(size);
        for (int id = 0; id < size; id++) {
            out.utf8("t" + id).u32(id > size - 4 ? 5 : 1);
        }
        return out.u32(0).u32(0).toBytes();
    }

    boolean isMasked(int id) {
        return masked.get(id);
    }

    private int[] ints(int count, int bound) {
        return random.ints(count, -bound / 4, bound).toArray();
    }

    private void add(List<Matrix> matrices, String name, WeightType type, int count, int cols) {
        byte[][] all = new byte[count][];
        for (int r = 0; r < count; r++) {
            all[r] = row(type, cols);
        }
        rows.put(name, all);
        matrices.add(new Matrix(name, type, count, cols, Matrix.root(type, cols, List.of(all))));
    }

    /** Scales of about 0.01, codes at random. */
    private byte[] row(WeightType type, int cols) {
        byte[] row = new byte[(int) type.rowBytes(cols)];
        random.nextBytes(row);
        int scales = type == WeightType.Q4_1 ? 2 : 1;
        int step = type == WeightType.F16 ? 2 : type.blockBytes();
        for (int at = 0; at < row.length; at += step) {
            for (int s = 0; s < scales; s++) {
                int half = 0x1c00 + random.nextInt(0x800)
                        | (s == 1 || type == WeightType.F16 ? random.nextInt(2) << 15 : 0);
                row[at + 2 * s] = (byte) half;
                row[at + 2 * s + 1] = (byte) (half >> 8);
            }
        }
        return row;
    }

    @Override
    public void row(Matrix matrix, int row, long[] out) throws MalformedException {
        matrix.type().decodeRow(rows.get(matrix.name())[row], out);
    }

    Hash subtree(Matrix matrix, int low, int high) {
        List<Hash> all = leaves.computeIfAbsent(matrix.name(), name -> {
            List<Hash> out = new ArrayList<>();
            for (byte[] row : rows.get(name)) {
                out.add(Matrix.leaf(matrix.type(), row, matrix.cols()));
            }
            return out;
        });
        return Merkle.root(all.subList(low, high));
    }
}
