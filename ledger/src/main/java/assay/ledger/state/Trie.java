package assay.ledger.state;

import assay.core.base.Hash;
import assay.ledger.tx.RecordCodec;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.security.DigestException;
import java.security.MessageDigest;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The nodes of a {@link StateMap}: a binary crit-bit trie (Morrison 1968, PATRICIA), kept in memory four
 * bits at a time.
 *
 * <p>A {@link Wide} node holds the up to 15 branches of one nibble of the key, so a million entries are
 * five or six objects deep instead of twenty, and a put copies about 400 bytes instead of 1,000. What is
 * hashed is the binary trie all the same: the branches inside a wide node exist as <em>marks</em>, the sum
 * and digest of every binary subtree, in one array that is made when a digest is asked for. A changed
 * node starts from the marks of the one before it and computes again only what lies above a changed child.
 *
 * <p>Everything is immutable but the marks, which are computed once; two threads that do it at the same
 * time compute the same.
 */
final class Trie {
    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);

    /** Bytes of a mark: the sum of the money in a subtree (8) and its digest (32). */
    static final int MARK = 8 + Hash.SIZE_BYTES;

    private Trie() {}

    sealed interface Node<V extends Record & Entry> {
        long heldMicro();

        long count();
    }

    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Leaf<V extends Record & Entry>(byte[] key, V value) implements Node<V> {
        @Override
        public long heldMicro() {
            return value.heldMicro();
        }

        @Override
        public long count() {
            return 1;
        }
    }

    /** All branches of one nibble: children by its value, of which there are two at least. */
    static final class Wide<V extends Record & Entry> implements Node<V> {
        private static final VarHandle MARKS;

        static {
            try {
                MARKS = MethodHandles.lookup().findVarHandle(Wide.class, "marks", byte[].class);
            } catch (ReflectiveOperationException e) {
                throw new AssertionError("the field is right here", e);
            }
        }

        /** Which nibble of the key: 0 is the upper half of its first byte. */
        final int nibble;

        /** Bit v is set if there is a child whose nibble is v. */
        final int present;

        /** The children in the order of their nibbles. */
        private final Node<V>[] children;

        private final long heldMicro;
        private final long count;

        /** Children whose marks in {@link #older} are no longer right. */
        private final int stale;

        /** The marks of the node that this one was made from, until our own are there. */
        private byte @Nullable [] older;

        /**
         * Marks of all binary subtrees: child i at 2i, the branch that parts child i − 1 from child i at
         * 2i − 1. Null until a digest is asked for.
         */
        @SuppressWarnings("unused") // through MARKS
        private byte @Nullable [] marks;

        private Wide(int nibble, int present, Node<V>[] children, long heldMicro, long count, int stale) {
            this.nibble = nibble;
            this.present = present;
            this.children = children;
            this.heldMicro = heldMicro;
            this.count = count;
            this.stale = stale;
        }

        @Override
        public long heldMicro() {
            return heldMicro;
        }

        @Override
        public long count() {
            return count;
        }

        Node<V> child(int value) {
            return children[index(value)];
        }

        Node<V> first() {
            return children[0];
        }

        private int index(int value) {
            return Integer.bitCount(present & (1 << value) - 1);
        }

        boolean has(int value) {
            return (present >> value & 1) != 0;
        }

        /** This node with another child in the place of one that is there. */
        Wide<V> replaced(int value, Node<V> child) {
            int at = index(value);
            Node<V> before = children[at];
            Node<V>[] next = children.clone();
            next[at] = child;
            Wide<V> out = new Wide<>(
                    nibble,
                    present,
                    next,
                    Math.addExact(heldMicro - before.heldMicro(), child.heldMicro()),
                    count - before.count() + child.count(),
                    stale() | 1 << value);
            out.older = newestMarks();
            return out;
        }

        /** This node with one more child. */
        Wide<V> with(int value, Node<V> child) {
            int at = index(value);
            Node<V>[] next = Arrays.copyOf(children, children.length + 1);
            System.arraycopy(children, at, next, at + 1, children.length - at);
            next[at] = child;
            int all = present | 1 << value;
            long held = Math.addExact(heldMicro, child.heldMicro());
            Wide<V> out = new Wide<>(nibble, all, next, held, count + child.count(), stale() | 1 << value);
            out.older = moved(newestMarks(), present, all);
            return out;
        }

        /** This node without a child: the other one if there are but two. */
        Node<V> without(int value) {
            int at = index(value);
            if (children.length == 2) {
                return children[1 - at];
            }
            Node<V> gone = children[at];
            Node<V>[] next = Arrays.copyOf(children, children.length - 1);
            System.arraycopy(children, at + 1, next, at, next.length - at);
            int rest = present & ~(1 << value);
            // Every branch above the gone child changes, and so does whatever is under the lowest of them.
            Wide<V> out = new Wide<>(
                    nibble, rest, next, heldMicro - gone.heldMicro(), count - gone.count(), stale() | besides(value));
            out.older = moved(newestMarks(), present, rest);
            return out;
        }

        /** The children of the smallest subtree that holds this child and another. */
        private int besides(int value) {
            int mask = present;
            int side = mask;
            while (Integer.bitCount(mask) > 1) {
                side = mask;
                int right = right(mask);
                mask = (right >> value & 1) != 0 ? right : mask & ~right;
            }
            return side & ~(1 << value);
        }

        private int stale() {
            return MARKS.getAcquire(this) == null ? older == null ? present : stale : 0;
        }

        private byte @Nullable [] newestMarks() {
            byte[] known = (byte[]) MARKS.getAcquire(this);
            return known == null ? older : known;
        }

        /** The marks, computed if they are not. */
        byte[] marks(Hasher hasher) {
            byte[] known = (byte[]) MARKS.getAcquire(this);
            if (known == null) {
                byte[] base = older;
                known = base == null ? new byte[MARK * (2 * children.length - 1)] : base.clone();
                mark(hasher, known, present, base == null ? present : stale);
                MARKS.setRelease(this, known);
                older = null;
            }
            return known;
        }

        /** Brings the marks of the subtree of these children up to date and says where its own is. */
        private int mark(Hasher hasher, byte[] out, int mask, int changed) {
            int at = MARK * slot(mask);
            if ((mask & changed) == 0) {
                return at;
            }
            int right = right(mask);
            if (right == 0) {
                Node<V> child = child(Integer.numberOfTrailingZeros(mask));
                LONG.set(out, at, child.heldMicro());
                hasher.digest(child, out, at + 8);
                return at;
            }
            int l = mark(hasher, out, mask & ~right, changed);
            int r = mark(hasher, out, right, changed);
            LONG.set(out, at, Math.addExact((long) LONG.get(out, l), (long) LONG.get(out, r)));
            hasher.branch(bit(mask), out, l, r, at + 8);
            return at;
        }

        /** The place of the mark of the subtree of these children. */
        int slot(int mask) {
            int right = right(mask);
            return right == 0
                    ? 2 * index(Integer.numberOfTrailingZeros(mask))
                    : 2 * index(Integer.numberOfTrailingZeros(right)) - 1;
        }

        /** The bit of the key that parts these children, of which there are two at least. */
        int bit(int mask) {
            return 4 * nibble + 3 - shift(mask);
        }
    }

    /** Computes digests with one SHA-256 and one buffer. Not for several threads. */
    static final class Hasher {
        private static final int BRANCH = 1 + 4 + 2 * MARK;

        private final MessageDigest sha256 = Hash.newSha256();
        private final byte[] branch = new byte[BRANCH];

        /** Puts the digest of this subtree into {@code out}. */
        <V extends Record & Entry> void digest(Node<V> node, byte[] out, int at) {
            switch (node) {
                case Leaf<V>(byte[] key, V value) -> {
                    sha256.update((byte) 0);
                    sha256.update(key);
                    sha256.update(RecordCodec.encode(value));
                    finish(out, at);
                }
                case Wide<V> wide ->
                    System.arraycopy(wide.marks(this), MARK * wide.slot(wide.present) + 8, out, at, Hash.SIZE_BYTES);
            }
        }

        /** Puts the digest of the branch at {@code bit} over the marks at {@code l} and {@code r} there. */
        void branch(int bit, byte[] marks, int l, int r, int at) {
            branch[0] = 1;
            INT.set(branch, 1, bit);
            System.arraycopy(marks, l, branch, 5, MARK);
            System.arraycopy(marks, r, branch, 5 + MARK, MARK);
            sha256.update(branch);
            finish(marks, at);
        }

        private void finish(byte[] out, int at) {
            try {
                sha256.digest(out, at, Hash.SIZE_BYTES);
            } catch (DigestException e) {
                throw new AssertionError("there is room for a digest", e);
            }
        }
    }

    /** The sum in a mark. */
    static long heldMicro(byte[] marks, int slot) {
        return (long) LONG.get(marks, MARK * slot);
    }

    /** The digest in a mark. */
    static Hash digest(byte[] marks, int slot) {
        int at = MARK * slot + 8;
        return Hash.ofBytes(Arrays.copyOfRange(marks, at, at + Hash.SIZE_BYTES));
    }

    /** Of the children with these nibbles, those with 1 in the bit that parts them; 0 for a single one. */
    static int right(int mask) {
        if ((mask & mask - 1) == 0) {
            return 0;
        }
        int highest = 31 - Integer.numberOfLeadingZeros(mask);
        int shift = shift(mask);
        return mask & -(1 << (highest >> shift << shift));
    }

    /** Where in the nibble the bit is that parts these children: 3 for the most significant. */
    private static int shift(int mask) {
        int lowest = Integer.numberOfTrailingZeros(mask);
        int highest = 31 - Integer.numberOfLeadingZeros(mask);
        return 31 - Integer.numberOfLeadingZeros(lowest ^ highest);
    }

    /** The child to which this nibble's bits lead in the binary trie: itself if it is there. */
    static int lead(int present, int value) {
        int mask = present;
        while ((mask & mask - 1) != 0 && (mask >> value & 1) == 0) {
            int right = right(mask);
            mask = (value >> shift(mask) & 1) != 0 ? right : mask & ~right;
        }
        return (mask >> value & 1) != 0 ? value : Integer.numberOfTrailingZeros(mask);
    }

    /** Nibble {@code index} of the key. */
    static int nibble(byte[] key, int index) {
        return key[index >> 1] >> 4 - 4 * (index & 1) & 15;
    }

    /** The leaf to which the key's bits lead. */
    static <V extends Record & Entry> Leaf<V> nearest(Node<V> top, byte[] key) {
        Node<V> node = top;
        while (node instanceof Wide<V> wide) {
            int value = nibble(key, wide.nibble);
            node = wide.child(wide.has(value) ? value : lead(wide.present, value));
        }
        return (Leaf<V>) node;
    }

    /**
     * The subtree with this leaf. {@code nearest} is the key that its key leads to, and {@code differs} the
     * first nibble in which the two differ, or -1.
     */
    static <V extends Record & Entry> Node<V> put(Node<V> node, Leaf<V> leaf, byte[] nearest, int differs) {
        if (node instanceof Wide<V> wide && (differs < 0 || wide.nibble <= differs)) {
            int value = nibble(leaf.key, wide.nibble);
            return wide.nibble == differs
                    ? wide.with(value, leaf)
                    : wide.replaced(value, put(wide.child(value), leaf, nearest, differs));
        }
        return differs < 0 ? leaf : pair(differs, node, nibble(nearest, differs), leaf);
    }

    /** The subtree without this key, which it has. */
    static <V extends Record & Entry> @Nullable Node<V> remove(Node<V> node, byte[] key) {
        if (!(node instanceof Wide<V> wide)) {
            return null;
        }
        int value = nibble(key, wide.nibble);
        Node<V> rest = remove(wide.child(value), key);
        return rest == null ? wide.without(value) : wide.replaced(value, rest);
    }

    /** The first nibble in which the keys differ, or -1. */
    static int firstDifference(byte[] a, byte[] b) {
        int at = Arrays.mismatch(a, b);
        return at < 0 ? -1 : 2 * at + (((a[at] ^ b[at]) & 0xf0) == 0 ? 1 : 0);
    }

    /**
     * Builds a subtree from ascending keys: the wide nodes on the way to the last key are open, and one is
     * closed when a key differs from the last before it.
     */
    static final class Builder<V extends Record & Entry> {
        private record Open<V extends Record & Entry>(int nibble, List<Node<V>> children, int[] present) {
            void add(int value, Node<V> child) {
                children.add(child);
                present[0] |= 1 << value;
            }

            @SuppressWarnings({"unchecked", "rawtypes"}) // an array of a generic type
            Wide<V> close() {
                long held = 0;
                long count = 0;
                for (Node<V> child : children) {
                    held = Math.addExact(held, child.heldMicro());
                    count += child.count();
                }
                Node<V>[] array = children.toArray(new Node[0]);
                return new Wide<>(nibble, present[0], array, held, count, present[0]);
            }
        }

        private final Deque<Open<V>> open = new ArrayDeque<>();
        private @Nullable Leaf<V> last;
        private long count;

        /** Adds an entry; false, and nothing is added, if its key does not come after the last. */
        boolean add(byte[] key, V value) {
            Leaf<V> before = last;
            if (before != null) {
                if (Arrays.compareUnsigned(before.key, key) >= 0) {
                    return false;
                }
                int differs = firstDifference(before.key, key);
                Node<V> left = closeBelow(before, differs);
                if (open.isEmpty() || open.getLast().nibble < differs) {
                    open.addLast(new Open<>(differs, new ArrayList<>(), new int[1]));
                }
                open.getLast().add(nibble(before.key, differs), left);
            }
            last = new Leaf<>(key, value);
            count++;
            return true;
        }

        long count() {
            return count;
        }

        @Nullable
        Node<V> build() {
            return last == null ? null : closeBelow(last, -1);
        }

        private Node<V> closeBelow(Leaf<V> leaf, int nibble) {
            Node<V> node = leaf;
            while (!open.isEmpty() && open.getLast().nibble > nibble) {
                Open<V> done = open.removeLast();
                done.add(nibble(leaf.key, done.nibble), node);
                node = done.close();
            }
            return node;
        }
    }

    private static <V extends Record & Entry> Wide<V> pair(int nibble, Node<V> node, int value, Leaf<V> leaf) {
        int leafValue = nibble(leaf.key, nibble);
        @SuppressWarnings({"unchecked", "rawtypes"}) // an array of a generic type
        Node<V>[] children = new Node[] {value < leafValue ? node : leaf, value < leafValue ? leaf : node};
        int present = 1 << value | 1 << leafValue;
        long held = Math.addExact(node.heldMicro(), leaf.heldMicro());
        return new Wide<>(nibble, present, children, held, node.count() + 1, present);
    }

    /** Marks laid out for other children: what both have is kept. */
    private static byte @Nullable [] moved(byte @Nullable [] marks, int from, int to) {
        if (marks == null) {
            return null;
        }
        byte[] out = new byte[MARK * (2 * Integer.bitCount(to) - 1)];
        for (int both = from & to; both != 0; both &= both - 1) {
            int below = (both & -both) - 1;
            int source = 2 * Integer.bitCount(from & below);
            int target = 2 * Integer.bitCount(to & below);
            // The branch before a child goes with it.
            int first = source > 0 && target > 0 ? 1 : 0;
            System.arraycopy(marks, MARK * (source - first), out, MARK * (target - first), MARK * (1 + first));
        }
        return out;
    }
}
