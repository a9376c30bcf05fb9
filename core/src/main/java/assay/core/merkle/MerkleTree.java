package assay.core.merkle;

import assay.core.base.Hash;
import java.util.ArrayList;
import java.util.List;

/**
 * A growing tree that keeps every complete subtree's root in memory (two digests, 64 bytes, a leaf), and so
 * proves inclusion and consistency for any of its past sizes.
 *
 * <p>At most 2^30 leaves. Not for use by several threads at once.
 */
public final class MerkleTree implements Merkle.Nodes {
    private final List<HashColumn> levels = new ArrayList<>();

    /** The empty tree. */
    public MerkleTree() {
        levels.add(new HashColumn());
    }

    /** The tree over these leaves, already hashed. */
    public static MerkleTree of(List<Hash> leaves) {
        MerkleTree tree = new MerkleTree();
        leaves.forEach(tree::append);
        return tree;
    }

    /** Appends a leaf, already hashed, and returns its index. */
    public long append(Hash leaf) {
        if (size() >= 1 << 30) {
            throw new IllegalStateException("a tree in memory has at most 2^30 leaves");
        }
        levels.getFirst().add(leaf);
        for (int level = 0; levels.get(level).size() % 2 == 0; level++) {
            if (levels.size() == level + 1) {
                levels.add(new HashColumn());
            }
            HashColumn below = levels.get(level);
            Hash parent = Merkle.node(below.get(below.size() - 2), below.get(below.size() - 1));
            levels.get(level + 1).add(parent);
        }
        return size() - 1;
    }

    /** Leaves so far. */
    public long size() {
        return levels.getFirst().size();
    }

    /** The root over all leaves so far. */
    public Hash root() {
        return Merkle.root(this, size());
    }

    @Override
    public Hash node(int level, long index) {
        return levels.get(level).get(index);
    }
}
