package assay.node.serve;

import assay.core.base.Amount;
import assay.core.base.Hash;
import assay.core.base.MalformedException;
import assay.core.base.NodeSigner;
import assay.core.codec.Json;
import assay.core.codec.JsonText;
import assay.core.log.Checkpoint;
import assay.core.log.Note;
import assay.core.receipt.Envelope;
import assay.core.receipt.Receipt;
import assay.core.receipt.Statement;
import assay.core.receipt.Transcript;
import assay.core.verify.ReceiptFile;
import assay.engine.infer.GenerationResult.Times;
import assay.ledger.Rates;
import assay.ledger.crypto.OwnerOnly;
import assay.node.pay.Cover;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.AbstractList;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/**
 * A node's book: what it accepted, what it sent, what it signed, and the log over that.
 *
 * <p>The journal is the truth; everything else is made from it again. In memory are the requests that are under
 * way ({@link Pending}), an account for each channel ({@link Promises}), and an index of the receipts
 * ({@link Receipts}). Receipts and transcripts are also written as files of their own, for people ({@link Shelf}).
 * Thread-safe.
 */
public final class Book implements AutoCloseable {
    /**
     * A signed receipt and what belongs to it.
     *
     * @param id as in its URL
     * @param index in the log
     * @param digest of the statement
     * @param receipt its content
     * @param envelope signed
     * @param ledgerModel the model's id on the ledger
     * @param traceRoot what the blinded root hides
     * @param traceSalt what blinds it
     */
    public record Entry(
            String id,
            long index,
            Hash digest,
            Receipt receipt,
            Envelope envelope,
            Hash ledgerModel,
            Hash traceRoot,
            Hash traceSalt) {
        /** What a cheat could gain with it: the weight of its leaf. */
        public long weight() {
            Receipt.Payment payment = receipt.payment();
            return Rates.weight(Amount.ofMicro(payment.amount()), Amount.ofMicro(payment.insured()));
        }
    }

    /**
     * A request that was accepted and has no receipt.
     *
     * @param accepted what was asked and promised
     * @param sent ids of each choice that the journal says were sent
     */
    public record Unfinished(Accepted accepted, List<List<Integer>> sent) {}

    /**
     * A receipt and the money that covered it, when that was not the local wallet's.
     *
     * @param entry the receipt
     * @param cover the money
     */
    public record Paid(Entry entry, Cover cover) {}

    private static final int TIMES_MAX = 4096;

    /** Files for people wait until who asked has the answer. */
    private static final long SHELVE_MILLIS = 20;

    private final NodeSigner signer;
    private final Pending pending = new Pending();
    private final Promises promises = new Promises();
    private final Receipts receipts;
    private final Shelf shelf;
    private final ExecutorService files = Executors.newSingleThreadExecutor(
            Thread.ofPlatform().daemon().name("assay-files").factory());
    private final Set<Long> unsettled = new TreeSet<>();
    private final Map<String, Times> times = new LinkedHashMap<>();
    private final Journal journal;
    private final Forgetting forgetting;
    private final List<Long> unshelved = new ArrayList<>();

    private Book(Path dir, NodeSigner signer) throws IOException {
        this.signer = signer;
        OwnerOnly.createFolder(dir);
        journal = Journal.at(dir.resolve("journal"), Records::isReceipt);
        receipts = new Receipts(signer, journal::read);
        shelf = new Shelf(dir.resolve("receipts"), this::content);
        forgetting = new Forgetting(journal, receipts, pending, shelf, files);
    }

    /** Opens the book in a folder. */
    public static Book open(Path dir, NodeSigner signer) throws IOException {
        Book book = new Book(dir, signer);
        book.journal.begin(book::restore);
        book.unshelved.forEach(book::shelve);
        book.unshelved.clear();
        book.forgetting.reviseAtStart();
        return book;
    }

    /** Where receipts and transcripts are, as files. */
    public Path folder() {
        return shelf.folder();
    }

    /** Writes an accepted request down; completes when it is on the disk. */
    public CompletableFuture<Void> accept(Accepted accepted) {
        pending.begin(accepted);
        promises.cover(accepted.cover());
        return journal.append(Records.accepted(accepted));
    }

    /** Writes down that the money of an accepted request was taken; completes when it is on the disk. */
    public CompletableFuture<Void> collected(String id, Cover cover) {
        pending.collected(id, cover);
        return journal.appendSurely(Records.collected(id, cover));
    }

    /** Writes down ids that are about to be sent. */
    public void sent(String id, int choice, int token) {
        journal.appendSoon(Records.sent(id, choice, token));
    }

    /** Writes down what the payer of a channel is about to be told that this answer costs, and all so far. */
    public void told(String id, Hash channel, Amount amount, Amount total) {
        tell(id, channel, amount, total);
        journal.appendSoon(Records.told(id, channel, amount, total));
    }

    /** The same, which waits until somebody calls {@link #help}. */
    void toldToHelp(String id, Hash channel, Amount amount, Amount total) {
        tell(id, channel, amount, total);
        journal.appendSoonToHelp(Records.told(id, channel, amount, total));
    }

    private synchronized void tell(String id, Hash channel, Amount amount, Amount total) {
        promises.tell(channel, total);
        if (!pending.tell(id, amount)) {
            receipts.tell(id, amount);
        }
    }

    /** What the payer was told that this answer cost. */
    public Optional<Amount> toldFor(String id) {
        return pending.told(id).or(() -> receipts.find(id).flatMap(entry -> receipts.told(entry.index)));
    }

    /** What was promised and owed on channels. */
    public Promises promises() {
        return promises;
    }

    /** Writes down that nothing was sent and nothing is owed. */
    public CompletableFuture<Void> drop(String id) {
        if (pending.drop(id)) {
            forgetting.count();
        }
        return journal.appendSurely(Records.dropped(id));
    }

    /** Makes, signs and logs a receipt, and helps to bring it to the disk; completes when it is there. */
    public CompletableFuture<Entry> sign(
            String id, Receipt receipt, Transcript transcript, Hash ledgerModel, Hash traceRoot, Hash traceSalt) {
        CompletableFuture<Entry> signed =
                signToHelp(id, receipt, transcript.encode(), ledgerModel, traceRoot, traceSalt);
        help();
        return signed.thenApply(entry -> {
            shelveSoon(entry);
            return entry;
        });
    }

    /** Brings to the disk what waits for it; on a thread that nobody interrupts. */
    void help() {
        journal.help();
    }

    /**
     * The same, which waits until somebody, best the caller, calls {@link #help} outside of its locks; its files are
     * written when somebody calls {@link #shelveSoon}.
     *
     * @param transcript its file
     */
    CompletableFuture<Entry> signToHelp(
            String id, Receipt receipt, byte[] transcript, Hash ledgerModel, Hash traceRoot, Hash traceSalt) {
        byte[] statement = Statement.encode(receipt);
        Envelope envelope = Envelope.sign(Statement.PAYLOAD_TYPE, statement, signer);
        Hash digest = Statement.digest(statement);
        Entry entry;
        CompletableFuture<Void> written;
        synchronized (this) { // the log's order is the journal's
            entry = new Entry(id, receipts.next(), digest, receipt, envelope, ledgerModel, traceRoot, traceSalt);
            Pending.Ended ended = pending.end(id);
            receipts.add(entry, ended.alias());
            ended.told().ifPresent(amount -> receipts.tell(id, amount));
            enter(entry.index, ended.cover(), Amount.ofMicro(receipt.payment().amount()));
            written = journal.appendToHelp(Records.receipt(entry, ended, transcript));
        }
        return written.thenApply(nothing -> {
            receipts.written(entry.index);
            return entry;
        });
    }

    /** Writes the files of a receipt that is on the disk, in a while. */
    void shelveSoon(Entry entry) {
        CompletableFuture.delayedExecutor(SHELVE_MILLIS, TimeUnit.MILLISECONDS, files)
                .execute(() -> shelve(entry.index));
    }

    private void enter(long index, Optional<Cover> cover, Amount amount) {
        cover.ifPresent(c -> promises.owe(c, amount));
        if (cover.isPresent() && cover.get() instanceof Cover.Outside) {
            synchronized (unsettled) {
                unsettled.add(index);
            }
        }
    }

    private void restore(byte[] record) throws IOException {
        try {
            switch (Records.parse(record)) {
                case Records.AcceptedRecord(Accepted accepted) -> {
                    pending.restore(accepted);
                    promises.cover(accepted.cover());
                }
                case Records.SentRecord(String id, int choice, int token) -> pending.sent(id, choice, token);
                case Records.DroppedRecord(String id) -> {
                    if (pending.drop(id)) {
                        forgetting.count();
                    }
                }
                case Records.ToldRecord t -> tell(t.id(), t.channel(), t.amount(), t.total());
                case Records.SettledRecord(String id) -> forgetUnsettled(id);
                case Records.ErasedRecord(String id) -> {
                    forgetting.count();
                    receipts.find(id).ifPresent(entry -> receipts.erase(entry.index));
                    shelf.delete(id, Shelf.Kind.TRANSCRIPT);
                }
                case Records.CollectedRecord(String id, Cover cover) -> pending.collected(id, cover);
                case Records.CoverRecord(String id, Cover cover) -> promises.cover(cover);
                case Records.ReceiptRecord r -> {
                    Pending.Ended ended = pending.end(r.id());
                    r.cover().ifPresent(promises::cover);
                    long index = receipts.next();
                    receipts.restore(r);
                    ended.told().ifPresent(amount -> receipts.tell(r.id(), amount));
                    enter(index, r.cover(), r.amount());
                    boolean isWhole = r.transcript().length == 0 || shelf.has(r.id(), Shelf.Kind.TRANSCRIPT);
                    if (!isWhole || !shelf.has(r.id(), Shelf.Kind.RECEIPT)) {
                        unshelved.add(index);
                    }
                }
            }
        } catch (MalformedException e) {
            throw new IOException("the journal holds a record that is not understood: " + e.getMessage(), e);
        }
    }

    /** Requests that a killed process left behind. */
    public List<Unfinished> unfinished() {
        return pending.unfinished();
    }

    /** All receipts from this index on that are on the disk now; each is read when it is asked for. */
    public List<Entry> entries(long from) {
        long first = Math.min(from, size());
        int count = (int) (size() - first);
        return new AbstractList<>() {
            @Override
            public Entry get(int i) {
                return receipts.get(first + i);
            }

            @Override
            public int size() {
                return count;
            }
        };
    }

    /** The last receipt. */
    public Optional<Entry> newest() {
        return size() == 0 ? Optional.empty() : Optional.of(receipts.get(size() - 1));
    }

    /** A receipt by its id, once it is on the disk. */
    public Optional<Entry> find(String id) {
        return receipts.find(id);
    }

    /** A receipt by its digest, once it is on the disk. */
    public Optional<Entry> find(Hash digest) {
        return receipts.find(digest);
    }

    /** The receipt that this payment was for, once it is on the disk. */
    public Optional<Paid> paid(Hash authorisation) {
        return receipts.paidBy(authorisation).flatMap(this::paid);
    }

    /** The receipt that a payment under this name of its payer's was for, once it is on the disk. */
    public Optional<Paid> paidUnder(Hash alias) {
        return receipts.paidUnder(alias).flatMap(this::paid);
    }

    private Optional<Paid> paid(Entry entry) {
        return cover(entry).filter(cover -> !(cover instanceof Cover.Wallet)).map(cover -> new Paid(entry, cover));
    }

    private Optional<Cover> cover(Entry entry) {
        try {
            return receipts.record(entry.index).cover();
        } catch (IOException | MalformedException e) {
            throw new UncheckedIOException(new IOException("receipt " + entry.id + " cannot be read", e));
        }
    }

    /** Money that covers requests under way, and receipts from this index on. */
    public List<Cover> covers(long from) {
        List<Cover> all = new ArrayList<>(pending.covers());
        entries(from).forEach(entry -> cover(entry).ifPresent(all::add));
        return all;
    }

    /** Writes down that a payment on another network has ended. */
    public void settled(String id) {
        journal.appendSoon(Records.settled(id));
        forgetUnsettled(id);
    }

    private void forgetUnsettled(String id) {
        receipts.find(id).ifPresent(entry -> {
            synchronized (unsettled) {
                unsettled.remove(entry.index);
            }
        });
    }

    /** Receipts whose payment on another network has not ended. */
    public List<Paid> unsettled() {
        List<Long> all;
        synchronized (unsettled) {
            all = List.copyOf(unsettled);
        }
        return all.stream()
                .map(at -> paid(receipts.get(at)))
                .flatMap(Optional::stream)
                .toList();
    }

    /** Leaves of the log that are on the disk. */
    public long size() {
        return receipts.size();
    }

    /** Cumulative weight of the log, with the receipts that are on their way to the disk. */
    public long weight() {
        return receipts.weight();
    }

    /** The checkpoint at this size. */
    public Checkpoint checkpoint(long size) {
        return receipts.checkpoint(size);
    }

    /** That the log at a larger size begins with the log at a smaller one: RFC 9162, section 2.1.4. */
    public List<Hash> proveConsistency(long smaller, long larger) {
        return receipts.proveConsistency(smaller, larger);
    }

    /** Says that the ledger has the log up to this size: proofs lead there from now on. */
    public void posted(long size) {
        receipts.posted(size);
    }

    /** The newest posted checkpoint, signed. */
    public Optional<Note> postedNote() {
        return receipts.postedNote();
    }

    /** The receipt's file: with its proof once its checkpoint is on the ledger. */
    public ReceiptFile file(Entry entry) {
        return receipts.file(entry);
    }

    /**
     * The transcript of a receipt.
     *
     * @throws NoSuchFileException if it was erased
     */
    public Transcript transcript(Entry entry) throws IOException, MalformedException {
        byte[] transcript = receipts.record(entry.index).transcript();
        if (transcript.length == 0 || receipts.isErased(entry.index)) {
            throw new NoSuchFileException("the transcript of " + entry.id + " was erased");
        }
        return Transcript.parse(transcript);
    }

    /**
     * Forgets requests and answers for good: their files, and what the journal holds of them. Receipts stay.
     *
     * @throws IOException if that could not be written down; nothing is lost by asking again
     */
    public void erase(List<Entry> finished) throws IOException {
        forgetting.erase(finished);
    }

    /** Whether request and answer of a receipt were forgotten. */
    public boolean isErased(String id) {
        return receipts.isErased(id);
    }

    /** Notes how long an answer took, for people; the newest few thousand are kept, in memory. */
    public synchronized void timed(String id, Times took) {
        times.put(id, took);
        if (times.size() > TIMES_MAX) {
            times.remove(times.keySet().iterator().next());
        }
    }

    /** How long an answer took, if it was given lately. */
    public synchronized Optional<Times> times(String id) {
        return Optional.ofNullable(times.get(id));
    }

    /** Writes the files of a receipt that are missing. */
    private void shelve(long at) {
        Entry entry = receipts.get(at);
        try {
            if (!receipts.isErased(at) && !shelf.has(entry.id, Shelf.Kind.TRANSCRIPT)) {
                shelf.put(entry.id, Shelf.Kind.TRANSCRIPT);
            }
            if (!shelf.has(entry.id, Shelf.Kind.RECEIPT)) {
                shelf.put(entry.id, Shelf.Kind.RECEIPT);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private byte[] content(String id, Shelf.Kind kind) throws IOException {
        Optional<Entry> entry = receipts.find(id);
        if (entry.isEmpty()) {
            return new byte[0];
        }
        try {
            return switch (kind) {
                case RECEIPT -> file(entry.get()).encode();
                case OPENING -> opening(entry.get());
                case TRANSCRIPT ->
                    receipts.isErased(entry.get().index)
                            ? new byte[0]
                            : receipts.record(entry.get().index).transcript();
            };
        } catch (MalformedException e) {
            throw new IOException("receipt " + id + " cannot be read", e);
        }
    }

    private byte[] opening(Entry entry) {
        Json.Members json = Json.object()
                .put("format", "assay/opening/1")
                .put("receipt", entry.digest.hex())
                .put("trace_root", entry.traceRoot.hex())
                .put("trace_salt", entry.traceSalt.hex());
        times(entry.id).ifPresent(t -> json.put("generation_nanos", t.prefill() + t.decode()));
        return JsonText.writeBytes(json.build());
    }

    /**
     * Writes what opens the blinded trace root beside the receipt; only once it was revealed to the ledger,
     * since it would hand a lazy auditor the root.
     */
    public void writeOpening(Entry entry) {
        shelf.put(entry.id, Shelf.Kind.OPENING);
    }

    /** Writes the receipt's file again, with what is known by now. */
    public void writeReceipt(Entry entry) {
        shelf.put(entry.id, Shelf.Kind.RECEIPT);
    }

    /** Why nothing is taken now; empty while all is well. */
    public String refusing() {
        return journal.refusing();
    }

    /** Waits for room on a full disk no longer: what waits for it fails, and was never acknowledged. */
    public void stopWaiting() {
        journal.stopWaiting();
    }

    @Override
    public void close() throws IOException {
        files.close();
        journal.close();
    }
}
