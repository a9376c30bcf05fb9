package assay.core.log;

import assay.core.base.Hash;
import assay.core.base.MalformedException;
import assay.core.codec.Reader;
import assay.core.codec.Writer;
import assay.core.merkle.Merkle;

/**
 * One entry of a node's log, 40 bytes: the receipt's digest, then the cumulative weight as a
 * little-endian 64-bit integer.
 *
 * @param receipt digest of the receipt's statement
 * @param weight sum of the audit weights of all leaves up to this one: the beacon draws points in it
 */
public record Leaf(Hash receipt, long weight) {
    /** Length of an entry in bytes. */
    public static final int SIZE_BYTES = 40;

    /** Checks the range. */
    public Leaf {
        if (weight < 0) {
            throw new IllegalArgumentException("a cumulative weight is not negative, got " + weight);
        }
    }

    /** The entry. */
    public byte[] encode() {
        return new Writer().hash(receipt).i64(weight).toBytes();
    }

    /** The leaf that these 40 bytes hold. */
    public static Leaf parse(byte[] entry) throws MalformedException {
        Reader in = new Reader(entry);
        Hash receipt = in.hash();
        long weight = in.i64();
        in.end();
        if (weight < 0) {
            throw new MalformedException("a cumulative weight is not negative", Hash.SIZE_BYTES);
        }
        return new Leaf(receipt, weight);
    }

    /** The leaf in the Merkle tree. */
    public Hash hash() {
        return Merkle.leaf(encode());
    }
}
