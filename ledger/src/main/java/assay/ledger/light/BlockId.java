package assay.ledger.light;

import assay.core.base.Hash;
import assay.core.codec.ProtoWriter;

/**
 * What names a block in votes: its hash, and how its bytes travel in parts.
 *
 * @param hash the header's
 * @param parts how many, below 2^32
 * @param partsRoot root over them
 */
public record BlockId(Hash hash, long parts, Hash partsRoot) {
    /** Before the first block. */
    public static final BlockId NONE = new BlockId(Header.ABSENT, 0, Header.ABSENT);

    /** As Protocol Buffers; the canonical form that is signed has the same fields. */
    ProtoWriter encode() {
        return new ProtoWriter()
                .bytes(1, Header.bytes(hash))
                .message(2, new ProtoWriter().number(1, parts).bytes(2, Header.bytes(partsRoot)));
    }
}
