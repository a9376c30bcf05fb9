package assay.core.merkle;

import assay.core.base.Hash;
import java.util.ArrayList;
import java.util.List;

/**
 * The Merkle tree of RFC 6962, section 2.1 (RFC 9162, section 2.1): a leaf is {@code SHA-256(00 ‖
 * data)}, a node {@code SHA-256(01 ‖ left ‖ right)}, and a tree of n > 1 leaves splits at the
 * largest power of two below n. The empty tree's root is SHA-256 of nothing.
 *
 * <p>Sizes and indices count leaves, from 0 to 2^62. Checks are total: whatever path they are given
 * they return true or false.
 */
public final class Merkle {
    /** The root of the tree without leaves. */
    public static final Hash EMPTY = Hash.sha256();

    /** The largest tree. */
    public static final long MAX_SIZE = 1L << 62;

    private static final byte[] LEAF_TAG = {0};
    private static final byte[] NODE_TAG = {1};

    private Merkle() {}

    /** Where proofs find the roots of complete subtrees. */
    public interface Nodes {
        /** Root of the complete subtree over leaves [index·2^level, (index+1)·2^level). */
        Hash node(int level, long index);
    }

    /** The leaf over these bytes. */
    public static Hash leaf(byte[] data) {
        return Hash.sha256(LEAF_TAG, data);
    }

    /** The node over two subtrees. */
    public static Hash node(Hash left, Hash right) {
        return Hash.sha256(NODE_TAG, left.bytes(), right.bytes());
    }

    /** The root over leaves (already hashed), in order. */
    public static Hash root(List<Hash> leaves) {
        Frontier frontier = new Frontier();
        leaves.forEach(frontier::append);
        return frontier.root();
    }

    /** The root of the first {@code size} leaves. */
    public static Hash root(Nodes tree, long size) {
        checkSize(size);
        return size == 0 ? EMPTY : range(tree, 0, size);
    }

    /** The path from leaf {@code index} to the root of the first {@code size} leaves, deepest first. */
    public static List<Hash> proveInclusion(Nodes tree, long index, long size) {
        checkSize(size);
        if (index < 0 || index >= size) {
            throw new IllegalArgumentException("no leaf " + index + " in a tree of " + size);
        }
        List<Hash> path = new ArrayList<>();
        long low = 0;
        long high = size;
        while (high - low > 1) {
            long middle = low + split(high - low);
            if (index < middle) {
                path.addFirst(range(tree, middle, high));
                high = middle;
            } else {
                path.addFirst(range(tree, low, middle));
                low = middle;
            }
        }
        return path;
    }

    /** Whether the path leads from this leaf at {@code index} to the root of {@code size} leaves. */
    public static boolean checkInclusion(List<Hash> path, long index, Hash leaf, long size, Hash root) {
        if (index < 0 || index >= size || size > MAX_SIZE) {
            return false;
        }
        // RFC 9162, section 2.1.3.2.
        long fn = index;
        long sn = size - 1;
        Hash r = leaf;
        for (Hash p : path) {
            if (sn == 0) {
                return false;
            }
            if ((fn & 1) == 1 || fn == sn) {
                r = node(p, r);
                int zeros = Long.numberOfTrailingZeros(fn);
                fn >>= zeros;
                sn >>= zeros;
            } else {
                r = node(r, p);
            }
            fn >>= 1;
            sn >>= 1;
        }
        return sn == 0 && r.equals(root);
    }

    /** The proof that the first {@code newSize} leaves start with the first {@code oldSize}. */
    public static List<Hash> proveConsistency(Nodes tree, long oldSize, long newSize) {
        checkSize(newSize);
        if (oldSize < 0 || oldSize > newSize) {
            throw new IllegalArgumentException("no tree of " + oldSize + " leaves in one of " + newSize);
        }
        List<Hash> path = new ArrayList<>();
        if (oldSize == 0 || oldSize == newSize) {
            return path;
        }
        long low = 0;
        long high = newSize;
        while (high != oldSize) {
            long middle = low + split(high - low);
            if (oldSize <= middle) {
                path.addFirst(range(tree, middle, high));
                high = middle;
            } else {
                path.addFirst(range(tree, low, middle));
                low = middle;
            }
        }
        if (low != 0) {
            path.addFirst(range(tree, low, high));
        }
        return path;
    }

    /**
     * Whether the path shows that the new tree starts with the leaves of the old one.
     *
     * <p>The empty tree is a start of every tree, with an empty path.
     */
    public static boolean checkConsistency(List<Hash> path, long oldSize, Hash oldRoot, long newSize, Hash newRoot) {
        if (oldSize < 0 || oldSize > newSize || newSize > MAX_SIZE) {
            return false;
        }
        if (oldSize == 0) {
            return path.isEmpty() && oldRoot.equals(EMPTY) && (newSize > 0 || newRoot.equals(EMPTY));
        }
        if (oldSize == newSize) {
            return path.isEmpty() && oldRoot.equals(newRoot);
        }
        // RFC 9162, section 2.1.4.2.
        int zeros = Long.numberOfTrailingZeros(oldSize);
        boolean wholeSubtree = oldSize == 1L << zeros;
        if (!wholeSubtree && path.isEmpty()) {
            return false;
        }
        long fn = oldSize - 1 >> zeros;
        long sn = newSize - 1 >> zeros;
        Hash fr = wholeSubtree ? oldRoot : path.getFirst();
        Hash sr = fr;
        for (Hash c : wholeSubtree ? path : path.subList(1, path.size())) {
            if (sn == 0) {
                return false;
            }
            if ((fn & 1) == 1 || fn == sn) {
                fr = node(c, fr);
                sr = node(c, sr);
                int shift = Long.numberOfTrailingZeros(fn);
                fn >>= shift;
                sn >>= shift;
            } else {
                sr = node(sr, c);
            }
            fn >>= 1;
            sn >>= 1;
        }
        return sn == 0 && fr.equals(oldRoot) && sr.equals(newRoot);
    }

    /** The root over leaves [low, high), where low is a multiple of the smallest 2^k ≥ high − low. */
    private static Hash range(Nodes tree, long low, long high) {
        long width = high - low;
        if (Long.bitCount(width) == 1) {
            int level = Long.numberOfTrailingZeros(width);
            return tree.node(level, low >> level);
        }
        long middle = low + split(width);
        return node(range(tree, low, middle), range(tree, middle, high));
    }

    /** The largest power of two below {@code width} > 1. */
    private static long split(long width) {
        return Long.highestOneBit(width - 1);
    }

    private static void checkSize(long size) {
        if (size < 0 || size > MAX_SIZE) {
            throw new IllegalArgumentException("a tree has 0 to 2^62 leaves, got " + size);
        }
    }
}
