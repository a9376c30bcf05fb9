package assay.ledger.store;

import assay.core.base.Hash;
import assay.ledger.store.ReplicatedLedger.Seen;
import java.util.LinkedHashMap;
import java.util.Optional;

/**
 * What was found out of transactions, by their bytes' digests, so that signatures are looked at once; the oldest is
 * forgotten first. Anybody can sign as many long transactions as he likes without money, so both their number and
 * their bytes are bounded. Thread-safe.
 */
final class SeenTransactions {
    /** What is kept beside a transaction's bytes. */
    private static final int ENTRY_BYTES = 512;

    /** A transaction that was read takes so many times its bytes, at most. */
    private static final int READ_FACTOR = 4;

    private record Kept(Seen seen, long bytes) {}

    private final long bytesMax;
    private final LinkedHashMap<Hash, Kept> kept = new LinkedHashMap<>();
    private long bytes;

    /** @param bytesMax that may be kept in all, as far as they can be told */
    SeenTransactions(long bytesMax) {
        this.bytesMax = bytesMax;
    }

    synchronized Optional<Seen> find(Hash key) {
        return Optional.ofNullable(kept.get(key)).map(Kept::seen);
    }

    /** Keeps what was found of a transaction of so many bytes. */
    synchronized void put(Hash key, Seen seen, int size) {
        long takes = ENTRY_BYTES + (seen instanceof Seen.Accepted ? (long) READ_FACTOR * size : 0);
        Kept before = kept.put(key, new Kept(seen, takes));
        bytes += takes - (before == null ? 0 : before.bytes());
        while (bytes > bytesMax) {
            bytes -= kept.pollFirstEntry().getValue().bytes();
        }
    }

    /** How many are kept. */
    synchronized int count() {
        return kept.size();
    }
}
