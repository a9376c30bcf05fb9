package assay.engine.infer;

import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.Optional;

/**
 * Ended sequences, newest first, for requests that begin alike; bounded in bytes. Used by the engine's
 * thread alone. What is reused is bit for bit what would be computed again.
 */
final class PrefixCache {
    /** Fewer positions than this are not worth copying. */
    private static final int WORTHWHILE = 16;

    private final long maxBytes;
    private final ArrayDeque<Sequence> sequences = new ArrayDeque<>();
    private long bytes;

    PrefixCache(long maxBytes) {
        this.maxBytes = maxBytes;
    }

    /** A new sequence with as many of the prompt's first positions as are known, always fewer than all. */
    Optional<Sequence> take(int[] prompt) {
        int best = WORTHWHILE - 1;
        Sequence from = null;
        for (Sequence s : sequences) {
            int common = s.common(prompt, prompt.length - 1);
            if (common > best) {
                best = common;
                from = s;
            }
        }
        if (from == null) {
            return Optional.empty();
        }
        sequences.remove(from);
        sequences.addFirst(from);
        return Optional.of(from.copy(best));
    }

    /** Keeps an ended sequence; what it repeats is dropped, and the oldest when there is no room. */
    void put(Sequence sequence) {
        for (Iterator<Sequence> all = sequences.iterator(); all.hasNext(); ) {
            Sequence old = all.next();
            if (old.length() <= sequence.length() && covers(sequence, old)) {
                bytes -= old.sizeBytes();
                all.remove();
            }
        }
        sequences.addFirst(sequence);
        bytes += sequence.sizeBytes();
        while (bytes > maxBytes && !sequences.isEmpty()) {
            bytes -= sequences.removeLast().sizeBytes();
        }
    }

    private static boolean covers(Sequence longer, Sequence shorter) {
        for (int i = 0; i < shorter.length(); i++) {
            if (longer.id(i) != shorter.id(i)) {
                return false;
            }
        }
        return true;
    }
}
