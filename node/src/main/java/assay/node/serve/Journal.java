package assay.node.serve;

import assay.ledger.crypto.OwnerOnly;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * An append-only file of records that survive a killed process.
 *
 * <p>Records are {@link Frames}. What was appended in
 * order is found in order; a torn tail, which nobody was told of, is cut off, but a broken record with whole
 * ones after it is damage, and the file is left as it is. Writers wait for one fsync together (group commit), which the
 * writer's thread makes, or one of those who wait.
 * On a full disk records that may be refused are, and the others wait until there is room again. After any other
 * I/O error nothing more is taken. A revision writes a new file beside the old one and puts it in its
 * place. All methods are thread-safe.
 */
public final class Journal implements AutoCloseable {
    /** The longest record. */
    public static final int RECORD_MAX_BYTES = Frames.RECORD_MAX_BYTES;

    private static final long RETRY_MILLIS = 200;

    /** So much has to fit before new records are taken again. */
    private static final int ROOM_BYTES = 64 << 10;

    /** Records of one write, at most. */
    private static final int BATCH_MAX = 4096;

    /** Once a write has so many bytes, nothing is added to it. */
    private static final int BATCH_BYTES = 8 << 20;

    /** Hears of the records that are there already. */
    public interface Visitor {
        /** One record; its bytes are the visitor's. */
        void visit(byte[] record) throws IOException;
    }

    /** Says what a record is when the journal is written anew. */
    public interface Revision {
        /** The record in its place; of no length if nothing of it is kept. */
        byte[] revise(byte[] record) throws IOException;
    }

    /** A write found no room, and left the file as it was. */
    private static final class FullException extends IOException {
        private static final long serialVersionUID = 1;

        FullException(IOException cause) {
            super(cause.getMessage(), cause);
        }
    }

    /** What becomes of a record: in that order, how much it matters. */
    private enum Weight {
        /** Refused when the disk is full; on the disk when it is acknowledged. */
        REFUSABLE,
        /** Waits for room; not worth an fsync of its own. */
        SOON,
        /** Waits for room; on the disk when it is acknowledged. */
        SURE
    }

    /** What the writer does next: a record to append, or a revision of all that is there. */
    private record Entry(byte[] bytes, Weight weight, @Nullable Revision revision, CompletableFuture<Void> done) {
        Entry(byte[] bytes, Weight weight) {
            this(bytes, weight, null, new CompletableFuture<>());
        }
    }

    private final @Nullable Path path;
    private FileChannel file;
    private final Predicate<byte[]> isNumbered;
    private final Object place = new Object();
    private LongColumn numbered = new LongColumn();
    private final ConcurrentLinkedQueue<Entry> queue = new ConcurrentLinkedQueue<>();
    private final Semaphore wakes = new Semaphore(0);

    /** Held by who takes from the queue and writes. */
    private final ReentrantLock turn = new ReentrantLock();

    /** Guarded by {@link #turn}: what a helper could not write, before all that is in the queue. */
    private final List<Entry> stuck = new ArrayList<>();

    /** Guarded by {@link #turn}: what ended a helper's write that was no fault of the disk. */
    private @Nullable Throwable broken;

    private final Thread writer;
    private volatile String refusing = "";
    private volatile boolean closed;
    private volatile boolean impatient;
    private volatile boolean stopped;

    private Journal(@Nullable Path path, FileChannel file, Predicate<byte[]> isNumbered) {
        this.path = path;
        this.file = file;
        this.isNumbered = isNumbered;
        this.writer = Thread.ofPlatform().daemon().name("assay-journal").unstarted(this::work);
    }

    /** Opens a journal, telling the visitor all records that are in it; none can be read again. */
    public static Journal open(Path path, Visitor visitor) throws IOException {
        Journal journal = at(path, record -> false);
        journal.begin(visitor);
        return journal;
    }

    /** The same on an open file, which is the journal's from now on, and cannot be revised. */
    static Journal open(FileChannel file, Visitor visitor) throws IOException {
        Journal journal = new Journal(null, file, record -> false);
        journal.begin(visitor);
        return journal;
    }

    /**
     * A journal that is to {@link #begin}.
     *
     * @param isNumbered which records can be read again ({@link #read}): in their order, from 0 on
     */
    public static Journal at(Path path, Predicate<byte[]> isNumbered) throws IOException {
        Files.deleteIfExists(part(path));
        return new Journal(path, OwnerOnly.open(path), isNumbered);
    }

    /** Tells the visitor all records that are there, and takes new ones from then on; once. */
    public void begin(Visitor visitor) throws IOException {
        try {
            long end = Frames.readAll(file, (record, at) -> {
                if (isNumbered.test(record)) {
                    numbered.add(at);
                }
                visitor.visit(record);
            });
            if (end < file.size()) {
                Frames.refuseDamage(file, end);
            }
            file.truncate(end);
            file.position(end);
            file.force(true);
        } catch (IOException | RuntimeException e) {
            file.close();
            throw e;
        }
        writer.start();
    }

    /**
     * Reads a numbered record again, from the disk; the caller knows that it was written.
     *
     * @param number how many numbered records are before it
     */
    public byte[] read(long number) throws IOException {
        FileChannel channel;
        long at;
        synchronized (place) {
            at = numbered.get(Math.toIntExact(number));
            // A channel of its own: an interrupt closes the channel that a thread reads from.
            channel = FileChannel.open(Objects.requireNonNull(path), StandardOpenOption.READ);
        }
        try (channel) {
            byte[] record = Frames.read(channel, at, channel.size());
            if (record == null) {
                throw new IOException("the journal is damaged at byte " + at);
            }
            return record;
        }
    }

    /** Appends a record; completes when it is on the disk, exceptionally if that is full. */
    public CompletableFuture<Void> append(byte[] record) {
        return enqueue(new Entry(record, Weight.REFUSABLE));
    }

    /** Appends a record, once there is room; completes when it is on the disk. */
    public CompletableFuture<Void> appendSurely(byte[] record) {
        return enqueue(new Entry(record, Weight.SURE));
    }

    /**
     * The same for a caller that waits for it and will call {@link #help}, which saves two changes of threads; the
     * writer's thread is not told.
     */
    public CompletableFuture<Void> appendToHelp(byte[] record) {
        return enqueue(new Entry(record, Weight.SURE), false);
    }

    /**
     * Writes what waits on the caller's thread, unless somebody is at it. Nobody may interrupt that thread: an
     * interrupt closes the file.
     */
    public void help() {
        List<Entry> batch = new ArrayList<>();
        if (turn.tryLock()) {
            try {
                if (!stopped && stuck.isEmpty()) {
                    drain(batch, false);
                    if (!batch.isEmpty()) {
                        write(batch);
                    }
                }
            } catch (IOException e) {
                stuck.addAll(batch); // the writer's thread meets the same, and knows what to do
                batch.clear();
            } catch (RuntimeException | Error e) {
                stuck.addAll(batch); // nobody knows how much of it is written: the writer's thread ends the journal
                batch.clear();
                broken = e;
            } finally {
                turn.unlock();
            }
        }
        if (!queue.isEmpty() || batch.isEmpty()) {
            wakes.release();
        }
        batch.forEach(e -> e.done.complete(null));
    }

    /** The same for a record that a killed process leaves behind, though a power cut might not. */
    public CompletableFuture<Void> appendSoon(byte[] record) {
        return enqueue(new Entry(record, Weight.SOON));
    }

    /** The same, which goes with what somebody brings to the disk who will call {@link #help}. */
    public CompletableFuture<Void> appendSoonToHelp(byte[] record) {
        return enqueue(new Entry(record, Weight.SOON), false);
    }

    /** Waits for room on a full disk no longer: the next write that finds none ends the journal. */
    public void stopWaiting() {
        impatient = true;
    }

    /** Why nothing is taken now; empty while all is well. */
    public String refusing() {
        return refusing;
    }

    /**
     * Writes the journal anew, each record as the revision wants it; completes when the new file has taken the
     * old one's place, or exceptionally when the old one stays. Records that are appended meanwhile come after.
     */
    public CompletableFuture<Void> revise(Revision revision) {
        return enqueue(new Entry(new byte[0], Weight.SURE, revision, new CompletableFuture<>()));
    }

    private CompletableFuture<Void> enqueue(Entry entry) {
        return enqueue(entry, true);
    }

    private CompletableFuture<Void> enqueue(Entry entry, boolean isTold) {
        if (entry.revision == null && (entry.bytes.length > RECORD_MAX_BYTES || entry.bytes.length == 0)) {
            throw new IllegalArgumentException("a record of " + entry.bytes.length + " bytes");
        }
        if (closed || entry.weight == Weight.REFUSABLE && !refusing.isEmpty()) {
            entry.done.completeExceptionally(new IOException(closed ? "the journal is closed" : refusing));
        } else {
            queue.add(entry);
            if (isTold) {
                wakes.release();
            }
            if (stopped) {
                failWaiting();
            }
        }
        return entry.done;
    }

    private void failWaiting() {
        IOException why = new IOException(refusing.isEmpty() ? "the journal is closed" : refusing);
        Entry entry = queue.poll();
        while (entry != null) {
            entry.done.completeExceptionally(why);
            entry = queue.poll();
        }
    }

    private void work() {
        List<Entry> batch = new ArrayList<>();
        try {
            boolean end = false;
            while (!end) {
                wakes.acquire();
                wakes.drainPermits();
                boolean isMore = true;
                while (isMore && !end) {
                    end = writeNext(batch);
                    isMore = !batch.isEmpty();
                    batch.forEach(e -> e.done.complete(null));
                    batch.clear();
                }
            }
        } catch (IOException | InterruptedException | RuntimeException | Error e) {
            refusing = "the disk does not take the journal any more: " + e.getMessage();
            batch.forEach(entry -> entry.done.completeExceptionally(new IOException(refusing, e)));
        } finally {
            stopped = true;
            failWaiting();
        }
    }

    /** Takes the next records from the queue and writes them, or the journal anew; true at the end mark. */
    private boolean writeNext(List<Entry> batch) throws IOException, InterruptedException {
        turn.lock();
        try {
            batch.addAll(stuck);
            stuck.clear();
            if (broken != null) {
                throw new IOException(broken.toString(), broken);
            }
            Entry first = queue.peek();
            if (batch.isEmpty() && first != null && first.revision != null) {
                queue.remove();
                batch.add(first);
                if (!revise(first.revision, first.done)) {
                    first.done.complete(null); // it was told already why not
                }
                return false;
            }
            drain(batch, true);
            return !batch.isEmpty() && writeWhenThereIsRoom(batch);
        } finally {
            turn.unlock();
        }
    }

    /** Writes a batch; on a full disk refuses what may be refused, and waits for room for the rest. */
    private boolean writeWhenThereIsRoom(List<Entry> batch) throws IOException, InterruptedException {
        while (true) {
            try {
                boolean end = batch.isEmpty() ? probe() : write(batch);
                refusing = "";
                return end;
            } catch (FullException e) {
                refusing = "the disk does not take the journal: " + e.getMessage();
                batch.removeIf(this::refused);
                queue.removeIf(this::refused);
                if (closed || impatient) {
                    throw e;
                }
                Thread.sleep(RETRY_MILLIS);
            }
        }
    }

    private boolean refused(Entry entry) {
        return entry.weight == Weight.REFUSABLE && entry.done.completeExceptionally(new IOException(refusing));
    }

    /** Whether there is room for a while; never the end. */
    private boolean probe() throws IOException {
        put(ByteBuffer.allocate(ROOM_BYTES)).truncate(file.position() - ROOM_BYTES);
        return false;
    }

    /** Adds what waits, up to the next revision or the end mark if that is not taken, as far as one write takes it. */
    private void drain(List<Entry> batch, boolean takesEnd) {
        long bytes = 0;
        Entry next = queue.peek();
        while (next != null
                && next.revision == null
                && (takesEnd || next.bytes.length > 0)
                && batch.size() < BATCH_MAX
                && bytes < BATCH_BYTES) {
            bytes += next.bytes.length;
            batch.add(queue.remove());
            next = queue.peek();
        }
    }

    /**
     * True if a new file is in the old one's place. False if the old one stays, for a reason that is told.
     *
     * @throws IOException if it is not known which of the two a power cut would leave
     */
    private boolean revise(Revision revision, CompletableFuture<Void> done) throws IOException {
        Path old = path;
        if (old == null) {
            done.completeExceptionally(new IOException("a journal without a path"));
            return false;
        }
        FileChannel before = file;
        try {
            file = revised(revision, old); // whatever fails from here on: the old file has no name any more
        } catch (IOException | RuntimeException e) {
            done.completeExceptionally(e);
            return false;
        }
        before.close();
        OwnerOnly.syncFolder(OwnerOnly.folderOf(old));
        return true;
    }

    /** A new file, on the disk and in the old one's place; if that fails, the old one is where it was. */
    private FileChannel revised(Revision revision, Path old) throws IOException {
        Files.deleteIfExists(part(old));
        FileChannel fresh = OwnerOnly.open(part(old));
        LongColumn places = new LongColumn();
        try {
            long read = Frames.readAll(file, (record, at) -> append(fresh, revision.revise(record), places));
            if (read != file.position()) {
                throw new IOException("the journal is damaged at byte " + read + " and is left as it is");
            }
            if (places.size() != numbered.size()) {
                throw new IllegalArgumentException(
                        "a revision left " + places.size() + " of " + numbered.size() + " numbered records");
            }
            fresh.force(true);
            synchronized (place) {
                Files.move(part(old), old, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
                numbered = places;
            }
            return fresh;
        } catch (IOException | RuntimeException | Error e) {
            try (fresh) {
                Files.deleteIfExists(part(old));
            } catch (IOException alsoWrong) {
                e.addSuppressed(alsoWrong);
            }
            throw e;
        }
    }

    private void append(FileChannel into, byte[] record, LongColumn places) throws IOException {
        if (record.length > 0) {
            if (isNumbered.test(record)) {
                places.add(into.position());
            }
            ByteBuffer frame = ByteBuffer.allocate(Frames.HEAD_BYTES + record.length);
            Frames.put(frame, record);
            frame.flip();
            while (frame.hasRemaining()) {
                into.write(frame);
            }
        }
    }

    private static Path part(Path path) {
        return path.resolveSibling(path.getFileName() + ".part");
    }

    /** Writes a batch with one fsync; true if it holds the end mark, an empty record. */
    private boolean write(List<Entry> batch) throws IOException {
        boolean durable = false;
        boolean end = false;
        int size =
                batch.stream().mapToInt(e -> Frames.HEAD_BYTES + e.bytes.length).sum();
        ByteBuffer out = ByteBuffer.allocate(size);
        long start = file.position();
        List<Long> places = new ArrayList<>();
        for (Entry entry : batch) {
            durable |= entry.weight != Weight.SOON;
            if (entry.bytes.length == 0) {
                end = true;
            } else {
                if (isNumbered.test(entry.bytes)) {
                    places.add(start + out.position());
                }
                Frames.put(out, entry.bytes);
            }
        }
        put(out.flip());
        synchronized (place) {
            places.forEach(numbered::add);
        }
        if (durable) {
            file.force(false);
        }
        return end;
    }

    /** Writes all of it, or leaves the file as it was. */
    private FileChannel put(ByteBuffer out) throws IOException {
        long start = file.position();
        try {
            while (out.hasRemaining()) {
                file.write(out);
            }
            return file;
        } catch (IOException e) {
            file.truncate(start);
            throw new FullException(e);
        }
    }

    /** Writes what waits and closes the file. */
    @Override
    public void close() throws IOException {
        if (!closed) {
            queue.add(new Entry(new byte[0], Weight.SURE));
            closed = true;
            wakes.release();
            boolean interrupted = false;
            while (writer.isAlive()) {
                try {
                    writer.join();
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
            file.close();
        }
    }
}
