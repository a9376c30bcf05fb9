package assay.ledger.tx;

import assay.core.base.MalformedException;
import assay.core.codec.Reader;
import assay.core.codec.Writer;
import assay.ledger.crypto.Address;
import assay.ledger.crypto.Signature;

/**
 * A signed transaction as bytes: chain id (8), sender (20), nonce (8), signature (65), kind (1), and
 * the body as {@link RecordCodec} writes it. One form only; at most {@link #MAX_BYTES}.
 */
public final class TransactionCodec {
    /** The longest signed transaction: a checkpoint with all its receipts. */
    public static final int MAX_BYTES = 1 << 18;

    private TransactionCodec() {}

    /** Appends a transaction. */
    public static void write(Writer out, SignedTransaction t) {
        out.i64(t.chainId())
                .bytes(t.from().bytes())
                .i64(t.nonce())
                .bytes(t.signature().bytes());
        Kind kind = Kind.of(t.body());
        RecordCodec.write(out.u8(kind.wire()), (Record) t.body());
    }

    /** The bytes of a transaction. */
    public static byte[] encode(SignedTransaction t) {
        Writer out = new Writer();
        write(out, t);
        return out.toBytes();
    }

    /** The transaction in exactly these bytes. */
    public static SignedTransaction parse(byte[] bytes) throws MalformedException {
        if (bytes.length > MAX_BYTES) {
            throw new MalformedException("a transaction has at most " + MAX_BYTES + " bytes", -1);
        }
        Reader in = new Reader(bytes);
        SignedTransaction t = read(in);
        in.end();
        return t;
    }

    /** Reads one transaction. */
    public static SignedTransaction read(Reader in) throws MalformedException {
        int start = in.offset();
        long chainId = in.i64();
        Address from = Address.ofBytes(in.bytes(Address.SIZE_BYTES));
        long nonce = in.i64();
        if (chainId < 0 || nonce < 0) {
            throw new MalformedException("chain id and nonce are not negative", start);
        }
        Signature signature = Signature.ofBytes(in.bytes(Signature.SIZE_BYTES));
        Kind kind = Kind.ofWire(in.u8(), in.offset() - 1);
        Transaction body = (Transaction) RecordCodec.read(in, kind.type());
        return new SignedTransaction(chainId, from, nonce, body, signature);
    }
}
