package assay.ledger.state;

import assay.core.base.Hash;
import assay.core.codec.Writer;
import assay.ledger.tx.RecordCodec;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * A persistent sorted map from keys of one length to records, with a Merkle root and the sum of the
 * money in it.
 *
 * <p>It is a binary crit-bit trie (Morrison 1968, PATRICIA), so its shape depends on its keys alone:
 * a branch at bit b parts the keys that agree before b into those with 0 and those with 1 there.
 * A leaf's digest is H(00 ‖ key ‖ value), a branch's H(01 ‖ b (4) ‖ sum and digest of the left ‖ sum
 * and digest of the right), the sums in 8 bytes, all little-endian; the empty map's is H(02). A put
 * makes one new path: O(log n) for keys that nobody chooses, and never more than the key's bits.
 * Digests are computed when asked for, and once.
 *
 * <p>Immutable. Not for keys of different lengths, which are refused.
 */
public final class StateMap<V extends Record & Entry> {
    private static final Hash EMPTY_ROOT = Hash.sha256(new byte[] {2});

    private final int keyBytes;
    private final @Nullable Node<V> top;

    private StateMap(int keyBytes, @Nullable Node<V> top) {
        this.keyBytes = keyBytes;
        this.top = top;
    }

    /** The empty map for keys of this length. */
    public static <V extends Record & Entry> StateMap<V> empty(int keyBytes) {
        return new StateMap<>(keyBytes, null);
    }

    /** A way from a leaf to the root: which bit was asked, and what lay on the other side. */
    public record Step(int bit, long otherMicro, Hash other) {}

    private sealed interface Node<V extends Record & Entry> {
        long heldMicro();

        long count();

        Hash digest();
    }

    private static final class Leaf<V extends Record & Entry> implements Node<V> {
        final byte[] key;
        final V value;
        private @Nullable Hash digest;

        Leaf(byte[] key, V value) {
            this.key = key;
            this.value = value;
        }

        @Override
        public long heldMicro() {
            return value.heldMicro();
        }

        @Override
        public long count() {
            return 1;
        }

        @Override
        public Hash digest() {
            Hash known = digest;
            if (known == null) {
                known = leafDigest(key, RecordCodec.encode(value));
                digest = known;
            }
            return known;
        }
    }

    private static final class Branch<V extends Record & Entry> implements Node<V> {
        final int bit;
        final Node<V> left;
        final Node<V> right;
        private final long heldMicro;
        private final long count;
        private @Nullable Hash digest;

        Branch(int bit, Node<V> left, Node<V> right) {
            this.bit = bit;
            this.left = left;
            this.right = right;
            heldMicro = Math.addExact(left.heldMicro(), right.heldMicro());
            count = left.count() + right.count();
        }

        Branch<V> with(boolean goRight, Node<V> child) {
            return goRight ? new Branch<>(bit, left, child) : new Branch<>(bit, child, right);
        }

        @Override
        public long heldMicro() {
            return heldMicro;
        }

        @Override
        public long count() {
            return count;
        }

        @Override
        public Hash digest() {
            Hash known = digest;
            if (known == null) {
                known = branchDigest(bit, left.heldMicro(), left.digest(), right.heldMicro(), right.digest());
                digest = known;
            }
            return known;
        }
    }

    /** The value at this key. */
    public Optional<V> get(byte[] key) {
        return Optional.ofNullable(find(key));
    }

    /** The value at this key, or null. */
    public @Nullable V find(byte[] key) {
        Leaf<V> nearest = nearest(key);
        return nearest != null && Arrays.equals(nearest.key, key) ? nearest.value : null;
    }

    /** Whether the key has a value. */
    public boolean has(byte[] key) {
        return find(key) != null;
    }

    /** This map with the value at the key. */
    public StateMap<V> put(byte[] key, V value) {
        Leaf<V> leaf = new Leaf<>(key.clone(), value);
        Leaf<V> nearest = nearest(key);
        if (nearest == null) {
            return new StateMap<>(keyBytes, leaf);
        }
        return new StateMap<>(keyBytes, put(top(), leaf, firstDifference(nearest.key, key)));
    }

    /** This map without the key. */
    public StateMap<V> remove(byte[] key) {
        return has(key) ? new StateMap<>(keyBytes, remove(top(), key)) : this;
    }

    /** Entries. */
    public long count() {
        return top == null ? 0 : top.count();
    }

    /** The money in all entries, in micro-units. */
    public long heldMicro() {
        return top == null ? 0 : top.heldMicro();
    }

    /** The Merkle root. */
    public Hash root() {
        return top == null ? EMPTY_ROOT : top.digest();
    }

    /** The smallest key that starts with {@code prefix}. */
    public Optional<byte[]> firstKey(byte[] prefix) {
        Node<V> node = under(prefix);
        return node == null ? Optional.empty() : Optional.of(leftmost(node).key.clone());
    }

    /** Visits the entries whose keys start with {@code prefix}, in the order of their keys. */
    public void forEach(byte[] prefix, BiConsumer<byte[], V> visitor) {
        Node<V> node = under(prefix);
        if (node != null) {
            visit(node, visitor);
        }
    }

    /** The values whose keys start with {@code prefix}, in the order of their keys. */
    public List<V> values(byte[] prefix) {
        List<V> out = new ArrayList<>();
        forEach(prefix, (key, value) -> out.add(value));
        return out;
    }

    /** The key on whose path {@code key} lies: itself if present. Empty for the empty map. */
    Optional<byte[]> nearestKey(byte[] key) {
        Leaf<V> nearest = nearest(key);
        return nearest == null ? Optional.empty() : Optional.of(nearest.key.clone());
    }

    /** The steps from the leaf that {@code key} leads to up to the root, deepest first. */
    List<Step> path(byte[] key) {
        List<Step> steps = new ArrayList<>();
        Node<V> node = top;
        while (node instanceof Branch<V> branch) {
            boolean goRight = bit(key, branch.bit);
            Node<V> other = goRight ? branch.left : branch.right;
            steps.addFirst(new Step(branch.bit, other.heldMicro(), other.digest()));
            node = goRight ? branch.right : branch.left;
        }
        return steps;
    }

    /** Bit {@code index} of the key, counted from the most significant bit of its first byte. */
    static boolean bit(byte[] key, int index) {
        return (key[index >> 3] >> 7 - (index & 7) & 1) == 1;
    }

    static Hash leafDigest(byte[] key, byte[] value) {
        return Hash.sha256(new byte[] {0}, key, value);
    }

    static Hash branchDigest(int bit, long leftMicro, Hash left, long rightMicro, Hash right) {
        Writer out = new Writer().u8(1).u32(bit);
        return Hash.sha256(
                out.i64(leftMicro).hash(left).i64(rightMicro).hash(right).toBytes());
    }

    static Hash emptyRoot() {
        return EMPTY_ROOT;
    }

    private Node<V> top() {
        if (top == null) {
            throw new AssertionError("the map is empty");
        }
        return top;
    }

    private @Nullable Leaf<V> nearest(byte[] key) {
        if (key.length != keyBytes) {
            throw new IllegalArgumentException("keys have " + keyBytes + " bytes here, got " + key.length);
        }
        Node<V> node = top;
        while (node instanceof Branch<V> branch) {
            node = bit(key, branch.bit) ? branch.right : branch.left;
        }
        return (Leaf<V>) node;
    }

    /** {@code difference}: the first bit in which the new key differs from every key, or -1. */
    private static <V extends Record & Entry> Node<V> put(Node<V> node, Leaf<V> leaf, int difference) {
        if (node instanceof Branch<V> branch && (difference < 0 || branch.bit < difference)) {
            boolean goRight = bit(leaf.key, branch.bit);
            return branch.with(goRight, put(goRight ? branch.right : branch.left, leaf, difference));
        }
        if (difference < 0) {
            return leaf;
        }
        return bit(leaf.key, difference) ? new Branch<>(difference, node, leaf) : new Branch<>(difference, leaf, node);
    }

    private static <V extends Record & Entry> @Nullable Node<V> remove(Node<V> node, byte[] key) {
        if (!(node instanceof Branch<V> branch)) {
            return null;
        }
        boolean goRight = bit(key, branch.bit);
        Node<V> child = remove(goRight ? branch.right : branch.left, key);
        if (child == null) {
            return goRight ? branch.left : branch.right;
        }
        return branch.with(goRight, child);
    }

    private static <V extends Record & Entry> void visit(Node<V> node, BiConsumer<byte[], V> visitor) {
        switch (node) {
            case Leaf<V> leaf -> visitor.accept(leaf.key.clone(), leaf.value);
            case Branch<V> branch -> {
                visit(branch.left, visitor);
                visit(branch.right, visitor);
            }
        }
    }

    /** The subtree of the keys that start with {@code prefix}. */
    private @Nullable Node<V> under(byte[] prefix) {
        Node<V> node = top;
        while (node instanceof Branch<V> branch && branch.bit < 8 * prefix.length) {
            node = bit(prefix, branch.bit) ? branch.right : branch.left;
        }
        return node != null && startsWith(leftmost(node).key, prefix) ? node : null;
    }

    private static <V extends Record & Entry> Leaf<V> leftmost(Node<V> node) {
        Node<V> at = node;
        while (at instanceof Branch<V> branch) {
            at = branch.left;
        }
        return (Leaf<V>) at;
    }

    private static boolean startsWith(byte[] key, byte[] prefix) {
        return key.length >= prefix.length && Arrays.mismatch(key, 0, prefix.length, prefix, 0, prefix.length) < 0;
    }

    private static int firstDifference(byte[] a, byte[] b) {
        int at = Arrays.mismatch(a, b);
        return at < 0 ? -1 : 8 * at + Integer.numberOfLeadingZeros((a[at] ^ b[at]) & 0xff) - 24;
    }
}
