package assay.core.dispute;

import assay.core.base.Hash;
import assay.core.merkle.Merkle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/**
 * The values of one operation of a cell, in order, and the tree over them: RFC 6962 over blocks of {@link #BLOCK}
 * values, each 8 bytes little-endian.
 */
public interface Tensor {
    /** Values a leaf of the tree. */
    int BLOCK = 32;

    /** Count of values. */
    long size();

    /** Values [from, to), not to be changed. */
    long[] values(long from, long to);

    /** Root of the subtree over blocks [low, high). */
    Hash subtree(long low, long high);

    /** Root of the tree. */
    default Hash root() {
        return subtree(0, blocks(size()));
    }

    /** Count of blocks of so many values. */
    static long blocks(long size) {
        return (size + BLOCK - 1) / BLOCK;
    }

    /** The leaves over these values, which begin at a block's start. */
    static List<Hash> leaves(long[] values) {
        List<Hash> leaves = new ArrayList<>((int) blocks(values.length));
        byte[] bytes = new byte[8 * values.length];
        ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).asLongBuffer().put(values);
        for (int at = 0; at < bytes.length; at += 8 * BLOCK) {
            leaves.add(Merkle.leaf(java.util.Arrays.copyOfRange(bytes, at, Math.min(bytes.length, at + 8 * BLOCK))));
        }
        return leaves;
    }

    /** The root over these values. */
    static Hash root(long[] values) {
        return Merkle.root(leaves(values));
    }

    /** A tensor held in memory; the array is shared. */
    static Tensor of(long[] values) {
        List<Hash> leaves = leaves(values);
        RangeProof.Subtrees tree = RangeProof.of(leaves);
        return new Tensor() {
            @Override
            public long size() {
                return values.length;
            }

            @Override
            public long[] values(long from, long to) {
                return from == 0 && to == values.length
                        ? values
                        : java.util.Arrays.copyOfRange(values, (int) from, (int) to);
            }

            @Override
            public Hash subtree(long low, long high) {
                return tree.of(low, high);
            }
        };
    }
}
