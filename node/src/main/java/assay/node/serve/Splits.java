package assay.node.serve;

import assay.core.base.Amount;
import assay.ledger.crypto.OwnerOnly;
import assay.ledger.state.Split;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;

/**
 * How the payment of each receipt was divided, as the ledger said when it paid: a file of rows of 40 bytes in the
 * log's order, five numbers of micro-units each. For people, so nothing waits for the disk. Thread-safe; nobody may
 * interrupt a thread that puts.
 */
public final class Splits implements AutoCloseable {
    private static final int ROW_BYTES = 5 * Long.BYTES;

    private final Path path;
    private final FileChannel file;

    /** Opens the file in a node's folder. */
    public Splits(Path dir) throws IOException {
        OwnerOnly.createFolder(dir);
        this.path = dir.resolve("splits");
        this.file = OwnerOnly.open(path);
    }

    /** Notes how a receipt's payment was divided. */
    public synchronized void put(long index, Split s) throws IOException {
        ByteBuffer row = ByteBuffer.allocate(ROW_BYTES);
        row.putLong(s.node().micro())
                .putLong(s.royalty().micro())
                .putLong(s.audit().micro());
        row.putLong(s.hosts().micro()).putLong(s.reserve().micro()).flip();
        long at = index * ROW_BYTES;
        while (row.hasRemaining()) {
            at += file.write(row, at);
        }
    }

    /** How it was divided; empty if it was not paid, or that is not known here. */
    public Optional<Split> get(long index) throws IOException {
        ByteBuffer row = ByteBuffer.allocate(ROW_BYTES);
        // A channel of its own: an interrupt closes the channel that a thread reads from.
        try (FileChannel own = FileChannel.open(path, StandardOpenOption.READ)) {
            while (row.hasRemaining()) {
                if (own.read(row, index * ROW_BYTES + row.position()) < 0) {
                    return Optional.empty();
                }
            }
        }
        row.flip();
        Split split = new Split(amount(row), amount(row), amount(row), amount(row), amount(row));
        return split.total().isZero() ? Optional.empty() : Optional.of(split);
    }

    private static Amount amount(ByteBuffer row) {
        return Amount.ofMicro(Math.max(0, Math.min(row.getLong(), Amount.MAX_MICRO)));
    }

    @Override
    public synchronized void close() throws IOException {
        file.close();
    }
}
