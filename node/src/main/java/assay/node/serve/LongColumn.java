package assay.node.serve;

import java.util.ArrayList;
import java.util.List;

/** A growing list of numbers, 8 bytes each and little more. Not for use by several threads at once. */
final class LongColumn {
    private static final int BLOCK = 4096;

    private final List<long[]> blocks = new ArrayList<>();
    private int size;

    int size() {
        return size;
    }

    void add(long value) {
        if (size % BLOCK == 0) {
            blocks.add(new long[BLOCK]);
        }
        size++;
        set(size - 1, value);
    }

    long get(int index) {
        check(index);
        return blocks.get(index / BLOCK)[index % BLOCK];
    }

    void set(int index, long value) {
        check(index);
        blocks.get(index / BLOCK)[index % BLOCK] = value;
    }

    private void check(int index) {
        if (index < 0 || index >= size) {
            throw new IndexOutOfBoundsException("no number " + index + " of " + size);
        }
    }
}
