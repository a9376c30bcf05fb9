package assay.node.serve;

import assay.ledger.crypto.OwnerOnly;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.zip.CRC32C;

/**
 * An append-only file of records that survive a killed process.
 *
 * <p>A frame is its length (int32, big-endian), the CRC-32C of its bytes, and the bytes. What was appended in
 * order is found in order; a torn tail, which nobody was told of, is cut off. Writers wait for one fsync
 * together (group commit). After an I/O error nothing more is taken. All methods are thread-safe.
 */
public final class Journal implements AutoCloseable {
    /** The longest record. */
    public static final int RECORD_MAX_BYTES = 64 << 20;

    private static final int HEAD = 8;

    /** Hears of the records that are there already. */
    public interface Visitor {
        /** One record; its bytes are the visitor's. */
        void visit(byte[] record) throws IOException;
    }

    private record Entry(byte[] bytes, boolean durable, CompletableFuture<Void> done) {}

    private final FileChannel file;
    private final LinkedBlockingQueue<Entry> queue = new LinkedBlockingQueue<>();
    private final Thread writer;
    private volatile String refusing = "";
    private volatile boolean closed;

    private Journal(FileChannel file) {
        this.file = file;
        this.writer = Thread.ofPlatform().daemon().name("assay-journal").unstarted(this::work);
    }

    /** Opens a journal, telling the visitor all records that are in it. */
    public static Journal open(Path path, Visitor visitor) throws IOException {
        FileChannel file = OwnerOnly.open(path);
        try {
            long end = readAll(file, visitor);
            file.truncate(end);
            file.position(end);
            file.force(true);
        } catch (IOException | RuntimeException e) {
            file.close();
            throw e;
        }
        Journal journal = new Journal(file);
        journal.writer.start();
        return journal;
    }

    private static long readAll(FileChannel file, Visitor visitor) throws IOException {
        long at = 0;
        long size = file.size();
        ByteBuffer head = ByteBuffer.allocate(HEAD);
        while (at + HEAD <= size) {
            readFully(file, head.clear(), at);
            int length = head.flip().getInt();
            int crc = head.getInt();
            if (length < 0 || length > RECORD_MAX_BYTES || at + HEAD + length > size) {
                return at;
            }
            byte[] bytes = new byte[length];
            readFully(file, ByteBuffer.wrap(bytes), at + HEAD);
            if (crc(bytes) != crc) {
                return at;
            }
            visitor.visit(bytes);
            at += HEAD + length;
        }
        return at;
    }

    private static void readFully(FileChannel file, ByteBuffer into, long at) throws IOException {
        long from = at;
        while (into.hasRemaining()) {
            int n = file.read(into, from);
            if (n < 0) {
                throw new IOException("the journal ended while it was read");
            }
            from += n;
        }
    }

    /** Appends a record; completes when it is on the disk. */
    public CompletableFuture<Void> append(byte[] record) {
        return enqueue(new Entry(record, true, new CompletableFuture<>()));
    }

    /** Appends a record that a killed process leaves behind, though a power cut might not. */
    public CompletableFuture<Void> appendSoon(byte[] record) {
        return enqueue(new Entry(record, false, new CompletableFuture<>()));
    }

    /** Why nothing is taken any more; empty while all is well. */
    public String refusing() {
        return refusing;
    }

    private CompletableFuture<Void> enqueue(Entry entry) {
        if (entry.bytes.length > RECORD_MAX_BYTES) {
            throw new IllegalArgumentException("a record of " + entry.bytes.length + " bytes");
        }
        if (!refusing.isEmpty() || closed) {
            entry.done.completeExceptionally(new IOException(closed ? "the journal is closed" : refusing));
        } else {
            queue.add(entry);
        }
        return entry.done;
    }

    private void work() {
        List<Entry> batch = new ArrayList<>();
        try {
            while (true) {
                batch.clear();
                batch.add(queue.take());
                queue.drainTo(batch, 4096);
                boolean end = write(batch);
                batch.forEach(e -> e.done.complete(null));
                if (end) {
                    return;
                }
            }
        } catch (IOException | InterruptedException e) {
            refusing = "the disk does not take the journal any more: " + e.getMessage();
            queue.drainTo(batch);
            batch.forEach(entry -> entry.done.completeExceptionally(new IOException(refusing, e)));
        }
    }

    /** Writes a batch with one fsync; true if it holds the end mark, an empty record. */
    private boolean write(List<Entry> batch) throws IOException {
        boolean durable = false;
        boolean end = false;
        int size = batch.stream().mapToInt(e -> HEAD + e.bytes.length).sum();
        ByteBuffer out = ByteBuffer.allocate(size);
        for (Entry entry : batch) {
            durable |= entry.durable;
            if (entry.bytes.length == 0) {
                end = true;
            } else {
                out.putInt(entry.bytes.length).putInt(crc(entry.bytes)).put(entry.bytes);
            }
        }
        out.flip();
        long start = file.position();
        try {
            while (out.hasRemaining()) {
                file.write(out);
            }
            if (durable) {
                file.force(false);
            }
        } catch (IOException e) {
            file.truncate(start);
            throw e;
        }
        return end;
    }

    private static int crc(byte[] bytes) {
        CRC32C crc = new CRC32C();
        crc.update(bytes);
        return (int) crc.getValue();
    }

    /** Writes what waits and closes the file. */
    @Override
    public void close() throws IOException {
        if (!closed) {
            queue.add(new Entry(new byte[0], true, new CompletableFuture<>()));
            closed = true;
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
