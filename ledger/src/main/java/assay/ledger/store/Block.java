package assay.ledger.store;

import assay.core.base.Hash;
import assay.core.base.MalformedException;
import assay.core.codec.Reader;
import assay.core.codec.Writer;
import assay.ledger.BlockContext;
import assay.ledger.Ledger;
import assay.ledger.crypto.Address;
import assay.ledger.state.Proposal;
import assay.ledger.tx.SignedTransaction;
import assay.ledger.tx.TransactionCodec;
import java.util.ArrayList;
import java.util.List;

/**
 * A finished block: its context, the transactions that were applied in it, and the state root after it.
 *
 * <p>As bytes, little-endian: height (8), time (8), beacon (32), count (4) of what validators showed, each account
 * (20) and link (32), count (4), transactions, state root (32).
 */
public record Block(BlockContext context, List<SignedTransaction> transactions, Hash stateRoot) {
    /** The most transactions in a block. */
    public static final int TRANSACTIONS_MAX = 1 << 16;

    private static final int TRANSACTION_BYTES_MIN = 102;

    /** What is in a block without transactions and links: two numbers, two digests, two counts. */
    private static final int FRAME_BYTES = 2 * Long.BYTES + 2 * Hash.SIZE_BYTES + 2 * Integer.BYTES;

    /** Copies the list. */
    public Block {
        transactions = List.copyOf(transactions);
    }

    /** The bytes of the block with these transactions, already encoded. */
    static byte[] encode(BlockContext context, List<byte[]> transactions, Hash stateRoot) {
        Writer out = new Writer().i64(context.height()).i64(context.timeMillis());
        out.hash(context.beacon()).u32(context.preimages().size());
        context.preimages().forEach(p -> out.bytes(p.validator().bytes()).hash(p.preimage()));
        out.u32(transactions.size());
        transactions.forEach(out::bytes);
        return out.hash(stateRoot).toBytes();
    }

    /** Whether these transactions, already encoded, fill a block. */
    static boolean isFull(List<byte[]> transactions) {
        return transactions.stream().mapToLong(t -> t.length).sum() >= Ledger.FULL_BYTES;
    }

    /** The same of a whole block of so many bytes. */
    boolean isFull(int sizeBytes) {
        int shown = context.preimages().size() * (Address.SIZE_BYTES + Hash.SIZE_BYTES);
        return sizeBytes - FRAME_BYTES - shown >= Ledger.FULL_BYTES;
    }

    /** The block in exactly these bytes. */
    static Block parse(byte[] bytes) throws MalformedException {
        Reader in = new Reader(bytes);
        long height = in.i64();
        if (height < 1) {
            throw new MalformedException("heights count from 1, got " + height, 0);
        }
        BlockContext context = new BlockContext(height, in.i64(), in.hash(), preimages(in));
        int count = in.count(TRANSACTIONS_MAX, TRANSACTION_BYTES_MIN);
        List<SignedTransaction> transactions = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            transactions.add(TransactionCodec.read(in));
        }
        Block block = new Block(context, transactions, in.hash());
        in.end();
        return block;
    }

    private static List<BlockContext.Preimage> preimages(Reader in) throws MalformedException {
        int count = in.count(Proposal.APPROVALS_MAX, Address.SIZE_BYTES + Hash.SIZE_BYTES);
        List<BlockContext.Preimage> out = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            Address validator = Address.ofBytes(in.bytes(Address.SIZE_BYTES));
            out.add(new BlockContext.Preimage(validator, in.hash()));
        }
        return out;
    }
}
