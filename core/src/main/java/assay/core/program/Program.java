package assay.core.program;

import assay.core.base.Hash;
import assay.core.base.MalformedException;
import assay.core.codec.Reader;
import assay.core.codec.Writer;
import assay.core.kernel.Attention;
import assay.core.kernel.Norm;
import assay.core.kernel.Tables;
import assay.core.kernel.WeightType;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A compiled model without its weights: everything that determines an answer's bits, or the digest of
 * it.
 *
 * <p>Written as named sections; the root is that of its {@link ProgramHeader}. docs/protocol/program.md, section 7.
 * The arrays are shared, not copied: nobody may change them.
 */
public final class Program {
    /** Name of the embedding matrix, and of the head where they are tied. */
    public static final String EMBEDDING = "token_embd.weight";

    /** Name of the head where it is not tied to the embedding. */
    public static final String HEAD = "output.weight";

    private static final byte[] MAGIC = "assay/program/1\n".getBytes(StandardCharsets.US_ASCII);
    private static final int SECTION_MAX_BYTES = 1 << 30;

    private final Shape shape;
    private final Tables tables;
    private final long scoreScale;
    private final long normScale;
    private final long[] normEpsilon;
    private final List<LayerConstants> layers;
    private final int[] outputGain;
    private final short[] cos;
    private final short[] sin;
    private final List<Matrix> matrices;
    private final byte[] tokenizer;
    private final String template;
    private final Hash unicode;
    private @Nullable ProgramHeader header;

    /**
     * Copies the lists.
     *
     * @param shape sizes
     * @param tables EXP2, SIG and the sampler's EXP2S
     * @param scoreScale c of the attention: rint(log2(e)/sqrt(hd) * 2^16)
     * @param normScale C of the norms: isqrt(D * 2^80)
     * @param normEpsilon E by shift, 7 values
     * @param layers constants of each layer
     * @param outputGain (D) gain of the last norm, at 12
     * @param cos (context * hd/2) at 14
     * @param sin (context * hd/2) at 14
     * @param matrices all matrices, in the order of the program
     * @param tokenizer canonical bytes of the vocabulary (assay.core.text)
     * @param template source of the chat template, empty if the file has none
     * @param unicode digest of the Unicode tables that the tokenizer uses
     */
    public Program(
            Shape shape,
            Tables tables,
            long scoreScale,
            long normScale,
            long[] normEpsilon,
            List<LayerConstants> layers,
            int[] outputGain,
            short[] cos,
            short[] sin,
            List<Matrix> matrices,
            byte[] tokenizer,
            String template,
            Hash unicode) {
        this.shape = shape;
        this.tables = tables;
        this.scoreScale = scoreScale;
        this.normScale = normScale;
        this.normEpsilon = normEpsilon;
        this.layers = List.copyOf(layers);
        this.outputGain = outputGain;
        this.cos = cos;
        this.sin = sin;
        this.matrices = List.copyOf(matrices);
        this.tokenizer = tokenizer;
        this.template = template;
        this.unicode = unicode;
    }

    /** Sizes. */
    public Shape shape() {
        return shape;
    }

    /** EXP2, SIG and the sampler's EXP2S. */
    public Tables tables() {
        return tables;
    }

    /** C of the attention: rint(log2(e)/sqrt(hd) * 2^16). */
    public long scoreScale() {
        return scoreScale;
    }

    /** C of the norms: isqrt(D * 2^80). */
    public long normScale() {
        return normScale;
    }

    /** E by shift, 7 values. */
    public long[] normEpsilon() {
        return normEpsilon;
    }

    /** Constants of each layer. */
    public List<LayerConstants> layers() {
        return layers;
    }

    /** (D) gain of the last norm, at 12. */
    public int[] outputGain() {
        return outputGain;
    }

    /** (context * hd/2) at 14. */
    public short[] cos() {
        return cos;
    }

    /** (context * hd/2) at 14. */
    public short[] sin() {
        return sin;
    }

    /** All matrices, in the order of the program. */
    public List<Matrix> matrices() {
        return matrices;
    }

    /** Canonical bytes of the vocabulary (assay.core.text). */
    public byte[] tokenizer() {
        return tokenizer;
    }

    /** Source of the chat template, empty if the file has none. */
    public String template() {
        return template;
    }

    /** Digest of the Unicode tables that the tokenizer uses. */
    public Hash unicode() {
        return unicode;
    }

    /** The matrix of this name, if the program has it. */
    public Optional<Matrix> matrix(String name) {
        return matrices.stream().filter(m -> m.name().equals(name)).findFirst();
    }

    /** The matrix that gives logits. */
    public Matrix head() {
        return matrix(HEAD).or(() -> matrix(EMBEDDING)).orElseThrow();
    }

    /** Multiplications by weights for one token, its logits included: what a replay costs grows with it. */
    public long macsPerToken() {
        long layers = matrices.stream()
                .filter(m -> !m.name().equals(EMBEDDING) && !m.name().equals(HEAD))
                .mapToLong(m -> (long) m.rows() * m.cols())
                .sum();
        return layers + (long) head().rows() * head().cols();
    }

    /** Identity of the whole program. */
    public Hash root() {
        return header().root();
    }

    /** What the root is made of. */
    public ProgramHeader header() {
        // Two threads may make it twice: it is the same.
        ProgramHeader known = header;
        if (known == null) {
            known = ProgramHeader.of(committed());
            header = known;
        }
        return known;
    }

    /** The bytes under the root, by section: those of the file, then {@code masked} and {@code biases}. */
    public Map<String, byte[]> committed() {
        Map<String, byte[]> sections = sections();
        sections.put("masked", MaskedIds.bits(tokenizer, shape.vocabulary()));
        byte[] biases = new byte[layers.size()];
        for (int l = 0; l < biases.length; l++) {
            LayerConstants c = layers.get(l);
            biases[l] = (byte) ((c.queryBias().length == 0 ? 0 : 1)
                    | (c.keyBias().length == 0 ? 0 : 2)
                    | (c.valueBias().length == 0 ? 0 : 4));
        }
        sections.put("biases", biases);
        return sections;
    }

    /** Identity of the weights: the digest of the list of matrices with their roots. */
    public Hash weightRoot() {
        return Hash.tagged("assay/weights/1", writeMatrices());
    }

    /** Digest of the tokenizer's section. */
    public Hash tokenizerDigest() {
        return Hash.tagged("assay/tokenizer/1", tokenizer);
    }

    /** Digest of the chat template's source. */
    public Hash templateDigest() {
        return Hash.tagged("assay/template/1", template.getBytes(StandardCharsets.UTF_8));
    }

    /** The program as a file: magic, then each section's name and bytes. */
    public byte[] encode() {
        Map<String, byte[]> sections = sections();
        Writer out = new Writer().bytes(MAGIC).u32(sections.size());
        sections.forEach((name, bytes) -> out.utf8(name).blob(bytes));
        return out.toBytes();
    }

    private Map<String, byte[]> sections() {
        Map<String, byte[]> sections = new LinkedHashMap<>();
        Writer shapeBytes = new Writer();
        shape.write(shapeBytes);
        sections.put("shape", shapeBytes.toBytes());
        sections.put("constants", writeConstants());
        sections.put("layers", writeLayers());
        sections.put("rope", new Writer().bytes(shorts(cos)).bytes(shorts(sin)).toBytes());
        sections.put("weights", writeMatrices());
        sections.put("tokenizer", tokenizer);
        sections.put("template", template.getBytes(StandardCharsets.UTF_8));
        sections.put("unicode", unicode.bytes());
        return sections;
    }

    private byte[] writeConstants() {
        Writer out = new Writer().i64(scoreScale).i64(normScale);
        for (long e : normEpsilon) {
            out.i64(e);
        }
        ints(out, tables.exp2Table());
        ints(out, tables.sigmoidTable());
        ints(out, tables.exp2SamplerTable());
        return out.toBytes();
    }

    private byte[] writeLayers() {
        Writer out = new Writer();
        for (LayerConstants layer : layers) {
            Attention.Exponents f = layer.exponents();
            out.i32(f.q()).i32(f.k()).i32(f.v());
            ints(out, layer.attentionGain());
            ints(out, layer.feedForwardGain());
            ints(out, layer.queryBias());
            ints(out, layer.keyBias());
            ints(out, layer.valueBias());
        }
        ints(out, outputGain);
        return out.toBytes();
    }

    private byte[] writeMatrices() {
        Writer out = new Writer().u32(matrices.size());
        for (Matrix m : matrices) {
            out.utf8(m.name()).u8(m.type().id()).u32(m.rows()).u32(m.cols()).hash(m.root());
        }
        return out.toBytes();
    }

    /**
     * Reads what {@link #encode} wrote, checking every length and range.
     *
     * @throws MalformedException if the bytes are not a program, with the offset in its section
     */
    public static Program parse(byte[] bytes) throws MalformedException {
        Reader in = new Reader(bytes);
        if (!java.util.Arrays.equals(in.bytes(Math.min(MAGIC.length, in.remaining())), MAGIC)) {
            throw new MalformedException("not a program file (or of another version)", 0);
        }
        Map<String, Reader> sections = new LinkedHashMap<>();
        int count = in.count(64, 8);
        for (int i = 0; i < count; i++) {
            sections.put(in.utf8(64), new Reader(in.blob(SECTION_MAX_BYTES)));
        }
        in.end();
        String expected = "[shape, constants, layers, rope, weights, tokenizer, template, unicode]";
        if (!sections.keySet().toString().equals(expected)) {
            throw new MalformedException("sections are " + sections.keySet() + ", expected " + expected, MAGIC.length);
        }
        return readSections(sections);
    }

    private static Program readSections(Map<String, Reader> sections) throws MalformedException {
        Shape shape = Shape.read(section(sections, "shape"));
        Reader constants = section(sections, "constants");
        long scoreScale = constants.i64();
        long normScale = constants.i64();
        long[] epsilon = new long[Norm.SHIFT_MAX + 1];
        for (int i = 0; i < epsilon.length; i++) {
            epsilon[i] = constants.i64();
        }
        Tables tables = new Tables(readInts(constants, 256), readInts(constants, 8192), readInts(constants, 4096));
        Reader layerBytes = section(sections, "layers");
        List<LayerConstants> layers = new ArrayList<>();
        for (int l = 0; l < shape.layers(); l++) {
            layers.add(readLayer(layerBytes, shape));
        }
        int[] outputGain = readInts(layerBytes, shape.width());
        Reader rope = section(sections, "rope");
        int table = Math.multiplyExact(shape.context(), shape.headSize() / 2);
        short[] cos = readShorts(rope, table);
        short[] sin = readShorts(rope, table);
        List<Matrix> matrices = readMatrices(section(sections, "weights"));
        byte[] tokenizer = rest(section(sections, "tokenizer"));
        String template = new String(rest(section(sections, "template")), StandardCharsets.UTF_8);
        Hash unicode = section(sections, "unicode").hash();
        for (String name : List.of("shape", "constants", "layers", "rope", "weights", "unicode")) {
            section(sections, name).end();
        }
        return new Program(
                shape,
                tables,
                scoreScale,
                normScale,
                epsilon,
                layers,
                outputGain,
                cos,
                sin,
                matrices,
                tokenizer,
                template,
                unicode);
    }

    private static Reader section(Map<String, Reader> sections, String name) throws MalformedException {
        Reader reader = sections.get(name);
        if (reader == null) {
            throw new MalformedException("section " + name + " is missing", -1);
        }
        return reader;
    }

    private static byte[] rest(Reader in) throws MalformedException {
        return in.bytes(in.remaining());
    }

    private static LayerConstants readLayer(Reader in, Shape shape) throws MalformedException {
        int q = in.i32();
        int k = in.i32();
        int v = in.i32();
        Attention.Exponents exponents;
        try {
            exponents = new Attention.Exponents(q, k, v);
        } catch (IllegalArgumentException e) {
            throw new MalformedException(String.valueOf(e.getMessage()), in.offset());
        }
        return new LayerConstants(
                exponents,
                readInts(in, shape.width()),
                readInts(in, shape.width()),
                readIntsOrNone(in, shape.queryWidth()),
                readIntsOrNone(in, shape.kvWidth()),
                readIntsOrNone(in, shape.kvWidth()));
    }

    private static List<Matrix> readMatrices(Reader in) throws MalformedException {
        int count = in.count(1 << 16, 45);
        List<Matrix> matrices = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            String name = in.utf8(256);
            WeightType type = WeightType.ofId(in.u8());
            int rows = in.count(1 << 24, 0);
            int cols = in.count(1 << 24, 0);
            matrices.add(new Matrix(name, type, rows, cols, in.hash()));
        }
        return matrices;
    }

    private static void ints(Writer out, int[] values) {
        out.u32(values.length);
        for (int v : values) {
            out.i32(v);
        }
    }

    private static int[] readInts(Reader in, int expected) throws MalformedException {
        int[] values = readIntsOrNone(in, expected);
        if (values.length != expected) {
            throw new MalformedException("a table of " + expected + " integers expected", in.offset());
        }
        return values;
    }

    private static int[] readIntsOrNone(Reader in, int expected) throws MalformedException {
        int count = in.count(expected, 4);
        if (count != 0 && count != expected) {
            throw new MalformedException("a table of " + expected + " integers expected, got " + count, in.offset());
        }
        int[] values = new int[count];
        for (int i = 0; i < count; i++) {
            values[i] = in.i32();
        }
        return values;
    }

    private static byte[] shorts(short[] values) {
        byte[] bytes = new byte[2 * values.length];
        for (int i = 0; i < values.length; i++) {
            bytes[2 * i] = (byte) values[i];
            bytes[2 * i + 1] = (byte) (values[i] >> 8);
        }
        return bytes;
    }

    private static short[] readShorts(Reader in, int count) throws MalformedException {
        byte[] bytes = in.bytes(Math.multiplyExact(2, count));
        short[] values = new short[count];
        for (int i = 0; i < count; i++) {
            values[i] = (short) ((bytes[2 * i] & 255) | bytes[2 * i + 1] << 8);
        }
        return values;
    }
}
