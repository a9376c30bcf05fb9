package assay.node.serve;

import assay.core.base.MalformedException;
import assay.node.pay.Cover;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;

/**
 * Takes out of a book what is to be known no more: requests and answers whose time is over, and what the journal
 * holds twice. Thread-safe.
 */
final class Forgetting {
    /** So many records can be left out, at least, before the journal is written anew. */
    private static final int WORTHWHILE = 1024;

    /** Or this part of all receipts, so that what is written in all grows no faster than the log. */
    private static final int PART = 8;

    private final Journal journal;
    private final Receipts receipts;
    private final Pending pending;
    private final Shelf shelf;
    private final Executor files;
    private int superfluous;

    /** @param files writes files, one after another */
    Forgetting(Journal journal, Receipts receipts, Pending pending, Shelf shelf, Executor files) {
        this.journal = journal;
        this.receipts = receipts;
        this.pending = pending;
        this.shelf = shelf;
        this.files = files;
    }

    /** There is one more record that could be left out. */
    synchronized void count() {
        superfluous++;
    }

    /** Forgets requests and answers for good; {@link Book#erase}. */
    void erase(List<Book.Entry> finished) throws IOException {
        List<CompletableFuture<Void>> written = new ArrayList<>();
        for (Book.Entry entry : finished) {
            if (receipts.erase(entry.index())) {
                written.add(journal.appendSurely(Records.erased(entry.id())));
                count();
            }
        }
        try {
            written.forEach(CompletableFuture::join);
            // After the files that are still to be written, so that none comes back.
            CompletableFuture.runAsync(() -> delete(finished), files).join();
        } catch (CompletionException e) {
            throw new IOException("requests could not be erased: " + e.getMessage(), e);
        }
        if (superfluous() >= Math.max(WORTHWHILE, receipts.size() / PART)) {
            revise();
        }
    }

    private void delete(List<Book.Entry> finished) {
        try {
            for (Book.Entry entry : finished) {
                shelf.delete(entry.id(), Shelf.Kind.TRANSCRIPT);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private synchronized int superfluous() {
        return superfluous;
    }

    /** At a start it is worthwhile for less. */
    void reviseAtStart() {
        if (superfluous() > 0) {
            revise();
        }
    }

    /** Takes what is forgotten out of the journal; if the disk has no room for that, a later time does. */
    private void revise() {
        Set<String> dropped = pending.dropped();
        int counted = superfluous();
        journal.revise(record -> revised(record, dropped))
                .handle((done, e) -> {
                    if (e == null) {
                        pending.forget(dropped);
                        synchronized (this) {
                            superfluous -= counted;
                        }
                    }
                    return done;
                })
                .join();
    }

    /** What a receipt on the disk was made of is in its own record, as far as it is kept. */
    private byte[] revised(byte[] record, Set<String> dropped) throws IOException {
        byte[] nothing = new byte[0];
        try {
            return switch (Records.parse(record)) {
                case Records.AcceptedRecord(Accepted a)
                when dropped.contains(a.id()) -> Records.cover(a.id(), a.cover());
                case Records.AcceptedRecord(Accepted a) -> receipts.has(a.id()) ? nothing : record;
                case Records.SentRecord(String id, int choice, int token) ->
                    dropped.contains(id) || receipts.has(id) ? nothing : record;
                case Records.CollectedRecord(String id, Cover cover) ->
                    dropped.contains(id) || receipts.has(id) ? nothing : record;
                case Records.ErasedRecord(String id) -> receipts.isErased(id) ? nothing : record;
                case Records.DroppedRecord(String id) -> dropped.contains(id) ? nothing : record;
                case Records.CoverRecord r -> record;
                case Records.ToldRecord r -> record;
                case Records.SettledRecord r -> record;
                case Records.ReceiptRecord r -> receipts.isErased(r.id()) ? r.erased() : record;
            };
        } catch (MalformedException e) {
            throw new IOException("the journal holds a record that is not understood: " + e.getMessage(), e);
        }
    }
}
