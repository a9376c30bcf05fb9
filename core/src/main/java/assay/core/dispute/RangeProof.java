package assay.core.dispute;

import assay.core.base.Hash;
import assay.core.base.MalformedException;
import assay.core.codec.Reader;
import assay.core.codec.Writer;
import assay.core.merkle.Merkle;
import java.util.List;

/**
 * A run of neighbouring leaves of an RFC 6962 tree, shown with the roots of the subtrees beside it, from left to
 * right. Every tree of a dispute is of this kind.
 */
final class RangeProof {
    private RangeProof() {}

    /** Where a prover finds the roots of subtrees. */
    interface Subtrees {
        /** Root over leaves [low, high), a subtree of the tree. */
        Hash of(long low, long high);
    }

    /** Appends the roots beside [from, to) in a tree of {@code size} leaves. */
    static void prove(Writer out, Subtrees tree, long size, long from, long to) {
        prove(out, tree, 0, size, from, to);
    }

    private static void prove(Writer out, Subtrees tree, long low, long high, long from, long to) {
        if (high <= from || low >= to) {
            out.hash(tree.of(low, high));
        } else if (low < from || high > to) {
            long middle = low + Long.highestOneBit(high - low - 1);
            prove(out, tree, low, middle, from, to);
            prove(out, tree, middle, high, from, to);
        }
    }

    /**
     * The root of a tree of {@code size} leaves with these at {@code from}, the other subtrees read.
     *
     * @throws MalformedException if they do not fit in it, or a subtree is missing
     */
    static Hash root(Reader in, long size, long from, List<Hash> leaves) throws MalformedException {
        if (from < 0 || leaves.isEmpty() || size - leaves.size() < from) {
            throw new MalformedException(leaves.size() + " leaves at " + from + " of " + size, in.offset());
        }
        return root(in, 0, size, from, leaves);
    }

    private static Hash root(Reader in, long low, long high, long from, List<Hash> leaves) throws MalformedException {
        if (high <= from || low >= from + leaves.size()) {
            return in.hash();
        }
        if (high - low == 1) {
            return leaves.get((int) (low - from));
        }
        long middle = low + Long.highestOneBit(high - low - 1);
        Hash left = root(in, low, middle, from, leaves);
        return Merkle.node(left, root(in, middle, high, from, leaves));
    }

    /** Subtrees of a list of leaves. */
    static Subtrees of(List<Hash> leaves) {
        return (low, high) -> Merkle.root(leaves.subList((int) low, (int) high));
    }

    /**
     * How a subtree [low, high) is shown: in pieces of this many leaves, the last perhaps shorter, at most
     * {@code most} of them. A power of two.
     */
    static long piece(long low, long high, int most) {
        long piece = 1;
        while ((high - low + piece - 1) / piece > most) {
            piece *= 2;
        }
        return piece;
    }
}
