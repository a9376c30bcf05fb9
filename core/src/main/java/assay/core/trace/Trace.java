package assay.core.trace;

import assay.core.base.Hash;
import assay.core.codec.Writer;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.security.DigestException;
import java.security.MessageDigest;
import java.util.Arrays;

/**
 * What a generation commits to: one append-only tree a layer, one of last residuals, one of tokens.
 *
 * <p>The leaf of token t in layer l is {@code H(00 ‖ "cell" ‖ l ‖ t ‖ H(residual-in) ‖ H(K ‖ V))}; tree L
 * holds {@code H(00 ‖ "last" ‖ t ‖ H(residual-out))}; the token tree {@code H(00 ‖ "tok" ‖ t ‖ id fed ‖
 * sampler state ‖ id picked, or -1)}. Inner nodes are {@code H(01 ‖ left ‖ right)}, in the shape of RFC
 * 6962. Only leaves are kept, 32 bytes each: the values can be computed again. All integers are 32-bit
 * little-endian, residuals int32, K and V int16. docs/protocol/program.md.
 *
 * <p>Cells of different layers may be added by different threads; one layer's by one at a time.
 */
public final class Trace {
    private static final byte[] CELL = "\0cell".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] LAST = "\0last".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] TOKEN = "\0tok".getBytes(StandardCharsets.US_ASCII);
    private static final int SIZE = Hash.SIZE_BYTES;

    private final byte[][] leaves;
    private final byte[][] residuals;
    private final int[] counts;
    private final int layers;

    /** An empty trace of a program with this many layers. */
    public Trace(int layers) {
        this(layers, false);
    }

    /**
     * An empty trace.
     *
     * @param keepsResiduals whether the digests of residuals are kept beside the leaves, 32 bytes a cell more:
     *     what it takes to open cells later
     */
    public Trace(int layers, boolean keepsResiduals) {
        this.layers = layers;
        this.leaves = new byte[layers + 2][64 * SIZE];
        this.residuals = keepsResiduals ? new byte[layers][64 * SIZE] : new byte[0][];
        this.counts = new int[layers + 2];
    }

    /** The first {@code positions} positions of another trace; the token tree is left empty. */
    public static Trace prefix(Trace other, int positions) {
        Trace trace = new Trace(other.layers, other.residuals.length > 0);
        for (int tree = 0; tree <= other.layers; tree++) {
            if (positions > other.counts[tree]) {
                throw new IllegalArgumentException("prefix of " + positions + " from " + other.counts[tree]);
            }
            trace.leaves[tree] = Arrays.copyOf(other.leaves[tree], Math.max(64, positions) * SIZE);
            trace.counts[tree] = positions;
        }
        for (int layer = 0; layer < other.residuals.length; layer++) {
            trace.residuals[layer] = Arrays.copyOf(other.residuals[layer], Math.max(64, positions) * SIZE);
        }
        return trace;
    }

    /** The leaf of a position in a tree (layer, or layers for last residuals, or layers + 1 for tokens). */
    public Hash leaf(int tree, int position) {
        return at(leaves[tree], tree, position);
    }

    /** The digest of the residual-in of a cell, if they are kept. */
    public Hash residual(int layer, int position) {
        return at(residuals[layer], layer, position);
    }

    private Hash at(byte[] digests, int tree, int position) {
        if (position < 0 || position >= counts[tree]) {
            throw new IllegalArgumentException("position " + position + " of " + counts[tree]);
        }
        return Hash.ofBytes(Arrays.copyOfRange(digests, position * SIZE, (position + 1) * SIZE));
    }

    /** Bytes of the leaves' memory. */
    public long sizeBytes() {
        return Arrays.stream(leaves).mapToLong(tree -> tree.length).sum()
                + Arrays.stream(residuals).mapToLong(layer -> layer.length).sum();
    }

    /** Positions committed in every layer. */
    public int positions() {
        return counts[layers];
    }

    /**
     * Appends the cell of the next position of a layer.
     *
     * @param hasher this thread's
     * @param residual (D) residual-in at 14, from {@code from} on
     * @param keyValue (2 * kvHeads * hd) K then V, from {@code kvFrom} on
     */
    public void cell(
            Hasher hasher, int layer, int[] residual, int from, int width, short[] keyValue, int kvFrom, int kvCount) {
        int t = counts[layer];
        byte[] message = hasher.cell;
        ByteBuffer out = ByteBuffer.wrap(message).order(ByteOrder.LITTLE_ENDIAN).position(CELL.length);
        out.putInt(layer).putInt(t);
        hasher.ints(residual, from, width, message, out.position());
        hasher.shorts(keyValue, kvFrom, kvCount, message, out.position() + SIZE);
        if (residuals.length > 0) {
            if ((t + 1) * SIZE > residuals[layer].length) {
                residuals[layer] = Arrays.copyOf(residuals[layer], 2 * residuals[layer].length);
            }
            System.arraycopy(message, out.position(), residuals[layer], t * SIZE, SIZE);
        }
        append(layer, hasher, message);
    }

    /** Appends the last layer's residual-out of the next position. */
    public void last(Hasher hasher, int[] residual, int from, int width) {
        byte[] message = hasher.last;
        ByteBuffer.wrap(message).order(ByteOrder.LITTLE_ENDIAN).putInt(LAST.length, counts[layers]);
        hasher.ints(residual, from, width, message, LAST.length + 4);
        append(layers, hasher, message);
    }

    /**
     * Appends the token step of the next position.
     *
     * @param state the sampler's state before the pick; 32 zero bytes where nothing is picked
     * @param picked the id picked after this position, or -1
     */
    public void token(Hasher hasher, int fed, byte[] state, int picked) {
        int tree = layers + 1;
        byte[] message = hasher.token;
        ByteBuffer.wrap(message)
                .order(ByteOrder.LITTLE_ENDIAN)
                .position(TOKEN.length)
                .putInt(counts[tree])
                .putInt(fed)
                .put(state)
                .putInt(picked);
        append(tree, hasher, message);
    }

    /** The root over the first {@code steps} positions: {@code H("assay/trace/1" ‖ steps ‖ layers ‖ roots)}. */
    public Hash root(int steps) {
        Hasher hasher = new Hasher();
        Writer out = new Writer().u32(steps).u32(layers);
        for (int tree = 0; tree < leaves.length; tree++) {
            out.bytes(treeRoot(hasher, tree, steps));
        }
        return Hash.tagged("assay/trace/1", out.toBytes());
    }

    /** Root of one tree (layer, or layers for last residuals, or layers + 1 for tokens). */
    public Hash treeRoot(int tree, int steps) {
        return Hash.ofBytes(treeRoot(new Hasher(), tree, steps));
    }

    private byte[] treeRoot(Hasher hasher, int tree, int steps) {
        if (steps < 1 || steps > counts[tree]) {
            throw new IllegalArgumentException("root over " + steps + " of " + counts[tree] + " positions");
        }
        byte[] level = Arrays.copyOf(leaves[tree], steps * SIZE);
        // Pairing neighbours level by level, an odd last one passing up, gives the tree of RFC 6962.
        for (int n = steps; n > 1; n = (n + 1) / 2) {
            for (int i = 0; i < n / 2; i++) {
                hasher.node(level, 2 * i * SIZE, i * SIZE);
            }
            if (n % 2 == 1) {
                System.arraycopy(level, (n - 1) * SIZE, level, n / 2 * SIZE, SIZE);
            }
        }
        return Arrays.copyOf(level, SIZE);
    }

    private void append(int tree, Hasher hasher, byte[] message) {
        int at = counts[tree] * SIZE;
        if (at + SIZE > leaves[tree].length) {
            leaves[tree] = Arrays.copyOf(leaves[tree], 2 * leaves[tree].length);
        }
        hasher.digest(message, leaves[tree], at);
        counts[tree]++;
    }

    /** One thread's SHA-256 and buffers. */
    public static final class Hasher {
        private final MessageDigest digest = Hash.newSha256();
        private final byte[] cell = tagged(CELL, 8 + 2 * SIZE);
        private final byte[] last = tagged(LAST, 4 + SIZE);
        private final byte[] token = tagged(TOKEN, 12 + SIZE);
        private byte[] bytes = new byte[0];
        private final byte[] node = new byte[1 + 2 * SIZE];

        /** A hasher for use by one thread. */
        public Hasher() {
            node[0] = 1;
        }

        private static byte[] tagged(byte[] tag, int rest) {
            return Arrays.copyOf(tag, tag.length + rest);
        }

        private void ints(int[] values, int from, int count, byte[] out, int at) {
            ByteBuffer.wrap(room(4 * count))
                    .order(ByteOrder.LITTLE_ENDIAN)
                    .asIntBuffer()
                    .put(values, from, count);
            finish(4 * count, out, at);
        }

        private void shorts(short[] values, int from, int count, byte[] out, int at) {
            ByteBuffer.wrap(room(2 * count))
                    .order(ByteOrder.LITTLE_ENDIAN)
                    .asShortBuffer()
                    .put(values, from, count);
            finish(2 * count, out, at);
        }

        private byte[] room(int size) {
            if (bytes.length < size) {
                bytes = new byte[size];
            }
            return bytes;
        }

        private void finish(int size, byte[] out, int at) {
            digest.update(bytes, 0, size);
            finish(out, at);
        }

        private void digest(byte[] message, byte[] out, int at) {
            digest.update(message);
            finish(out, at);
        }

        private void node(byte[] level, int from, int to) {
            System.arraycopy(level, from, node, 1, 2 * SIZE);
            digest.update(node);
            finish(level, to);
        }

        private void finish(byte[] out, int at) {
            try {
                digest.digest(out, at, SIZE);
            } catch (DigestException e) {
                throw new AssertionError("32 bytes are room enough", e);
            }
        }
    }
}
