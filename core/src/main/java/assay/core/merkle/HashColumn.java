package assay.core.merkle;

import assay.core.base.Hash;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A growing list of digests, 32 bytes each and little more: blocks of bytes, not objects.
 *
 * <p>At most 2^30 digests. Not for use by several threads at once.
 */
public final class HashColumn {
    private static final int BLOCK = 1024;

    private final List<byte[]> blocks = new ArrayList<>();
    private int size;

    /** Digests so far. */
    public int size() {
        return size;
    }

    /** Adds one at the end. */
    public void add(Hash hash) {
        if (size == 1 << 30) {
            throw new IllegalStateException("a column has at most 2^30 digests");
        }
        int at = size % BLOCK * Hash.SIZE_BYTES;
        if (at == 0) {
            // A short column, as the upper levels of a tree are, does not cost a whole block.
            blocks.add(new byte[size == 0 ? 8 * Hash.SIZE_BYTES : BLOCK * Hash.SIZE_BYTES]);
        }
        byte[] last = blocks.getLast();
        if (at == last.length) {
            last = Arrays.copyOf(last, Math.min(4 * last.length, BLOCK * Hash.SIZE_BYTES));
            blocks.set(blocks.size() - 1, last);
        }
        System.arraycopy(hash.bytes(), 0, last, at, Hash.SIZE_BYTES);
        size++;
    }

    /**
     * The digest at this index.
     *
     * @throws IndexOutOfBoundsException if there is none
     */
    public Hash get(long index) {
        if (index < 0 || index >= size) {
            throw new IndexOutOfBoundsException("no digest " + index + " of " + size);
        }
        int at = (int) (index % BLOCK) * Hash.SIZE_BYTES;
        return Hash.ofBytes(Arrays.copyOfRange(blocks.get((int) (index / BLOCK)), at, at + Hash.SIZE_BYTES));
    }
}
