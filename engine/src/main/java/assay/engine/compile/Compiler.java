package assay.engine.compile;

import assay.core.base.MalformedException;
import assay.core.kernel.Attention;
import assay.core.kernel.Norm;
import assay.core.kernel.Tables;
import assay.core.kernel.WeightType;
import assay.core.merkle.Frontier;
import assay.core.program.LayerConstants;
import assay.core.program.Matrix;
import assay.core.program.Program;
import assay.core.program.Shape;
import assay.core.text.UnicodeTables;
import assay.engine.gguf.GgufFile;
import assay.engine.gguf.Tensor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.stream.IntStream;

/**
 * Compiles a model file into the exact integer program: a pure function of the file's bytes.
 *
 * <p>Doubles are used here and only here, through {@link StrictMath} and single IEEE operations, so
 * that every machine makes the same constants. docs/protocol/program.md, sections 2 and 3. A file
 * whose bounds cannot be proven, or that asks for arithmetic which the program does not have, is
 * refused with the name of what is wrong.
 */
public final class Compiler {
    private static final double LOG2_E = 1.4426950408889634;

    private final GgufFile file;
    private final Shape shape;
    private final SortedMap<String, Matrix> matrices;

    private Compiler(GgufFile file) throws MalformedException {
        this.file = file;
        this.shape = Hyperparameters.read(file);
        Hyperparameters.refuseUnknownTensors(file, shape);
        this.matrices = checkAllMatrices();
    }

    /**
     * Compiles a model.
     *
     * @param file an open model file
     * @return the program; equal bytes on every machine
     * @throws MalformedException naming what the program cannot express or what a bound forbids
     */
    public static Program compile(GgufFile file) throws MalformedException {
        return new Compiler(file).program();
    }

    private Program program() throws MalformedException {
        double epsilon = Hyperparameters.epsilon(file);
        List<LayerConstants> layers = new ArrayList<>();
        for (int l = 0; l < shape.layers(); l++) {
            layers.add(layer(l));
        }
        int half = shape.headSize() / 2;
        short[] cos = new short[Math.multiplyExact(shape.context(), half)];
        short[] sin = new short[cos.length];
        fillRope(cos, sin, Hyperparameters.frequencies(file, shape));
        return new Program(
                shape,
                Tables.standard(),
                (long) Math.rint(LOG2_E / Math.sqrt(shape.headSize()) * 0x1p16),
                BigInteger.valueOf(shape.width()).shiftLeft(80).sqrt().longValueExact(),
                epsilons(epsilon),
                layers,
                gain("output_norm.weight"),
                cos,
                sin,
                orderedMatrices(),
                TextImport.tokenizer(file, shape.vocabulary()),
                TextImport.template(file),
                UnicodeTables.digest());
    }

    private long[] epsilons(double epsilon) throws MalformedException {
        long[] e = new long[Norm.SHIFT_MAX + 1];
        for (int shift = 0; shift < e.length; shift++) {
            e[shift] = (long) Math.rint(shape.width() * epsilon * StrictMath.pow(2, 2 * (14 - shift)));
        }
        if (!(epsilon >= 0) || e[0] > 1L << 60) {
            throw new MalformedException("layer_norm_rms_epsilon " + epsilon + " is out of range", -1);
        }
        return e;
    }

    private LayerConstants layer(int l) throws MalformedException {
        String prefix = "blk." + l + ".";
        float[] gain = floats(prefix + "attn_norm.weight", shape.width());
        float[] queryBias = optionalFloats(prefix + "attn_q.bias", shape.queryWidth());
        float[] keyBias = optionalFloats(prefix + "attn_k.bias", shape.kvWidth());
        float[] valueBias = optionalFloats(prefix + "attn_v.bias", shape.kvWidth());
        Attention.Exponents f = new Attention.Exponents(
                exponent(prefix + "attn_q.weight", gain, queryBias),
                exponent(prefix + "attn_k.weight", gain, keyBias),
                exponent(prefix + "attn_v.weight", gain, valueBias));
        int contextBits = 32 - Integer.numberOfLeadingZeros(shape.context() - 1);
        if (28 + contextBits + Math.max(0, 16 - f.v()) > 61) {
            throw new MalformedException(
                    prefix + "attn_v.weight: the context of " + shape.context() + " is too long for its exponent", -1);
        }
        return new LayerConstants(
                f,
                gain(prefix + "attn_norm.weight"),
                gain(prefix + "ffn_norm.weight"),
                bias(queryBias, prefix + "attn_q.bias"),
                bias(keyBias, prefix + "attn_k.bias"),
                bias(valueBias, prefix + "attn_v.bias"));
    }

    /** The largest f in [-1, 30] for which 32 predicted standard deviations fit 14 bits. */
    private int exponent(String name, float[] gain, float[] bias) throws MalformedException {
        Tensor tensor = tensor(name);
        Rows rows = new Rows(tensor, WeightType.ofId(tensor.type().id));
        double sum = 0;
        for (int r = 0; r < tensor.rows(); r++) {
            long[] w = rows.decode(r);
            for (int k = 0; k < w.length; k++) {
                double t = (w[k] * 0x1p-24) * gain[k];
                sum += t * t;
            }
        }
        double largestBias = 0;
        for (float b : bias) {
            largestBias = Math.max(largestBias, Math.abs((double) b));
        }
        double spread = 32 * Math.sqrt(sum / tensor.rows()) + 2 * largestBias;
        for (int f = 30; f >= -1; f--) {
            boolean fits = 1024 * sum * StrictMath.pow(4, f) <= 0x1p26 * tensor.rows();
            boolean fitsBias = bias.length == 0 || spread * StrictMath.pow(2, f) <= 0x1p13;
            if (fits && fitsBias) {
                return f;
            }
        }
        throw new MalformedException(name + ": its outputs are too large for 14 bits", -1);
    }

    private void fillRope(short[] cos, short[] sin, double[] frequencies) {
        int half = frequencies.length;
        IntStream.range(0, shape.context()).parallel().forEach(position -> {
            for (int i = 0; i < half; i++) {
                double angle = position * frequencies[i];
                cos[position * half + i] = (short) Math.rint(0x1p14 * StrictMath.cos(angle));
                sin[position * half + i] = (short) Math.rint(0x1p14 * StrictMath.sin(angle));
            }
        });
    }

    private int[] gain(String name) throws MalformedException {
        float[] gain = floats(name, shape.width());
        int[] out = new int[gain.length];
        for (int i = 0; i < gain.length; i++) {
            if (!(Math.abs(gain[i]) < 4096)) {
                throw new MalformedException(name + ": a gain of " + gain[i] + " is out of range", -1);
            }
            out[i] = (int) Math.rint(gain[i] * 0x1p12);
        }
        return out;
    }

    private static int[] bias(float[] bias, String name) throws MalformedException {
        int[] out = new int[bias.length];
        for (int i = 0; i < bias.length; i++) {
            double scaled = Math.rint(bias[i] * 0x1p14);
            if (!(Math.abs(scaled) < 0x1p29)) {
                throw new MalformedException(name + ": a bias of " + bias[i] + " is out of range", -1);
            }
            out[i] = (int) scaled;
        }
        return out;
    }

    private SortedMap<String, Matrix> checkAllMatrices() throws MalformedException {
        SortedMap<String, Matrix> found = new ConcurrentSkipListMap<>();
        SortedMap<String, String> faults = new ConcurrentSkipListMap<>();
        List<Tensor> weights = file.tensors().stream()
                .filter(t -> t.shape().length == 2 && t.name().endsWith(".weight"))
                .toList();
        weights.parallelStream().forEach(t -> {
            try {
                found.put(t.name(), matrix(t));
            } catch (MalformedException e) {
                faults.put(t.name(), String.valueOf(e.getMessage()));
            }
        });
        if (!faults.isEmpty()) {
            String first = faults.firstKey();
            throw new MalformedException(first + ": " + faults.get(first), -1);
        }
        Hyperparameters.checkShapes(found, shape);
        return new TreeMap<>(found);
    }

    /** Decodes every row once: finite scales, the bound on sum |W|, and the root. */
    private static Matrix matrix(Tensor tensor) throws MalformedException {
        if (!tensor.type().supported()) {
            throw new MalformedException("weights of type " + tensor.type() + " are not supported", -1);
        }
        WeightType type = WeightType.ofId(tensor.type().id);
        int rows = Math.toIntExact(tensor.rows());
        int cols = Math.toIntExact(tensor.columns());
        Rows reader = new Rows(tensor, type);
        Frontier frontier = new Frontier();
        for (int r = 0; r < rows; r++) {
            long sum = 0;
            for (long w : reader.decode(r)) {
                sum += Math.min(Math.abs(w), 1L << 40);
            }
            if (sum >= 1L << 40) {
                throw new MalformedException(
                        "row " + r + " has weights too large for the program (sum |W| >= 2^40)", -1);
            }
            frontier.append(Matrix.leaf(type, reader.row(), cols));
        }
        return new Matrix(tensor.name(), type, rows, cols, frontier.root());
    }

    private List<Matrix> orderedMatrices() {
        List<Matrix> ordered = new ArrayList<>();
        for (String name : Hyperparameters.matrixNames(shape, matrices.containsKey(Program.HEAD))) {
            ordered.add(matrices.get(name));
        }
        return ordered;
    }

    private Tensor tensor(String name) throws MalformedException {
        return file.tensor(name).orElseThrow(() -> new MalformedException("tensor " + name + " is missing", -1));
    }

    private float[] optionalFloats(String name, int size) throws MalformedException {
        return file.tensor(name).isEmpty() ? new float[0] : floats(name, size);
    }

    private float[] floats(String name, int size) throws MalformedException {
        return floats(tensor(name), size);
    }

    /** A vector of a file: F32, or F16/BF16 widened. */
    static float[] floats(Tensor tensor, int size) throws MalformedException {
        long[] dims = tensor.shape();
        if (dims[0] != size || tensor.rows() != 1) {
            throw new MalformedException(
                    tensor.name() + " has shape " + Arrays.toString(dims) + ", expected [" + size + "]", -1);
        }
        MemorySegment data = tensor.data();
        float[] out = new float[size];
        for (int i = 0; i < size; i++) {
            out[i] = switch (tensor.type()) {
                case F32 -> data.get(ValueLayout.JAVA_FLOAT_UNALIGNED, 4L * i);
                case F16 -> Float.float16ToFloat(data.get(ValueLayout.JAVA_SHORT_UNALIGNED, 2L * i));
                case BF16 -> Float.intBitsToFloat(data.get(ValueLayout.JAVA_SHORT_UNALIGNED, 2L * i) << 16);
                default ->
                    throw new MalformedException(
                            tensor.name() + " is a vector of type " + tensor.type() + ", expected floats", -1);
            };
            if (!Float.isFinite(out[i])) {
                throw new MalformedException(tensor.name() + " holds a value that is not finite", i);
            }
        }
        return out;
    }

    /** Rows of a matrix, one at a time, with reused buffers. */
    private static final class Rows {
        private final MemorySegment data;
        private final WeightType type;
        private final byte[] row;
        private final long[] decoded;

        Rows(Tensor tensor, WeightType type) {
            this.data = tensor.data();
            this.type = type;
            this.decoded = new long[Math.toIntExact(tensor.columns())];
            this.row = new byte[Math.toIntExact(type.rowBytes(decoded.length))];
        }

        long[] decode(int r) throws MalformedException {
            MemorySegment.copy(data, ValueLayout.JAVA_BYTE, (long) r * row.length, row, 0, row.length);
            type.decodeRow(row, decoded);
            return decoded;
        }

        byte[] row() {
            return row;
        }
    }
}
