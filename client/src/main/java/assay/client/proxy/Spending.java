package assay.client.proxy;

import assay.core.base.Amount;
import assay.ledger.crypto.OwnerOnly;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.InstantSource;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What was spent, and what may be: at most so much for a request, at most so much in a day (UTC).
 *
 * <p>A file of lines, {@code DAY ID MICRO}: the first line of an id reserves, before anything is paid; its
 * second says what it came to. A line is on the disk before the payment leaves, so that a process that is
 * killed has spent at least as much as its file says, and a request whose end is unknown counts in full. One
 * process at a time has the file. Thread-safe.
 */
public final class Spending implements AutoCloseable {
    /** Nothing more may be spent on this. */
    public static final class LimitException extends Exception {
        private static final long serialVersionUID = 1;

        LimitException(String message) {
            super(message, null, false, false);
        }
    }

    private static final int BUFFER_BYTES = 1 << 16;

    /** A longer line is none of ours. */
    private static final int LINE_MAX_BYTES = 100;

    private final FileChannel file;
    private final FileLock lock;
    private final Amount perRequest;
    private final Amount perDay;
    private final InstantSource clock;
    private final Map<String, Amount> today = new LinkedHashMap<>();
    private LocalDate day;
    private long next;

    private Spending(FileChannel file, FileLock lock, Amount perRequest, Amount perDay, InstantSource clock)
            throws IOException {
        this.file = file;
        this.lock = lock;
        this.perRequest = perRequest;
        this.perDay = perDay;
        this.clock = clock;
        this.day = LocalDate.ofInstant(clock.instant(), ZoneOffset.UTC);
        read();
    }

    /**
     * Opens the file, made at first use.
     *
     * @throws IOException also if another process has it
     */
    public static Spending open(Path path, Amount perRequest, Amount perDay, InstantSource clock) throws IOException {
        FileChannel file = OwnerOnly.open(path);
        @Nullable FileLock lock;
        try {
            lock = file.tryLock();
        } catch (OverlappingFileLockException e) {
            lock = null;
        }
        if (lock == null) {
            file.close();
            throw new IOException(path + " is in use by another proxy");
        }
        return new Spending(file, lock, perRequest, perDay, clock);
    }

    private void read() throws IOException {
        InputStream in = new BufferedInputStream(Channels.newInputStream(file.position(0)), BUFFER_BYTES);
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        long at = 0;
        long whole = 0; // a torn last line was never acted on
        for (int b = in.read(); b >= 0; b = in.read()) {
            at++;
            if (b == '\n') {
                take(line.toString(StandardCharsets.UTF_8));
                line.reset();
                whole = at;
            } else if (line.size() < LINE_MAX_BYTES) {
                line.write(b);
            }
        }
        file.truncate(whole);
        file.position(whole);
    }

    private void take(String line) {
        String[] parts = line.split(" ", -1);
        if (parts.length == 3 && parts[2].matches("[0-9]{1,18}") && parts[1].matches("[0-9]{1,18}")) {
            next = Math.max(next, Long.parseLong(parts[1]) + 1);
            if (parts[0].equals(day.toString())) {
                today.put(parts[1], Amount.ofMicro(Long.parseLong(parts[2])));
            }
        }
    }

    /**
     * Takes this much of the limits; on the disk when it returns.
     *
     * @return names the reservation
     * @throws LimitException if a limit would be passed
     */
    public synchronized String reserve(Amount most) throws LimitException, IOException {
        if (perRequest.isBelow(most)) {
            throw new LimitException("this request may cost up to " + most + ", the limit for one is " + perRequest
                    + " (--max-cost); lower max_tokens or raise the limit");
        }
        turn();
        Amount spent = spent();
        if (perDay.isBelow(spent.plus(most))) {
            throw new LimitException("this request may cost up to " + most + ", and " + spent + " of today's " + perDay
                    + " (--per-day) are spent or promised");
        }
        String id = Long.toString(next++);
        write(id, most);
        return id;
    }

    /** Says what a reservation came to. */
    public synchronized void settle(String id, Amount amount) throws IOException {
        turn();
        write(id, amount);
    }

    /** What of today's limit is spent or promised. */
    public synchronized Amount spent() {
        turn();
        return today.values().stream().reduce(Amount.ZERO, Amount::plus);
    }

    private void turn() {
        LocalDate now = LocalDate.ofInstant(clock.instant(), ZoneOffset.UTC);
        if (!now.equals(day)) {
            day = now;
            today.clear();
        }
    }

    private void write(String id, Amount amount) throws IOException {
        String line = day + " " + id + " " + amount.micro() + "\n";
        ByteBuffer bytes = ByteBuffer.wrap(line.getBytes(StandardCharsets.UTF_8));
        long at = file.position();
        try {
            while (bytes.hasRemaining()) {
                file.write(bytes);
            }
            file.force(false);
        } catch (IOException e) {
            file.truncate(at); // else the next line would join the torn one, and both be lost
            throw e;
        }
        today.put(id, amount);
    }

    /** Today's limit. */
    public Optional<Amount> left() {
        Amount spent = spent();
        return perDay.isBelow(spent) ? Optional.empty() : Optional.of(perDay.minus(spent));
    }

    @Override
    public void close() throws IOException {
        lock.release();
        file.close();
    }
}
