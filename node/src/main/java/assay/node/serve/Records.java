package assay.node.serve;

import assay.core.base.Amount;
import assay.core.base.Hash;
import assay.core.base.MalformedException;
import assay.core.codec.Field;
import assay.core.codec.JsonText;
import assay.core.codec.Reader;
import assay.core.codec.Writer;
import assay.core.receipt.Envelope;
import assay.core.receipt.PriceList;
import assay.core.receipt.Receipt;
import assay.core.receipt.Statement;
import assay.core.receipt.Transcript;
import assay.core.text.ChatRequest;
import assay.node.pay.Cover;
import java.util.Optional;

/** The journal's records as bytes: a kind, then its fields, little-endian. */
final class Records {
    private static final int ENVELOPE_MAX_BYTES = 64 << 10;
    private static final int RECEIPT = 9;
    private static final int COLLECTED = 10;

    /** One record. */
    sealed interface Parsed {}

    record AcceptedRecord(Accepted accepted) implements Parsed {}

    record SentRecord(String id, int choice, int token) implements Parsed {}

    record DroppedRecord(String id) implements Parsed {}

    record ToldRecord(String id, Hash channel, Amount amount, Amount total) implements Parsed {}

    record SettledRecord(String id) implements Parsed {}

    /**
     * A receipt: what has to be found again without reading it, then the rest.
     *
     * @param digest of its statement
     * @param weight of its leaf, not cumulative
     * @param cover the money, if the request was accepted here
     * @param alias the payer's own name for its payment
     * @param envelope as JSON
     * @param transcript of no length if it is forgotten
     */
    @SuppressWarnings("ArrayRecordComponent") // read once
    record ReceiptRecord(
            String id,
            Hash digest,
            long weight,
            Hash authorisation,
            Amount amount,
            Optional<Cover> cover,
            Optional<Hash> alias,
            Hash ledgerModel,
            Hash traceRoot,
            Hash traceSalt,
            byte[] envelope,
            byte[] transcript)
            implements Parsed {
        /** The same without its transcript, as bytes. */
        byte[] erased() {
            return receipt(new ReceiptRecord(
                    id,
                    digest,
                    weight,
                    authorisation,
                    amount,
                    cover,
                    alias,
                    ledgerModel,
                    traceRoot,
                    traceSalt,
                    envelope,
                    new byte[0]));
        }

        /** The receipt as it was signed. */
        Book.Entry entry(long index) throws MalformedException {
            Envelope signed =
                    Envelope.parse(Field.root(JsonText.parse(envelope, 16, ENVELOPE_MAX_BYTES)), ENVELOPE_MAX_BYTES);
            Receipt receipt = Statement.parse(signed.payload());
            return new Book.Entry(id, index, digest, receipt, signed, ledgerModel, traceRoot, traceSalt);
        }
    }

    record ErasedRecord(String id) implements Parsed {}

    record CoverRecord(String id, Cover cover) implements Parsed {}

    record CollectedRecord(String id, Cover cover) implements Parsed {}

    private Records() {}

    static byte[] accepted(Accepted a) {
        Writer out =
                new Writer().u8(1).utf8(a.id()).blob(a.body()).u32(a.sampling().maxTokens());
        out.utf8(a.date()).hash(a.salt()).hash(a.traceSalt()).u32(a.promptIds().length);
        for (int id : a.promptIds()) {
            out.i32(id);
        }
        out.i64(a.seed().value()).bool(a.seed().source() == Receipt.Seed.Source.CLIENT);
        PriceList p = a.price();
        out.utf8(a.nonce()).i64(p.version()).i64(p.prompt()).i64(p.cached()).i64(p.completion());
        a.cover().write(out);
        alias(out, a.alias());
        return out.i64(a.timeMillis()).i64(a.height()).toBytes();
    }

    private static void alias(Writer out, Optional<Hash> alias) {
        out.bool(alias.isPresent());
        alias.ifPresent(out::hash);
    }

    private static Optional<Hash> alias(Reader in) throws MalformedException {
        return in.bool() ? Optional.of(in.hash()) : Optional.empty();
    }

    static byte[] sent(String id, int choice, int token) {
        return new Writer().u8(2).utf8(id).u8(choice).u32(token).toBytes();
    }

    static byte[] dropped(String id) {
        return new Writer().u8(3).utf8(id).toBytes();
    }

    static byte[] told(String id, Hash channel, Amount amount, Amount total) {
        return new Writer()
                .u8(5)
                .utf8(id)
                .hash(channel)
                .i64(amount.micro())
                .i64(total.micro())
                .toBytes();
    }

    static byte[] settled(String id) {
        return new Writer().u8(6).utf8(id).toBytes();
    }

    /** Request and answer of this receipt are forgotten. */
    static byte[] erased(String id) {
        return new Writer().u8(7).utf8(id).toBytes();
    }

    /** What is left of an accepted request that is forgotten. */
    static byte[] cover(String id, Cover cover) {
        Writer out = new Writer().u8(8).utf8(id);
        cover.write(out);
        return out.toBytes();
    }

    /** Money that was only named is taken now. */
    static byte[] collected(String id, Cover cover) {
        Writer out = new Writer().u8(COLLECTED).utf8(id);
        cover.write(out);
        return out.toBytes();
    }

    static byte[] receipt(Book.Entry e, Pending.Ended ended, byte[] transcript) {
        return receipt(new ReceiptRecord(
                e.id(),
                e.digest(),
                e.weight(),
                e.receipt().payment().authorisation(),
                Amount.ofMicro(e.receipt().payment().amount()),
                ended.cover(),
                ended.alias(),
                e.ledgerModel(),
                e.traceRoot(),
                e.traceSalt(),
                e.envelope().encode(),
                transcript));
    }

    private static byte[] receipt(ReceiptRecord r) {
        Writer out = new Writer().u8(RECEIPT).utf8(r.id).hash(r.digest).i64(r.weight);
        out.hash(r.authorisation).i64(r.amount.micro()).bool(r.cover.isPresent());
        r.cover.ifPresent(cover -> cover.write(out));
        alias(out, r.alias);
        out.hash(r.ledgerModel).hash(r.traceRoot).hash(r.traceSalt);
        return out.blob(r.envelope).blob(r.transcript).toBytes();
    }

    /** Whether a record is a receipt: those are found again by their place in the log. */
    static boolean isReceipt(byte[] record) {
        return record[0] == RECEIPT;
    }

    private static ReceiptRecord parseReceipt(String id, Reader in) throws MalformedException {
        return new ReceiptRecord(
                id,
                in.hash(),
                in.i64(),
                in.hash(),
                Amount.ofMicro(in.i64()),
                in.bool() ? Optional.of(Cover.read(in)) : Optional.empty(),
                alias(in),
                in.hash(),
                in.hash(),
                in.hash(),
                in.blob(ENVELOPE_MAX_BYTES),
                in.blob(Journal.RECORD_MAX_BYTES));
    }

    static Parsed parse(byte[] record) throws MalformedException {
        Reader in = new Reader(record);
        int kind = in.u8();
        String id = in.utf8(64);
        Parsed parsed =
                switch (kind) {
                    case 1 -> new AcceptedRecord(parseAccepted(id, in));
                    case 2 -> new SentRecord(id, in.u8(), in.count(Integer.MAX_VALUE, 0));
                    case 3 -> new DroppedRecord(id);
                    case RECEIPT -> parseReceipt(id, in);
                    case 5 -> new ToldRecord(id, in.hash(), Amount.ofMicro(in.i64()), Amount.ofMicro(in.i64()));
                    case 6 -> new SettledRecord(id);
                    case 7 -> new ErasedRecord(id);
                    case 8 -> new CoverRecord(id, Cover.read(in));
                    case COLLECTED -> new CollectedRecord(id, Cover.read(in));
                    default -> throw new MalformedException("record of kind " + kind, 0);
                };
        in.end();
        return parsed;
    }

    private static Accepted parseAccepted(String id, Reader in) throws MalformedException {
        byte[] body = in.blob(Transcript.BODY_MAX_BYTES);
        ChatRequest request = ChatRequest.parse(body, Transcript.BODY_MAX_BYTES);
        int maxTokens = in.count(Integer.MAX_VALUE, 0);
        String date = in.utf8(10);
        Hash salt = in.hash();
        Hash traceSalt = in.hash();
        int[] promptIds = new int[in.count(1 << 20, 4)];
        for (int i = 0; i < promptIds.length; i++) {
            promptIds[i] = in.i32();
        }
        Receipt.Seed seed =
                new Receipt.Seed(in.i64(), in.bool() ? Receipt.Seed.Source.CLIENT : Receipt.Seed.Source.DERIVED);
        String nonce = in.utf8(64);
        PriceList price = new PriceList(in.i64(), in.i64(), in.i64(), in.i64());
        Cover cover = Cover.read(in);
        return new Accepted(
                id,
                body,
                request,
                request.sampling(maxTokens),
                date,
                salt,
                traceSalt,
                promptIds,
                seed,
                nonce,
                price,
                cover,
                alias(in),
                in.i64(),
                in.i64());
    }
}
