package assay.engine.fast;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * Keys and values of one sequence, in every layer.
 *
 * <p>Pages of 64 positions, one array of K and one of V a layer. K lies [kvHead][block of 16
 * positions][channel][16], so that a lane is a position; V lies [kvHead][position][channel], channels
 * padded to a multiple of 16, so that a lane is a channel. Different positions may be put by different
 * threads after {@link #reserve}; forks share pages until one of them writes.
 */
public final class KvCache {
    /** Positions a page. */
    static final int PAGE = 64;

    static final int BLOCK = 16;

    private final int layers;
    private final int kvHeads;
    private final int headSize;
    private final int paddedSize;
    private final List<Page> pages = new ArrayList<>();

    private static final class Page {
        final short[][] keys;
        final short[][] values;
        boolean shared;

        Page(short[][] keys, short[][] values) {
            this.keys = keys;
            this.values = values;
        }

        Page copy() {
            short[][] k = new short[keys.length][];
            short[][] v = new short[values.length][];
            for (int l = 0; l < k.length; l++) {
                k[l] = keys[l].clone();
                v[l] = values[l].clone();
            }
            return new Page(k, v);
        }
    }

    /** An empty sequence. */
    public KvCache(int layers, int kvHeads, int headSize) {
        this.layers = layers;
        this.kvHeads = kvHeads;
        this.headSize = headSize;
        this.paddedSize = (headSize + 15) / 16 * 16;
    }

    /** Bytes of a page. */
    public static long pageBytes(int layers, int kvHeads, int headSize) {
        return 2L * layers * kvHeads * PAGE * (headSize + (headSize + 15) / 16 * 16);
    }

    /** Pages of so many positions. */
    public static int pages(int positions) {
        return (positions + PAGE - 1) / PAGE;
    }

    /** Makes room to write positions from up to to; what lies below from stays. */
    public void reserve(int from, int to) {
        for (int p = from / PAGE; p < (to + PAGE - 1) / PAGE; p++) {
            if (p == pages.size()) {
                pages.add(new Page(
                        new short[layers][kvHeads * PAGE * headSize], new short[layers][kvHeads * PAGE * paddedSize]));
            } else if (pages.get(p).shared) {
                pages.set(p, pages.get(p).copy());
            }
        }
    }

    /** Another sequence that begins with the first positions of this one; memory is shared. */
    public KvCache fork(int positions) {
        KvCache fork = new KvCache(layers, kvHeads, headSize);
        for (int p = 0; p < (positions + PAGE - 1) / PAGE; p++) {
            Page page = pages.get(p);
            page.shared = true;
            Page same = new Page(page.keys, page.values);
            same.shared = true;
            fork.pages.add(same);
        }
        return fork;
    }

    /** Gives back the pages beyond the first positions. */
    public void truncate(int positions) {
        int keep = (positions + PAGE - 1) / PAGE;
        while (pages.size() > keep) {
            pages.removeLast();
        }
    }

    /**
     * Bytes of the pages that are not counted yet.
     *
     * @param counted by identity; takes these pages up
     */
    public long sizeBytes(Set<Object> counted) {
        long fresh = pages.stream().filter(page -> counted.add(page.keys)).count();
        return fresh * pageBytes(layers, kvHeads, headSize);
    }

    /** Writes K and V of one reserved position: kvHeads * headSize values of each, KV-head-major. */
    public void put(int layer, int position, short[] k, int kAt, short[] v, int vAt) {
        Page page = pages.get(position / PAGE);
        short[] keys = page.keys[layer];
        short[] values = page.values[layer];
        for (int h = 0; h < kvHeads; h++) {
            int to = keyIndex(h, position);
            for (int i = 0; i < headSize; i++) {
                keys[to + BLOCK * i] = k[kAt + h * headSize + i];
            }
            System.arraycopy(v, vAt + h * headSize, values, valueIndex(h, position), headSize);
        }
    }

    /** Reads K of a position: kvHeads * headSize values. */
    public void key(int layer, int position, short[] out, int at) {
        short[] keys = keys(layer, position / PAGE);
        for (int h = 0; h < kvHeads; h++) {
            int from = keyIndex(h, position);
            for (int i = 0; i < headSize; i++) {
                out[at + h * headSize + i] = keys[from + BLOCK * i];
            }
        }
    }

    /** Reads V of a position: kvHeads * headSize values. */
    public void value(int layer, int position, short[] out, int at) {
        short[] values = values(layer, position / PAGE);
        for (int h = 0; h < kvHeads; h++) {
            System.arraycopy(values, valueIndex(h, position), out, at + h * headSize, headSize);
        }
    }

    int kvHeads() {
        return kvHeads;
    }

    int headSize() {
        return headSize;
    }

    /** Head size as V's rows are padded. */
    int paddedSize() {
        return paddedSize;
    }

    short[] keys(int layer, int page) {
        return pages.get(page).keys[layer];
    }

    short[] values(int layer, int page) {
        return pages.get(page).values[layer];
    }

    /** Index of channel 0 of a position's key; the next channel is BLOCK further. */
    int keyIndex(int head, int position) {
        int in = position % PAGE;
        return (head * PAGE + in / BLOCK * BLOCK) * headSize + in % BLOCK;
    }

    /** Index of channel 0 of a position's value. */
    int valueIndex(int head, int position) {
        return (head * PAGE + position % PAGE) * paddedSize;
    }
}
