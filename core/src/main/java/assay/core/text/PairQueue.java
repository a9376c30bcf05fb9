package assay.core.text;

import java.util.Arrays;

/**
 * A binary heap of neighbouring pairs: the smallest (priority, position) leaves first.
 *
 * <p>An entry packs the priority into the high and the position into the low 32 bits of a long. Entries
 * are never removed early; whoever takes one checks that the pair still stands there.
 */
final class PairQueue {
    private long[] heap = new long[64];
    private int size;

    void clear() {
        size = 0;
    }

    boolean isEmpty() {
        return size == 0;
    }

    /** Adds the pair that starts at position &ge; 0. */
    void add(int priority, int position) {
        if (size == heap.length) {
            heap = Arrays.copyOf(heap, 2 * size);
        }
        long entry = (long) priority << 32 | position;
        int at = size++;
        while (at > 0 && heap[(at - 1) / 2] > entry) {
            heap[at] = heap[(at - 1) / 2];
            at = (at - 1) / 2;
        }
        heap[at] = entry;
    }

    /** Removes and returns the first entry; its position is the low 32 bits, its priority the high. */
    long take() {
        long first = heap[0];
        long last = heap[--size];
        int at = 0;
        while (2 * at + 1 < size) {
            int child = 2 * at + 1;
            if (child + 1 < size && heap[child + 1] < heap[child]) {
                child++;
            }
            if (last <= heap[child]) {
                break;
            }
            heap[at] = heap[child];
            at = child;
        }
        heap[at] = last;
        return first;
    }
}
