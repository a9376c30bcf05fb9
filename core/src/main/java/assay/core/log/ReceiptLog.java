package assay.core.log;

import assay.core.base.Hash;
import assay.core.base.NodeKey;
import assay.core.merkle.HashColumn;
import assay.core.merkle.Merkle;
import assay.core.merkle.MerkleTree;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A node's log in memory: about 110 bytes a leaf. Whoever stores it keeps the {@link Leaf} entries
 * in order and builds it again from them.
 *
 * <p>Not for use by several threads at once.
 */
public final class ReceiptLog {
    private final String origin;
    private final HashColumn receipts = new HashColumn();
    private long[] weights = new long[16];
    private final MerkleTree tree = new MerkleTree();

    /** The empty log of this origin. */
    public ReceiptLog(String origin) {
        this.origin = new Checkpoint(origin, 0, Merkle.EMPTY, 0, List.of()).origin();
    }

    /** The origin that a node uses unless told otherwise: {@code assay.log/} and 16 hex digits of its key's digest. */
    public static String originOf(NodeKey key) {
        return "assay.log/" + Hash.sha256(key.bytes()).hex().substring(0, 16);
    }

    /** Appends a receipt of this audit weight and returns its leaf. */
    public Leaf append(Hash receipt, long weight) {
        if (weight < 0) {
            throw new IllegalArgumentException("a weight is not negative, got " + weight);
        }
        Leaf leaf = new Leaf(receipt, Math.addExact(totalWeight(), weight));
        restore(leaf);
        return leaf;
    }

    /** Appends a leaf that was stored. */
    public void restore(Leaf leaf) {
        if (leaf.weight() < totalWeight()) {
            throw new IllegalArgumentException(
                    "cumulative weight falls from " + totalWeight() + " to " + leaf.weight());
        }
        int size = receipts.size();
        if (size == weights.length) {
            weights = Arrays.copyOf(weights, size + size / 2);
        }
        weights[size] = leaf.weight();
        receipts.add(leaf.receipt());
        tree.append(leaf.hash());
    }

    /** Leaves so far. */
    public long size() {
        return receipts.size();
    }

    /** Cumulative weight of the last leaf. */
    public long totalWeight() {
        return weight(receipts.size());
    }

    /** The leaf at this index. */
    public Leaf leaf(long index) {
        return new Leaf(receipts.get(index), weights[Math.toIntExact(index)]);
    }

    /** Cumulative weight of the first {@code size} leaves. */
    public long weight(long size) {
        return size == 0 ? 0 : weights[Math.toIntExact(size - 1)];
    }

    /** Leaves [from, to), for entry bundles. */
    public List<Leaf> leaves(long from, long to) {
        List<Leaf> leaves = new ArrayList<>();
        for (long i = from; i < to; i++) {
            leaves.add(leaf(i));
        }
        return leaves;
    }

    /** The log's tree, for tiles. */
    public Merkle.Nodes tree() {
        return tree;
    }

    /** The state at {@code size} leaves. */
    public Checkpoint checkpoint(long size) {
        return new Checkpoint(origin, size, Merkle.root(tree, size), weight(size), List.of());
    }

    /** That leaf {@code index} is under this signed checkpoint of this log. */
    public LogProof prove(long index, Checkpoint checkpoint, Note signed) {
        return new LogProof(index, weight(index + 1), Merkle.proveInclusion(tree, index, checkpoint.size()), signed);
    }

    /** That the log at {@code newSize} starts with the log at {@code oldSize}. */
    public List<Hash> proveConsistency(long oldSize, long newSize) {
        return Merkle.proveConsistency(tree, oldSize, newSize);
    }
}
