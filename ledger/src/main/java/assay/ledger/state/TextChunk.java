package assay.ledger.state;

import assay.core.program.SectionChunks;
import assay.ledger.crypto.Address;
import assay.ledger.tx.Bytes;
import assay.ledger.tx.Max;

/**
 * A piece of a model's text, its tokenizer or template, which settles what is disputed about text; its key in the map
 * is the root and the size of the program's section and its index in it. It stays for good.
 *
 * @param payer who posted it and gets what that cost back, once, for winning a dispute about text; all zero afterwards
 * @param bytes of the section
 */
public record TextChunk(Address payer, @Max(SectionChunks.CHUNK_BYTES) Bytes bytes) implements Entry {
    /** The longest tokenizer and template together that the ledger keeps, bytes. */
    public static final int TEXT_MAX_BYTES = 8 << 20;

    /** The most chunks of both. */
    public static final int COUNT_MAX = TEXT_MAX_BYTES / SectionChunks.CHUNK_BYTES + 1;

    /** The same after its cost was given back. */
    public TextChunk paid() {
        return new TextChunk(Address.NONE, bytes);
    }
}
