package assay.core.merkle;

import assay.core.base.Hash;
import assay.core.base.MalformedException;
import java.util.ArrayList;
import java.util.List;

/**
 * The right edge of a growing tree: what is needed to append leaves and to know the root, and no
 * more, so at most 62 digests however many leaves there are.
 *
 * <p>Not for use by several threads at once.
 */
public final class Frontier {
    /** Roots of the complete subtrees, largest first: one for each bit set in {@code size}. */
    private final ArrayList<Hash> peaks;

    private long size;

    /** The empty tree. */
    public Frontier() {
        peaks = new ArrayList<>();
    }

    private Frontier(long size, List<Hash> peaks) {
        this.size = size;
        this.peaks = new ArrayList<>(peaks);
    }

    /** The frontier of a tree of {@code size} leaves that had these {@link #peaks}. */
    public static Frontier of(long size, List<Hash> peaks) throws MalformedException {
        if (size < 0 || size > Merkle.MAX_SIZE || peaks.size() != Long.bitCount(size)) {
            throw new MalformedException("a frontier of " + size + " leaves with " + peaks.size() + " peaks", -1);
        }
        return new Frontier(size, peaks);
    }

    /** Appends a leaf, already hashed ({@link Merkle#leaf}). */
    public void append(Hash leaf) {
        Hash node = leaf;
        for (long bits = size; (bits & 1) == 1; bits >>= 1) {
            node = Merkle.node(peaks.removeLast(), node);
        }
        peaks.add(node);
        size++;
    }

    /** Leaves so far. */
    public long size() {
        return size;
    }

    /** The root over all leaves so far. */
    public Hash root() {
        if (peaks.isEmpty()) {
            return Merkle.EMPTY;
        }
        Hash root = peaks.getLast();
        for (int i = peaks.size() - 2; i >= 0; i--) {
            root = Merkle.node(peaks.get(i), root);
        }
        return root;
    }

    /** Roots of the complete subtrees, largest first. */
    public List<Hash> peaks() {
        return List.copyOf(peaks);
    }

    /** An independent copy. */
    public Frontier copy() {
        return new Frontier(size, peaks);
    }
}
