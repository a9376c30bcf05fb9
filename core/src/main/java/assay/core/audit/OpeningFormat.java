package assay.core.audit;

import assay.core.base.Hash;
import assay.core.base.MalformedException;
import assay.core.codec.Reader;
import assay.core.codec.Writer;
import assay.core.program.Cell;
import assay.core.program.Matrix;
import assay.core.program.Program;
import assay.core.program.Shape;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;

/**
 * The bytes of an {@link Opening}. All lengths follow from the {@link OpeningPlan}; vectors are {@link Packed}.
 * docs/protocol/light-audit.md, "Bytes of an opening".
 */
public final class OpeningFormat {
    private static final byte[] MAGIC = "assay/opening/2\n".getBytes(StandardCharsets.US_ASCII);

    private OpeningFormat() {}

    /** The bytes; an opening that is not of its plan gives bytes that do not parse. */
    public static byte[] encode(Opening opening) {
        Writer out = head(opening.challenge())
                .hash(opening.salt())
                .u8(opening.roots().size());
        opening.roots().forEach(out::hash);
        for (Opening.OfChoice choice : opening.choices()) {
            choice.trees().forEach(out::hash);
            choice.layers().forEach(layer -> write(out, layer));
            for (Opening.OfHead head : choice.heads()) {
                writeInts(out, head.residual());
                head.path().forEach(out::hash);
                writeLongs(out, head.sums());
            }
        }
        return out.toBytes();
    }

    private static Writer head(Challenge challenge) {
        return new Writer()
                .bytes(MAGIC)
                .hash(challenge.receipt())
                .hash(challenge.seed())
                .u32(challenge.cells());
    }

    /** Whether an opening's bytes say that they answer this challenge. */
    public static boolean answers(byte[] opening, Challenge challenge) {
        byte[] head = head(challenge).toBytes();
        return opening.length > head.length && Arrays.equals(opening, 0, head.length, head, 0, head.length);
    }

    private static void write(Writer out, Opening.OfLayer layer) {
        layer.residuals().forEach(out::hash);
        writeChannels(out, layer.keys());
        writeChannels(out, layer.values());
        layer.rest().forEach(out::hash);
        for (Opening.OfCell cell : layer.cells()) {
            writeInts(out, cell.residual());
            writeLongs(out, cell.embedding());
            cell.sums().forEach(sums -> writeLongs(out, sums));
            cell.next().ifPresent(out::hash);
            cell.path().forEach(out::hash);
        }
    }

    /** One channel after the other, over all positions: what a channel holds is of one size, which takes fewer bits. */
    private static void writeChannels(Writer out, short[][] rows) {
        for (int channel = 0; rows.length > 0 && channel < rows[0].length; channel++) {
            int c = channel;
            Packed.write(out, rows.length, t -> rows[t][c]);
        }
    }

    private static void writeInts(Writer out, int[] values) {
        Packed.write(out, values.length, i -> values[i]);
    }

    private static void writeLongs(Writer out, long[] values) {
        Packed.write(out, values.length, i -> values[i]);
    }

    /**
     * Reads an opening of this plan; what it takes in memory follows from the plan alone.
     *
     * @throws MalformedException if the bytes are not an opening of this plan
     */
    public static Opening parse(byte[] bytes, OpeningPlan plan) throws MalformedException {
        if (bytes.length > Math.min(plan.maxBytes(), OpeningPlan.SIZE_MAX_BYTES)) {
            throw new MalformedException(
                    "an opening of these cells has at most " + plan.maxBytes() + " bytes, got " + bytes.length, -1);
        }
        Reader in = new Reader(bytes);
        if (!Arrays.equals(in.bytes(Math.min(MAGIC.length, in.remaining())), MAGIC)) {
            throw new MalformedException("not an opening (or of another version)", 0);
        }
        Challenge asked = plan.challenge();
        int at = in.offset();
        if (!in.hash().equals(asked.receipt()) || !in.hash().equals(asked.seed()) || in.u32() != asked.cells()) {
            throw new MalformedException("an opening for another challenge", at);
        }
        Hash salt = in.hash();
        int choices = in.u8();
        if (choices != plan.grid().runs().size()) {
            throw new MalformedException(
                    "trace roots of " + choices + " choices, expected "
                            + plan.grid().runs().size(),
                    in.offset() - 1);
        }
        List<Hash> roots = hashes(in, choices);
        List<Opening.OfChoice> shown = new ArrayList<>();
        for (OpeningPlan.OfChoice choice : plan.choices()) {
            shown.add(choice(in, plan.program(), choice));
        }
        in.end();
        return new Opening(asked, salt, roots, shown);
    }

    private static Opening.OfChoice choice(Reader in, Program program, OpeningPlan.OfChoice plan)
            throws MalformedException {
        Shape shape = program.shape();
        List<Hash> trees = hashes(in, shape.layers() + 2);
        List<Opening.OfLayer> layers = new ArrayList<>();
        for (Map.Entry<Integer, SortedSet<Integer>> layer : plan.layers().entrySet()) {
            layers.add(layer(in, program, layer.getKey(), layer.getValue(), plan.steps()));
        }
        List<Opening.OfHead> heads = new ArrayList<>();
        for (int position : plan.heads()) {
            int[] residual = ints(in, shape.width());
            List<Hash> path = hashes(in, Subtrees.pathLength(position, plan.steps()));
            long[] sums = sums(in, program.head());
            heads.add(new Opening.OfHead(position, residual, path, sums));
        }
        return new Opening.OfChoice(plan.choice(), trees, layers, heads);
    }

    private static Opening.OfLayer layer(Reader in, Program program, int layer, SortedSet<Integer> positions, int steps)
            throws MalformedException {
        int n = positions.last() + 1;
        int kv = program.shape().kvWidth();
        // Beyond this many bytes, what is read has been sent.
        if ((long) n * Hash.SIZE_BYTES > in.remaining()) {
            throw new MalformedException("K and V of " + n + " positions expected", in.offset());
        }
        List<Hash> residuals = hashes(in, n);
        short[][] keys = channels(in, n, kv);
        short[][] values = channels(in, n, kv);
        List<Hash> rest = hashes(in, Subtrees.count(n, steps));
        List<Opening.OfCell> cells = new ArrayList<>();
        for (int position : positions) {
            cells.add(cell(in, program, layer, position, steps));
        }
        return new Opening.OfLayer(layer, residuals, keys, values, rest, cells);
    }

    private static short[][] channels(Reader in, int n, int kv) throws MalformedException {
        short[][] rows = new short[n][kv];
        long[] channel = new long[n];
        for (int c = 0; c < kv; c++) {
            Packed.read(in, channel, OpeningPlan.KEY_BITS, "an element of K or V");
            for (int t = 0; t < n; t++) {
                rows[t][c] = (short) channel[t];
            }
        }
        return rows;
    }

    private static Opening.OfCell cell(Reader in, Program program, int layer, int position, int steps)
            throws MalformedException {
        int[] residual = ints(in, program.shape().width());
        long[] embedding = new long[layer == 0 ? program.shape().width() : 0];
        Packed.read(in, embedding, OpeningPlan.WEIGHT_BITS, "a weight");
        List<long[]> sums = new ArrayList<>();
        for (Cell.Product product : Cell.Product.values()) {
            sums.add(sums(in, product.matrix(program, layer)));
        }
        Optional<Hash> next = layer + 1 < program.shape().layers() ? Optional.of(in.hash()) : Optional.empty();
        List<Hash> path = hashes(in, Subtrees.pathLength(position, steps));
        return new Opening.OfCell(position, residual, embedding, sums, next, path);
    }

    private static long[] sums(Reader in, Matrix matrix) throws MalformedException {
        long[] sums = new long[matrix.rows()];
        Packed.read(in, sums, OpeningPlan.SUM_BITS, "a sum");
        return sums;
    }

    private static int[] ints(Reader in, int count) throws MalformedException {
        long[] values = new long[count];
        Packed.read(in, values, OpeningPlan.RESIDUAL_BITS, "a residual");
        int[] narrow = new int[count];
        for (int i = 0; i < count; i++) {
            narrow[i] = (int) values[i];
        }
        return narrow;
    }

    private static List<Hash> hashes(Reader in, int count) throws MalformedException {
        List<Hash> hashes = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            hashes.add(in.hash());
        }
        return hashes;
    }
}
