package assay.core.trace;

import assay.core.base.Hash;
import assay.core.codec.Writer;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.List;

/**
 * The hashes that a {@link Trace} is made of, one at a time, for whoever checks what was opened of one.
 *
 * <p>One instance serves one thread. Formulas: docs/protocol/light-audit.md, "What a trace commits to".
 */
public final class Leaves {
    private static final byte[] CELL = "\0cell".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] LAST = "\0last".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] TOKEN = "\0tok".getBytes(StandardCharsets.US_ASCII);

    private final MessageDigest digest = Hash.newSha256();

    /** Hashes for one thread. */
    public Leaves() {}

    /** SHA-256 of a residual: int32 each. */
    public Hash residual(int[] values) {
        ByteBuffer out = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
        out.asIntBuffer().put(values);
        return Hash.ofBytes(digest.digest(out.array()));
    }

    /** SHA-256 of K, then V, of one position in a layer: int16 each. */
    public Hash keysValues(short[] key, short[] value) {
        ByteBuffer out = ByteBuffer.allocate(2 * (key.length + value.length)).order(ByteOrder.LITTLE_ENDIAN);
        out.asShortBuffer().put(key).put(value);
        return Hash.ofBytes(digest.digest(out.array()));
    }

    /** {@code H(00 ‖ "cell" ‖ layer ‖ position ‖ residual-in ‖ K and V)}, both by their digests. */
    public Hash cell(int layer, int position, Hash residual, Hash keysValues) {
        return hash(
                new Writer().bytes(CELL).u32(layer).u32(position).hash(residual).hash(keysValues));
    }

    /** {@code H(00 ‖ "last" ‖ position ‖ residual-out)}, by its digest. */
    public Hash last(int position, Hash residual) {
        return hash(new Writer().bytes(LAST).u32(position).hash(residual));
    }

    /** {@code H(00 ‖ "tok" ‖ position ‖ id fed ‖ sampler's state ‖ id picked, or -1)}. */
    public Hash token(int position, int fed, Hash state, int picked) {
        return hash(new Writer().bytes(TOKEN).u32(position).i32(fed).hash(state).i32(picked));
    }

    /**
     * {@code H("assay/trace/1" ‖ steps ‖ layers ‖ roots)}.
     *
     * @param trees roots of all layers, of the last residuals, and of the tokens
     */
    public static Hash root(int steps, List<Hash> trees) {
        Writer out = new Writer().u32(steps).u32(trees.size() - 2);
        trees.forEach(out::hash);
        return Hash.tagged("assay/trace/1", out.toBytes());
    }

    private Hash hash(Writer message) {
        return Hash.ofBytes(digest.digest(message.toBytes()));
    }
}
