package assay.node.serve;

import assay.core.base.Amount;
import assay.core.base.MalformedException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * What a wallet may spend in a day (UTC): a file with an amount, which its owner may change at any time; without
 * one there is no limit. What was spent today is counted again from the book at a start. Thread-safe.
 */
public final class Allowance {
    private static final int FILE_MAX_BYTES = 64;

    private final Path file;
    private final InstantSource clock;
    private long day;
    private Amount spent = Amount.ZERO;

    /** @param file may hold an amount in units */
    public Allowance(Path file, InstantSource clock) {
        this.file = file;
        this.clock = clock;
        this.day = today();
    }

    /** Counts what the receipts of today cost that this channel paid. */
    public synchronized void restore(Book book, String channel) {
        for (long at = book.size() - 1; at >= 0; at--) {
            var receipt = book.entries(at).getFirst().receipt();
            if (TimeUnit.MILLISECONDS.toDays(receipt.timeMillis()) < today()) {
                return;
            }
            if (receipt.payment().channel().equals(channel)) {
                spent(Amount.ofMicro(receipt.payment().amount()));
            }
        }
    }

    /** Whether so much more may be spent today, beside what is reserved. */
    synchronized boolean allows(Amount reserved, Amount more) {
        turn();
        Optional<Amount> limit = limit(file);
        return limit.isEmpty() || !limit.get().isBelow(spent.plus(reserved).plus(more));
    }

    /** So much was spent now. */
    synchronized void spent(Amount amount) {
        turn();
        spent = spent.plus(amount);
    }

    private void turn() {
        if (today() != day) {
            day = today();
            spent = Amount.ZERO;
        }
    }

    private long today() {
        return TimeUnit.MILLISECONDS.toDays(clock.millis());
    }

    /** The limit in this file; a file that is not understood allows nothing. */
    public static Optional<Amount> limit(Path file) {
        try {
            if (!Files.exists(file)) {
                return Optional.empty();
            }
            if (Files.size(file) > FILE_MAX_BYTES) {
                return Optional.of(Amount.ZERO);
            }
            return Optional.of(
                    Amount.parse(Files.readString(file, StandardCharsets.UTF_8).strip()));
        } catch (IOException | MalformedException e) {
            return Optional.of(Amount.ZERO);
        }
    }
}
