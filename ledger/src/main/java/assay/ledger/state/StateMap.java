package assay.ledger.state;

import assay.core.base.Hash;
import assay.core.base.MalformedException;
import assay.core.codec.Reader;
import assay.core.codec.Writer;
import assay.ledger.state.Trie.Leaf;
import assay.ledger.state.Trie.Node;
import assay.ledger.state.Trie.Wide;
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
 * <p>It is a binary crit-bit trie, so its shape depends on its keys alone: a branch at bit b parts the
 * keys that agree before b into those with 0 and those with 1 there. A leaf's digest is H(00 ‖ key ‖
 * value), a branch's H(01 ‖ b (4) ‖ sum and digest of the left ‖ sum and digest of the right), the sums
 * in 8 bytes, all little-endian; the empty map's is H(02). A put makes one new path: O(log n) for keys
 * that nobody chooses, and never more than the key's bits. Digests are computed when asked for, and
 * once. How it lies in memory: {@link Trie}.
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

    /** Makes a map of entries that come in the order of their keys, in one pass. Not for several threads. */
    public static final class Builder<V extends Record & Entry> {
        private final int keyBytes;
        private final Class<V> type;
        private final Trie.Builder<V> trie = new Trie.Builder<>();

        Builder(int keyBytes, Class<V> type) {
            this.keyBytes = keyBytes;
            this.type = type;
        }

        /** Reads the next entry: its key and its value as {@link RecordCodec} writes them. */
        public void read(Reader in) throws MalformedException {
            int at = in.offset();
            byte[] key = in.bytes(keyBytes);
            if (!trie.add(key, RecordCodec.read(in, type))) {
                throw new MalformedException("keys ascend", at);
            }
        }

        /** Entries so far. */
        public long count() {
            return trie.count();
        }

        /** The map of all that was read. */
        public StateMap<V> build() {
            return new StateMap<>(keyBytes, trie.build());
        }
    }

    /** The value at this key. */
    public Optional<V> get(byte[] key) {
        return Optional.ofNullable(find(key));
    }

    /** The value at this key, or null. */
    public @Nullable V find(byte[] key) {
        Leaf<V> nearest = nearest(key);
        return nearest != null && Arrays.equals(nearest.key(), key) ? nearest.value() : null;
    }

    /** Whether the key has a value. */
    public boolean has(byte[] key) {
        return find(key) != null;
    }

    /** This map with the value at the key. */
    public StateMap<V> put(byte[] key, V value) {
        Leaf<V> nearest = nearest(key);
        if (nearest == null || top == null) {
            return new StateMap<>(keyBytes, new Leaf<>(key.clone(), value));
        }
        int differs = Trie.firstDifference(nearest.key(), key);
        Leaf<V> leaf = new Leaf<>(differs < 0 ? nearest.key() : key.clone(), value);
        return new StateMap<>(keyBytes, Trie.put(top, leaf, nearest.key(), differs));
    }

    /** This map without the key. */
    public StateMap<V> remove(byte[] key) {
        return top != null && has(key) ? new StateMap<>(keyBytes, Trie.remove(top, key)) : this;
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
        if (top == null) {
            return EMPTY_ROOT;
        }
        byte[] out = new byte[Hash.SIZE_BYTES];
        new Trie.Hasher().digest(top, out, 0);
        return Hash.ofBytes(out);
    }

    /** The smallest key that starts with {@code prefix}. */
    public Optional<byte[]> firstKey(byte[] prefix) {
        Node<V> node = under(prefix);
        return node == null
                ? Optional.empty()
                : Optional.of(leftmost(node).key().clone());
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

    /** Keys that start with {@code prefix}, in ascending order, at most so many; the rest is not looked at. */
    public List<byte[]> keys(byte[] prefix, int max) {
        List<byte[]> out = new ArrayList<>();
        Node<V> from = under(prefix);
        if (from != null) {
            collect(from, max, out);
        }
        return out;
    }

    private static <V extends Record & Entry> void collect(Node<V> node, int max, List<byte[]> out) {
        switch (node) {
            case Leaf<V>(byte[] key, V value) -> out.add(key.clone());
            case Wide<V> wide -> {
                for (int rest = wide.present; rest != 0 && out.size() < max; rest &= rest - 1) {
                    collect(wide.child(Integer.numberOfTrailingZeros(rest)), max, out);
                }
            }
        }
    }

    /** The key on whose path {@code key} lies: itself if present. Empty for the empty map. */
    Optional<byte[]> nearestKey(byte[] key) {
        Leaf<V> nearest = nearest(key);
        return nearest == null ? Optional.empty() : Optional.of(nearest.key().clone());
    }

    /** The steps from the leaf that {@code key} leads to up to the root, deepest first. */
    List<Step> path(byte[] key) {
        List<Step> steps = new ArrayList<>();
        Trie.Hasher hasher = new Trie.Hasher();
        Node<V> node = top;
        while (node instanceof Wide<V> wide) {
            byte[] marks = wide.marks(hasher);
            int mask = wide.present;
            int right = Trie.right(mask);
            while (right != 0) {
                boolean goRight = bit(key, wide.bit(mask));
                int slot = wide.slot(goRight ? mask & ~right : right);
                steps.addFirst(new Step(wide.bit(mask), Trie.heldMicro(marks, slot), Trie.digest(marks, slot)));
                mask = goRight ? right : mask & ~right;
                right = Trie.right(mask);
            }
            node = wide.child(Integer.numberOfTrailingZeros(mask));
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

    private @Nullable Leaf<V> nearest(byte[] key) {
        if (key.length != keyBytes) {
            throw new IllegalArgumentException("keys have " + keyBytes + " bytes here, got " + key.length);
        }
        return top == null ? null : Trie.nearest(top, key);
    }

    private static <V extends Record & Entry> void visit(Node<V> node, BiConsumer<byte[], V> visitor) {
        switch (node) {
            case Leaf<V>(byte[] key, V value) -> visitor.accept(key.clone(), value);
            case Wide<V> wide -> {
                for (int rest = wide.present; rest != 0; rest &= rest - 1) {
                    visit(wide.child(Integer.numberOfTrailingZeros(rest)), visitor);
                }
            }
        }
    }

    /** The subtree of the keys that start with {@code prefix}. */
    private @Nullable Node<V> under(byte[] prefix) {
        Node<V> node = top;
        while (node instanceof Wide<V> wide && wide.nibble < 2 * prefix.length) {
            int value = Trie.nibble(prefix, wide.nibble);
            if (!wide.has(value)) {
                return null;
            }
            node = wide.child(value);
        }
        return node != null && startsWith(leftmost(node).key(), prefix) ? node : null;
    }

    private static <V extends Record & Entry> Leaf<V> leftmost(Node<V> node) {
        Node<V> at = node;
        while (at instanceof Wide<V> wide) {
            at = wide.first();
        }
        return (Leaf<V>) at;
    }

    private static boolean startsWith(byte[] key, byte[] prefix) {
        return key.length >= prefix.length && Arrays.mismatch(key, 0, prefix.length, prefix, 0, prefix.length) < 0;
    }
}
