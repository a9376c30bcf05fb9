package assay.core.audit;

import assay.core.base.Hash;
import assay.core.merkle.Merkle;
import java.util.ArrayList;
import java.util.List;

/**
 * What leads from the first leaves of a tree to its root: the roots of the subtrees to their right.
 *
 * <p>The tree is that of RFC 6962: n &gt; 1 leaves split at the largest power of two below n.
 */
public final class Subtrees {
    private Subtrees() {}

    /** How many subtrees cover leaves [known, size). */
    public static int count(int known, int size) {
        return count(0, size, known);
    }

    private static int count(int low, int high, int known) {
        if (high <= known) {
            return 0;
        }
        if (low >= known) {
            return 1;
        }
        int middle = low + Integer.highestOneBit(high - low - 1);
        return count(low, middle, known) + count(middle, high, known);
    }

    /** The roots of the subtrees over leaves [known, size), from left to right. */
    public static List<Hash> rest(List<Hash> leaves, int known) {
        List<Hash> rest = new ArrayList<>();
        collect(leaves, 0, leaves.size(), known, rest);
        return rest;
    }

    private static void collect(List<Hash> leaves, int low, int high, int known, List<Hash> rest) {
        if (high <= known) {
            return;
        }
        if (low >= known) {
            rest.add(Merkle.root(leaves.subList(low, high)));
            return;
        }
        int middle = low + Integer.highestOneBit(high - low - 1);
        collect(leaves, low, middle, known, rest);
        collect(leaves, middle, high, known, rest);
    }

    /** The root over these first leaves and the rest: {@code count(first.size(), size)} subtrees. */
    public static Hash root(List<Hash> first, List<Hash> rest, int size) {
        return root(first, rest, new int[1], 0, size);
    }

    private static Hash root(List<Hash> first, List<Hash> rest, int[] used, int low, int high) {
        if (low >= first.size()) {
            return rest.get(used[0]++);
        }
        if (high <= first.size()) {
            return Merkle.root(first.subList(low, high));
        }
        int middle = low + Integer.highestOneBit(high - low - 1);
        Hash left = root(first, rest, used, low, middle);
        return Merkle.node(left, root(first, rest, used, middle, high));
    }

    /** Digests of the path from one leaf to the root of this many. */
    public static int pathLength(int index, int size) {
        int length = 0;
        int low = 0;
        int high = size;
        while (high - low > 1) {
            int middle = low + Integer.highestOneBit(high - low - 1);
            if (index < middle) {
                high = middle;
            } else {
                low = middle;
            }
            length++;
        }
        return length;
    }
}
