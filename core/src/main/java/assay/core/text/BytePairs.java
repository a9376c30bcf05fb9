package assay.core.text;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicReferenceArray;

/**
 * Byte-level byte-pair encoding: words of bytes, whose neighbours merge in the order of the merges.
 *
 * <p>While any two neighbours of a word have a merge, the pair of the smallest rank (the leftmost of
 * equals) becomes one token. A byte that has no token of its own never merges and leaves no id, as in
 * llama.cpp. Time is O(n log n) in the length of a word. Sennrich, Haddow and Birch 2016; Radford et al.
 * 2019 (GPT-2).
 */
final class BytePairs implements Segmenter {
    private static final int CACHE_SLOTS = 1 << 13;
    private static final int CACHED_WORD_CHARS_MAX = 48;
    private static final int NONE = -1;

    private record Cached(String word, int[] ids) {}

    private final Vocabulary vocabulary;
    private final int[] byteIds = new int[256];

    // Open addressing from (left << 32 | right) + 1, so 0 means free, to rank.
    private final long[] pairs;
    private final int[] ranks;

    // A lost or overwritten entry costs time and changes nothing.
    private final AtomicReferenceArray<Cached> cache = new AtomicReferenceArray<>(CACHE_SLOTS);

    BytePairs(Vocabulary vocabulary) {
        this.vocabulary = vocabulary;
        for (int b = 0; b < 256; b++) {
            byteIds[b] = vocabulary.ordinaryId(String.valueOf(ByteAlphabet.charOf(b)));
        }
        int slots = Integer.highestOneBit(Math.max(2, 2 * vocabulary.mergeCount())) * 2;
        pairs = new long[slots];
        ranks = new int[slots];
        for (int rank = 0; rank < vocabulary.mergeCount(); rank++) {
            long key = key(vocabulary.mergeLeft(rank), vocabulary.mergeRight(rank));
            int slot = slot(key);
            pairs[slot] = key;
            ranks[slot] = rank;
        }
    }

    @Override
    public void encode(int[] text, IdList out, Effort effort) {
        Pretokenizer cut = vocabulary.pretokenizer();
        PairQueue queue = new PairQueue();
        for (int from = 0; from < text.length; ) {
            int to = cut.wordEnd(text, from);
            String word = new String(text, from, to - from);
            out.addAll(word.length() > CACHED_WORD_CHARS_MAX ? encodeWord(word, queue) : cached(word, queue));
            from = to;
        }
    }

    private int[] cached(String word, PairQueue queue) {
        int h = word.hashCode();
        int slot = (h ^ h >>> 16) & CACHE_SLOTS - 1;
        Cached hit = cache.getAcquire(slot);
        if (hit != null && hit.word.equals(word)) {
            return hit.ids;
        }
        int[] ids = encodeWord(word, queue);
        cache.setRelease(slot, new Cached(word, ids));
        return ids;
    }

    private int[] encodeWord(String word, PairQueue queue) {
        byte[] bytes = word.getBytes(StandardCharsets.UTF_8);
        if (vocabulary.pretokenizer().takesWholeWords()) {
            int whole = wholeWord(bytes);
            if (whole >= 0) {
                return new int[] {whole};
            }
        }
        int[] ids = new int[bytes.length];
        for (int i = 0; i < bytes.length; i++) {
            ids[i] = byteIds[bytes[i] & 0xff];
        }
        return ids.length == 1 ? known(ids) : merge(ids, queue);
    }

    private int wholeWord(byte[] bytes) {
        if (bytes.length > Vocabulary.TOKEN_CHARS_MAX) {
            return NONE;
        }
        char[] chars = new char[bytes.length];
        for (int i = 0; i < bytes.length; i++) {
            chars[i] = ByteAlphabet.charOf(bytes[i] & 0xff);
        }
        return vocabulary.ordinaryId(new String(chars));
    }

    /** Merges in place: ids[i] lives while next[i] leads on; a merged-away position has id NONE. */
    private int[] merge(int[] ids, PairQueue queue) {
        int count = ids.length;
        int[] next = new int[count];
        int[] previous = new int[count];
        queue.clear();
        for (int i = 0; i < count; i++) {
            next[i] = i + 1;
            previous[i] = i - 1;
            if (i + 1 < count) {
                offer(queue, ids, i, i + 1);
            }
        }
        while (!queue.isEmpty()) {
            long entry = queue.take();
            int left = (int) entry;
            int right = next[left];
            int rank = (int) (entry >> 32);
            if (right >= count || rank(ids[left], ids[right]) != rank) {
                continue;
            }
            ids[left] = vocabulary.mergeProduct(rank);
            ids[right] = NONE;
            next[left] = next[right];
            if (next[left] < count) {
                previous[next[left]] = left;
                offer(queue, ids, left, next[left]);
            }
            if (previous[left] >= 0) {
                offer(queue, ids, previous[left], left);
            }
        }
        return known(ids);
    }

    private void offer(PairQueue queue, int[] ids, int left, int right) {
        int rank = rank(ids[left], ids[right]);
        if (rank >= 0) {
            queue.add(rank, left);
        }
    }

    /** The rank of the merge of two tokens, or -1. */
    private int rank(int left, int right) {
        if (left < 0 || right < 0) {
            return NONE;
        }
        long key = key(left, right);
        int slot = slot(key);
        return pairs[slot] == key ? ranks[slot] : NONE;
    }

    private static long key(int left, int right) {
        return ((long) left << 32 | right) + 1;
    }

    /** The slot that holds the key, or the free one where it belongs. */
    private int slot(long key) {
        long h = key * 0x9E3779B97F4A7C15L;
        int slot = (int) (h >>> 32) & pairs.length - 1;
        while (pairs[slot] != 0 && pairs[slot] != key) {
            slot = slot + 1 & pairs.length - 1;
        }
        return slot;
    }

    private static int[] known(int[] ids) {
        int count = 0;
        int[] out = new int[ids.length];
        for (int id : ids) {
            if (id != NONE) {
                out[count++] = id;
            }
        }
        return Arrays.copyOf(out, count);
    }
}
