package assay.engine.infer;

import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Ended sequences, newest first, for requests that begin alike; bounded in bytes. Used by the engine's
 * thread alone. What is reused is bit for bit what would be computed again.
 */
final class PrefixCache {
    /** Fewer positions than this are not worth copying. */
    private static final int WORTHWHILE = 16;

    private final long maxBytes;
    private final ArrayDeque<Sequence> sequences = new ArrayDeque<>();

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
        if (bytes(List.of(sequence)) > maxBytes) {
            return; // it would drive out all others, and then go itself
        }
        sequences.removeIf(old -> old.length() <= sequence.length() && covers(sequence, old));
        sequences.addFirst(sequence);
        while (bytes(sequences) > maxBytes) {
            sequences.removeLast();
        }
    }

    /** Memory of all these together: pages that several of them share count once. */
    private static long bytes(Collection<Sequence> sequences) {
        Set<Object> counted = Collections.newSetFromMap(new IdentityHashMap<>());
        return sequences.stream().mapToLong(s -> s.sizeBytes(counted)).sum();
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
