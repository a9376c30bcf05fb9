package assay.node.serve;

import assay.core.base.Amount;
import assay.core.base.Hash;
import assay.core.base.MalformedException;
import assay.core.base.NodeSigner;
import assay.core.log.Checkpoint;
import assay.core.log.Note;
import assay.core.log.ReceiptLog;
import assay.core.verify.ReceiptFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;

/**
 * The receipts of a node in the order of its log, which is their order in the journal.
 *
 * <p>In memory are the log's digests and an index, together some 170 bytes for a receipt, and the newest or
 * last used few hundred receipts; all others are read from the journal when somebody asks. Thread-safe.
 *
 * @see ReceiptIndex
 */
final class Receipts {
    /** Receipts at hand, of 5 to 8 KB each. */
    private static final int AT_HAND = 256;

    /** Reads the record of a receipt that is on the disk. */
    interface Source {
        /** The record of the receipt at this place in the log. */
        byte[] read(long index) throws IOException;
    }

    private final NodeSigner signer;
    private final Source source;
    private final ReceiptLog log;
    private final ReceiptIndex index = new ReceiptIndex();
    private final Map<Integer, Book.Entry> atHand = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Integer, Book.Entry> eldest) {
            return size() > AT_HAND;
        }
    };
    private int durable;
    private @Nullable Note posted;
    private @Nullable Checkpoint postedCheckpoint;

    Receipts(NodeSigner signer, Source source) {
        this.signer = signer;
        this.source = source;
        this.log = new ReceiptLog(ReceiptLog.originOf(signer.key()));
    }

    /** The place of the next receipt; the caller sees to it that nobody else takes it. */
    synchronized long next() {
        return log.size();
    }

    /** Takes up a receipt that was signed now. */
    synchronized void add(Book.Entry entry, Optional<Hash> alias) {
        log.append(entry.digest(), entry.weight());
        index.add(entry.id(), entry.digest(), entry.receipt().payment().authorisation(), alias);
        atHand.put((int) entry.index(), entry);
    }

    /** Takes up a receipt that is on the disk. */
    synchronized void restore(Records.ReceiptRecord r) {
        log.append(r.digest(), r.weight());
        index.add(r.id(), r.digest(), r.authorisation(), r.alias());
        if (r.transcript().length == 0) {
            index.erase(index.size() - 1);
        }
        durable = index.size();
    }

    /** The journal keeps the log's order: with one receipt, all before it are on the disk. */
    synchronized void written(long at) {
        durable = Math.max(durable, (int) at + 1);
    }

    /** Receipts that are on the disk. */
    synchronized long size() {
        return durable;
    }

    /** Cumulative weight of the log, with the receipts that are on their way to the disk. */
    synchronized long weight() {
        return log.totalWeight();
    }

    /** The receipt at this place. */
    Book.Entry get(long at) {
        int place = Math.toIntExact(at);
        synchronized (this) {
            if (at >= log.size()) {
                throw new IndexOutOfBoundsException("no receipt " + at + " of " + log.size());
            }
            Book.Entry known = atHand.get(place);
            if (known != null) {
                return known;
            }
        }
        try {
            Book.Entry read = record(at).entry(at);
            synchronized (this) {
                atHand.put(place, read);
            }
            return read;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (MalformedException e) {
            throw damaged(at, e);
        }
    }

    /** The record of a receipt that is on the disk. */
    Records.ReceiptRecord record(long at) throws IOException, MalformedException {
        if (Records.parse(source.read(at)) instanceof Records.ReceiptRecord r) {
            return r;
        }
        throw new IOException("the journal holds no receipt where receipt " + at + " was");
    }

    /** The receipt of this id, if it is on the disk. */
    synchronized Optional<Book.Entry> find(String id) {
        return found(index.ofId(id, inLog(at -> hasId(at, id))));
    }

    /** Whether there is a receipt of this id on the disk. */
    synchronized boolean has(String id) {
        return index.ofId(id, inLog(at -> hasId(at, id))).isPresent();
    }

    /** Whether request and answer of the receipt of this id are forgotten. */
    synchronized boolean isErased(String id) {
        OptionalInt at = index.ofId(id, inLog(place -> hasId(place, id)));
        return at.isPresent() && index.isErased(at.getAsInt());
    }

    private boolean hasId(int at, String id) {
        Book.Entry known = atHand.get(at);
        if (known != null) {
            return known.id().equals(id);
        }
        try {
            return record(at).id().equals(id);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (MalformedException e) {
            throw damaged(at, e);
        }
    }

    private static UncheckedIOException damaged(long at, MalformedException e) {
        return new UncheckedIOException(new IOException("receipt " + at + " in the journal is damaged", e));
    }

    /** The receipt of this digest, if it is on the disk. */
    synchronized Optional<Book.Entry> find(Hash digest) {
        return found(index.ofDigest(digest, inLog(at -> log.leaf(at).receipt().equals(digest))));
    }

    /** The receipt that this payment was for, if it is on the disk. */
    synchronized Optional<Book.Entry> paidBy(Hash authorisation) {
        return found(index.ofAuthorisation(
                authorisation,
                inLog(at -> get(at).receipt().payment().authorisation().equals(authorisation))));
    }

    /** The receipt that a payment under this name of its payer's was for, if it is on the disk. */
    synchronized Optional<Book.Entry> paidUnder(Hash alias) {
        return found(index.ofAlias(alias, inLog(at -> hasAlias(at, alias))));
    }

    private boolean hasAlias(int at, Hash alias) {
        try {
            return record(at).alias().equals(Optional.of(alias));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (MalformedException e) {
            throw damaged(at, e);
        }
    }

    private Optional<Book.Entry> found(OptionalInt at) {
        return at.isEmpty() ? Optional.empty() : Optional.of(get(at.getAsInt()));
    }

    private IntPredicate inLog(IntPredicate isTheOne) {
        return at -> at < durable && isTheOne.test(at);
    }

    /** The payer was told that the receipt of this id costs so much, whether it is on the disk or about to be. */
    synchronized void tell(String id, Amount amount) {
        index.ofId(id, at -> hasId(at, id)).ifPresent(at -> index.tell(at, amount.micro()));
    }

    /** What the payer was told that this receipt costs, if anything. */
    synchronized Optional<Amount> told(long at) {
        OptionalLong micro = index.told((int) at);
        return micro.isEmpty() ? Optional.empty() : Optional.of(Amount.ofMicro(micro.getAsLong()));
    }

    /** Forgets its request and answer; false if they were forgotten before. */
    synchronized boolean erase(long at) {
        return index.erase((int) at);
    }

    synchronized boolean isErased(long at) {
        return index.isErased((int) at);
    }

    /** The checkpoint at this size. */
    synchronized Checkpoint checkpoint(long size) {
        return log.checkpoint(size);
    }

    /** That the log at a larger size begins with the log at a smaller one. */
    synchronized List<Hash> proveConsistency(long smaller, long larger) {
        return log.proveConsistency(smaller, larger);
    }

    /** Says that the ledger has the log up to this size: proofs lead there from now on. */
    synchronized void posted(long size) {
        if (size > 0 && (postedCheckpoint == null || postedCheckpoint.size() < size)) {
            postedCheckpoint = log.checkpoint(size);
            posted = postedCheckpoint.sign(signer);
        }
    }

    /** The newest posted checkpoint, signed. */
    synchronized Optional<Note> postedNote() {
        return Optional.ofNullable(posted);
    }

    /** The receipt's file: with its proof once its checkpoint is on the ledger. */
    synchronized ReceiptFile file(Book.Entry entry) {
        Checkpoint checkpoint = postedCheckpoint;
        Note note = posted;
        if (checkpoint == null || note == null || entry.index() >= checkpoint.size()) {
            return ReceiptFile.unlogged(entry.envelope());
        }
        return ReceiptFile.logged(entry.envelope(), log.prove(entry.index(), checkpoint, note));
    }
}
