package assay.core.audit;

import assay.core.base.Hash;
import assay.core.codec.Writer;
import java.nio.ByteBuffer;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.random.RandomGenerator;

/**
 * Which cells of an answer are to be opened: follows from the receipt and from a seed that its challenger drew
 * after the receipt existed.
 *
 * <p>The receipt commits to the trace, and its digest goes into the draw: cells cannot be known before the
 * commitment, even by someone who knows the seed. That alone would let a node that knows the seed try one
 * receipt after another, so the seed has to be fresh: {@link #fresh}.
 *
 * @param receipt digest of the receipt's statement
 * @param seed 32 random bytes
 * @param cells how many, 1 to {@link #CELLS_MAX}
 */
public record Challenge(Hash receipt, Hash seed, int cells) {
    /** The most cells of one opening: beyond them a replay is the better audit. */
    public static final int CELLS_MAX = 256;

    /** Checks the range. */
    public Challenge {
        if (cells < 1 || cells > CELLS_MAX) {
            throw new IllegalArgumentException("1 to " + CELLS_MAX + " cells can be asked for, got " + cells);
        }
    }

    /** A challenge that nobody could know before now, from a secure source. */
    public static Challenge fresh(Hash receipt, int cells, RandomGenerator random) {
        byte[] seed = new byte[Hash.SIZE_BYTES];
        random.nextBytes(seed);
        return new Challenge(receipt, Hash.ofBytes(seed), cells);
    }

    /** What a demand on the ledger names: {@code H("assay/challenge/1" ‖ receipt ‖ seed ‖ cells)}. */
    public Hash digest() {
        return Hash.tagged(
                "assay/challenge/1",
                new Writer().hash(receipt).hash(seed).u32(cells).toBytes());
    }

    /**
     * The drawn cells, in order: so many different ones, or all if there are fewer.
     *
     * <p>Draw i is {@code floor(x * cells of the grid / 2^64)}, x the first 8 bytes, big-endian, of {@code
     * H("assay/cells/1" ‖ receipt ‖ seed ‖ i)}; what was drawn before is passed over.
     */
    public SortedSet<Spot> spots(Grid grid) {
        SortedSet<Spot> spots = new TreeSet<>();
        long all = grid.cells();
        for (long i = 0; spots.size() < Math.min(cells, all); i++) {
            byte[] drawn = Hash.tagged(
                            "assay/cells/1",
                            new Writer().hash(receipt).hash(seed).u32(i).toBytes())
                    .bytes();
            spots.add(grid.spot(Math.unsignedMultiplyHigh(ByteBuffer.wrap(drawn).getLong(), all)));
        }
        return spots;
    }
}
