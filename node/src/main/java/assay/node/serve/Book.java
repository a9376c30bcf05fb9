package assay.node.serve;

import assay.core.base.Amount;
import assay.core.base.Hash;
import assay.core.base.MalformedException;
import assay.core.base.NodeSigner;
import assay.core.codec.Json;
import assay.core.codec.JsonText;
import assay.core.log.Checkpoint;
import assay.core.log.LogProof;
import assay.core.log.Note;
import assay.core.log.ReceiptLog;
import assay.core.receipt.Envelope;
import assay.core.receipt.Receipt;
import assay.core.receipt.Statement;
import assay.core.receipt.Transcript;
import assay.core.verify.ReceiptFile;
import assay.engine.infer.GenerationResult.Times;
import assay.ledger.Rates;
import assay.ledger.crypto.OwnerOnly;
import assay.node.pay.Cover;
import assay.node.pay.SignedVoucher;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;

/**
 * A node's book: what it accepted, what it sent, what it signed, and the log over that.
 *
 * <p>The journal is the truth; everything else is made from it again. Receipts and transcripts are also
 * written as files of their own, for people. Thread-safe.
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
            Hash traceSalt) {}

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

    private final NodeSigner signer;
    private final Path receipts;
    private final ReceiptLog log;
    private final Map<String, Entry> byId = new LinkedHashMap<>();
    private final List<Entry> entries = new ArrayList<>();
    private final Map<Hash, Entry> byDigest = new LinkedHashMap<>();
    private final Map<String, Unfinished> unfinished = new LinkedHashMap<>();
    private final Map<Hash, SignedVoucher> promised = new LinkedHashMap<>();
    private final Map<Hash, Paid> paid = new LinkedHashMap<>();
    private final Map<String, Cover> covers = new LinkedHashMap<>();
    private final Map<Hash, Amount> told = new LinkedHashMap<>();
    private final Map<String, Amount> toldFor = new LinkedHashMap<>();
    private final Map<String, Paid> unsettled = new LinkedHashMap<>();
    private final Map<String, Transcript> unwritten = new LinkedHashMap<>();
    private final ExecutorService files = Executors.newSingleThreadExecutor(
            Thread.ofPlatform().daemon().name("assay-files").factory());
    private final Map<String, Times> times = new LinkedHashMap<>();
    private final Map<Path, byte[]> withoutRoom = new ConcurrentHashMap<>();
    private final Set<String> erased = new LinkedHashSet<>();
    private final Set<String> dropped = new LinkedHashSet<>();
    private int unrevised;
    private final Journal journal;
    private long durable;
    private @Nullable Note posted;
    private @Nullable Checkpoint postedCheckpoint;

    private static final int TIMES_MAX = 4096;

    /** So many are forgotten or dropped before the journal is written anew; at each start it is for fewer. */
    private static final int UNREVISED_MAX = 1024;

    private Book(Path dir, NodeSigner signer) throws IOException {
        this.signer = signer;
        this.receipts = dir.resolve("receipts");
        this.log = new ReceiptLog(ReceiptLog.originOf(signer.key()));
        OwnerOnly.createFolder(dir);
        OwnerOnly.createFolder(receipts);
        this.journal = Journal.open(dir.resolve("journal"), this::restore);
    }

    /** Opens the book in a folder. */
    public static Book open(Path dir, NodeSigner signer) throws IOException {
        Book book = new Book(dir, signer);
        if (book.unrevised > 0) {
            book.revise();
        }
        return book;
    }

    /** Where receipts and transcripts are, as files. */
    public Path folder() {
        return receipts;
    }

    /** Writes an accepted request down; completes when it is on the disk. */
    public CompletableFuture<Void> accept(Accepted accepted) {
        remember(accepted.id(), accepted.cover());
        return journal.append(Records.accepted(accepted));
    }

    private synchronized void remember(String id, Cover cover) {
        switch (cover) {
            case Cover.Wallet w -> promise(w.voucher());
            case Cover.Channel c -> {
                promise(new SignedVoucher(c.voucher(), c.signature()));
                covers.put(id, c);
            }
            case Cover.Escrow e -> covers.put(id, e);
            case Cover.Outside o -> covers.put(id, o);
        }
    }

    private void promise(SignedVoucher voucher) {
        promised.merge(
                voucher.voucher().channel(), voucher, (a, b) -> a.cumulative().compareTo(b.cumulative()) >= 0 ? a : b);
    }

    /** Writes down what the payer of a channel is about to be told that this answer costs, and all so far. */
    public synchronized void told(String id, Hash channel, Amount amount, Amount total) {
        tell(id, channel, amount, total);
        journal.appendSoon(Records.told(id, channel, amount, total));
    }

    private void tell(String id, Hash channel, Amount amount, Amount total) {
        told.merge(channel, total, (a, b) -> a.isBelow(b) ? b : a);
        toldFor.put(id, amount);
    }

    /** What payers of channels were told that they were charged, in all. */
    public synchronized Map<Hash, Amount> told() {
        return new LinkedHashMap<>(told);
    }

    /** What the payer was told that this answer cost. */
    public synchronized Optional<Amount> toldFor(String id) {
        return Optional.ofNullable(toldFor.get(id));
    }

    /** Writes down that a payment on another network has ended. */
    public void settled(String id) {
        journal.appendSoon(Records.settled(id));
        forgetUnsettled(id);
    }

    private synchronized void forgetUnsettled(String id) {
        unsettled.remove(id);
    }

    /** Receipts whose payment on another network has not ended. */
    public synchronized List<Paid> unsettled() {
        return List.copyOf(unsettled.values());
    }

    /** The receipt that this payment was for, once it is on the disk. */
    public synchronized Optional<Paid> paid(Hash authorisation) {
        return Optional.ofNullable(paid.get(authorisation)).filter(p -> p.entry.index < durable);
    }

    /** All money that ever covered a request and was not the wallet's. */
    public synchronized List<Cover> covers() {
        return List.copyOf(covers.values());
    }

    /** The largest promise on this channel that ever covered a request. */
    public synchronized Optional<SignedVoucher> promised(Hash channel) {
        return Optional.ofNullable(promised.get(channel));
    }

    /** Writes down ids that are about to be sent. */
    public void sent(String id, int choice, int token) {
        journal.appendSoon(Records.sent(id, choice, token));
    }

    /** Writes down that nothing was sent and nothing is owed. */
    public CompletableFuture<Void> drop(String id) {
        synchronized (this) {
            covers.remove(id);
            dropped.add(id);
            unfinished.remove(id);
            unrevised++;
        }
        return journal.appendSurely(Records.dropped(id));
    }

    /** Makes, signs and logs a receipt; completes when it is on the disk. */
    public CompletableFuture<Entry> sign(
            String id, Receipt receipt, Transcript transcript, Hash ledgerModel, Hash traceRoot, Hash traceSalt) {
        byte[] statement = Statement.encode(receipt);
        Envelope envelope = Envelope.sign(Statement.PAYLOAD_TYPE, statement, signer);
        Entry entry;
        CompletableFuture<Void> written;
        synchronized (this) {
            entry = new Entry(
                    id, log.size(), Statement.digest(statement), receipt, envelope, ledgerModel, traceRoot, traceSalt);
            written = journal.appendSurely(Records.receipt(entry, transcript.encode()));
            enter(entry);
        }
        synchronized (this) {
            unwritten.put(entry.id, transcript);
        }
        return written.thenApply(nothing -> {
            published(entry.index);
            files.execute(() -> writeLater(entry, transcript));
            return entry;
        });
    }

    /** The journal keeps the log's order: with one entry, all before it are on the disk. */
    private synchronized void published(long index) {
        durable = Math.max(durable, index + 1);
    }

    private void enter(Entry entry) {
        Receipt.Payment payment = entry.receipt.payment();
        log.append(entry.digest, Rates.weight(Amount.ofMicro(payment.amount()), Amount.ofMicro(payment.insured())));
        entries.add(entry);
        byId.put(entry.id, entry);
        byDigest.put(entry.digest, entry);
        unfinished.remove(entry.id);
        Cover cover = covers.get(entry.id);
        if (cover != null) {
            Paid both = new Paid(entry, cover);
            paid.put(cover.authorisation(), both);
            if (cover instanceof Cover.Outside) {
                unsettled.put(entry.id, both);
            }
        }
    }

    private void restore(byte[] record) throws IOException {
        try {
            switch (Records.parse(record)) {
                case Records.AcceptedRecord(Accepted accepted) -> {
                    List<List<Integer>> sent = new ArrayList<>();
                    for (int i = 0; i < accepted.sampling().n(); i++) {
                        sent.add(new ArrayList<>());
                    }
                    unfinished.put(accepted.id(), new Unfinished(accepted, sent));
                    remember(accepted.id(), accepted.cover());
                }
                case Records.SentRecord(String id, int choice, int token) -> {
                    Unfinished request = unfinished.get(id);
                    if (request != null && choice < request.sent.size()) {
                        request.sent.get(choice).add(token);
                    }
                }
                case Records.DroppedRecord(String id) -> {
                    if (unfinished.remove(id) != null) {
                        unrevised++;
                        dropped.add(id);
                    }
                    covers.remove(id);
                }
                case Records.ToldRecord t -> tell(t.id(), t.channel(), t.amount(), t.total());
                case Records.SettledRecord(String id) -> unsettled.remove(id);
                case Records.ErasedRecord(String id) -> {
                    erased.add(id);
                    unrevised++;
                    Files.deleteIfExists(transcriptFile(id));
                }
                case Records.CoverRecord(String id, Cover cover) -> remember(id, cover);
                case Records.ReceiptRecord r -> {
                    byte[] statement = r.envelope().payload();
                    Entry entry = new Entry(
                            r.id(),
                            log.size(),
                            Statement.digest(statement),
                            Statement.parse(statement),
                            r.envelope(),
                            r.ledgerModel(),
                            r.traceRoot(),
                            r.traceSalt());
                    enter(entry);
                    published(entry.index);
                    if (r.transcript().length == 0) {
                        erased.add(entry.id);
                    } else if (!Files.exists(transcriptFile(entry.id))) {
                        write(entry, Transcript.parse(r.transcript()));
                    }
                }
            }
        } catch (MalformedException e) {
            throw new IOException("the journal holds a record that is not understood: " + e.getMessage(), e);
        }
    }

    /** Requests that a killed process left behind. */
    public synchronized List<Unfinished> unfinished() {
        return List.copyOf(unfinished.values());
    }

    /** All receipts from this index on that are on the disk. */
    public synchronized List<Entry> entries(long from) {
        return List.copyOf(entries.subList((int) Math.min(from, durable), (int) durable));
    }

    /** The last receipt. */
    public synchronized Optional<Entry> newest() {
        return durable == 0 ? Optional.empty() : Optional.of(entries.get((int) durable - 1));
    }

    /** A receipt by its id, once it is on the disk. */
    public synchronized Optional<Entry> find(String id) {
        return Optional.ofNullable(byId.get(id)).filter(entry -> entry.index < durable);
    }

    /** A receipt by its digest, once it is on the disk. */
    public synchronized Optional<Entry> find(Hash digest) {
        return Optional.ofNullable(byDigest.get(digest)).filter(entry -> entry.index < durable);
    }

    /** Leaves of the log that are on the disk. */
    public synchronized long size() {
        return durable;
    }

    /** The checkpoint at this size. */
    public synchronized Checkpoint checkpoint(long size) {
        return log.checkpoint(size);
    }

    /** Says that the ledger has the log up to this size: proofs lead there from now on. */
    public synchronized void posted(long size) {
        if (size > 0 && (postedCheckpoint == null || postedCheckpoint.size() < size)) {
            postedCheckpoint = log.checkpoint(size);
            posted = postedCheckpoint.sign(signer);
        }
    }

    /** The newest posted checkpoint, signed. */
    public synchronized Optional<Note> postedNote() {
        return Optional.ofNullable(posted);
    }

    /** The receipt's file: with its proof once its checkpoint is on the ledger. */
    public synchronized ReceiptFile file(Entry entry) {
        Checkpoint checkpoint = postedCheckpoint;
        Note note = posted;
        if (checkpoint == null || note == null || entry.index >= checkpoint.size()) {
            return ReceiptFile.unlogged(entry.envelope);
        }
        LogProof proof = log.prove(entry.index, checkpoint, note);
        return ReceiptFile.logged(entry.envelope, proof);
    }

    /**
     * Forgets requests and answers for good: their files, and what the journal holds of them. Receipts stay.
     *
     * @throws IOException if that could not be written down; nothing is lost by asking again
     */
    public void erase(List<Entry> finished) throws IOException {
        List<CompletableFuture<Void>> written = new ArrayList<>();
        synchronized (this) {
            for (Entry entry : finished) {
                if (erased.add(entry.id)) {
                    written.add(journal.appendSurely(Records.erased(entry.id)));
                    unrevised++;
                }
            }
        }
        try {
            written.forEach(CompletableFuture::join);
        } catch (CompletionException e) {
            throw new IOException("requests could not be erased: " + e.getMessage(), e);
        }
        try {
            // After the files that are still to be written, so that none comes back.
            CompletableFuture.runAsync(() -> delete(finished), files).join();
        } catch (CompletionException e) {
            throw new IOException("requests could not be erased: " + e.getMessage(), e);
        }
        if (unrevised() >= UNREVISED_MAX) {
            revise();
        }
    }

    private void delete(List<Entry> finished) {
        for (Entry entry : finished) {
            try {
                withoutRoom.remove(transcriptFile(entry.id));
                Files.deleteIfExists(transcriptFile(entry.id));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    private synchronized int unrevised() {
        return unrevised;
    }

    /** Whether request and answer of a receipt were forgotten. */
    public synchronized boolean isErased(String id) {
        return erased.contains(id);
    }

    /** Takes what is forgotten out of the journal; if the disk has no room for that, a later time does. */
    private void revise() {
        Set<String> gone;
        int waiting;
        synchronized (this) {
            gone = new LinkedHashSet<>(erased);
            gone.addAll(dropped);
            waiting = unrevised;
            unrevised = 0;
        }
        journal.revise(record -> revised(record, gone))
                .handle((done, e) -> {
                    synchronized (this) {
                        if (e == null) {
                            dropped.removeAll(gone); // the journal holds nothing more of them
                        } else {
                            unrevised += waiting;
                        }
                    }
                    return done;
                })
                .join();
    }

    private static byte[] revised(byte[] record, Set<String> gone) throws IOException {
        byte[] nothing = new byte[0];
        try {
            return switch (Records.parse(record)) {
                case Records.AcceptedRecord(Accepted a) ->
                    gone.contains(a.id()) ? Records.cover(a.id(), a.cover()) : record;
                case Records.SentRecord sent -> gone.contains(sent.id()) ? nothing : record;
                case Records.ErasedRecord erase -> gone.contains(erase.id()) ? nothing : record;
                case Records.DroppedRecord r -> record;
                case Records.CoverRecord r -> record;
                case Records.ToldRecord r -> record;
                case Records.SettledRecord r -> record;
                case Records.ReceiptRecord receipt -> gone.contains(receipt.id()) ? receipt.erased() : record;
            };
        } catch (MalformedException e) {
            throw new IOException("the journal holds a record that is not understood: " + e.getMessage(), e);
        }
    }

    /** The files are for people and checkers; nobody who waits for an answer waits for them. */
    private void writeLater(Entry entry, Transcript transcript) {
        write(entry, transcript);
        synchronized (this) {
            unwritten.remove(entry.id);
        }
    }

    /** The transcript of a receipt. */
    public Transcript transcript(Entry entry) throws IOException, MalformedException {
        synchronized (this) {
            Transcript fresh = unwritten.get(entry.id);
            if (fresh != null) {
                return fresh;
            }
        }
        byte[] waiting = withoutRoom.get(transcriptFile(entry.id));
        return Transcript.parse(waiting != null ? waiting : Files.readAllBytes(transcriptFile(entry.id)));
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

    /**
     * Writes what opens the blinded trace root beside the receipt; only once it was revealed to the ledger,
     * since it would hand a lazy auditor the root.
     */
    public void writeOpening(Entry entry) {
        Json.Members json = Json.object()
                .put("format", "assay/opening/1")
                .put("receipt", entry.digest.hex())
                .put("trace_root", entry.traceRoot.hex())
                .put("trace_salt", entry.traceSalt.hex());
        times(entry.id).ifPresent(t -> json.put("generation_nanos", t.prefill() + t.decode()));
        write(receipts.resolve(entry.id + ".opening"), JsonText.writeBytes(json.build()));
    }

    /** Writes the receipt's file again, with what is known by now. */
    public void writeReceipt(Entry entry) {
        write(receipts.resolve(entry.id + ".receipt"), file(entry).encode());
    }

    private Path transcriptFile(String id) {
        return receipts.resolve(id + ".transcript");
    }

    private void write(Entry entry, Transcript transcript) {
        write(transcriptFile(entry.id), transcript.encode());
        writeReceipt(entry);
    }

    /** Writes a file for people; without room for it now, with a later one. The journal has what is in it. */
    private void write(Path file, byte[] bytes) {
        try {
            replace(file, bytes);
            withoutRoom.remove(file);
        } catch (IOException e) {
            withoutRoom.put(file, bytes);
            return;
        }
        if (!withoutRoom.isEmpty()) {
            writeWaiting();
        }
    }

    private void writeWaiting() {
        synchronized (withoutRoom) {
            withoutRoom.forEach((path, content) -> {
                try {
                    replace(path, content);
                    withoutRoom.remove(path, content);
                } catch (IOException e) {
                    return; // there is no room yet
                }
            });
        }
    }

    private static void replace(Path file, byte[] bytes) throws IOException {
        Path part = file.resolveSibling(file.getFileName() + ".part");
        Files.deleteIfExists(part);
        OwnerOnly.writeNew(part, bytes);
        Files.move(
                part,
                file,
                java.nio.file.StandardCopyOption.ATOMIC_MOVE,
                java.nio.file.StandardCopyOption.REPLACE_EXISTING);
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
