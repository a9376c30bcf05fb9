package assay.node.serve;

import java.util.Arrays;
import java.util.function.IntPredicate;

/**
 * Finds numbers from 0 to 2^31 − 2 by a tag of 32 bits, in 12 to 24 bytes each: open addressing with linear
 * probing, the tag beside the number. Two things may have one tag, so whoever asks looks at what was found.
 *
 * <p>Not for use by several threads at once.
 */
final class TagTable {
    private long[] slots = new long[16];
    private int size;

    /** Adds a number under a tag. */
    void add(int tag, int number) {
        if (3L * size >= 2L * slots.length) {
            grow();
        }
        put(slots, slot(tag, number));
        size++;
    }

    /** The first number under this tag that is the one; −1 if there is none. */
    int find(int tag, IntPredicate isTheOne) {
        int mask = slots.length - 1;
        for (int at = start(tag) & mask; slots[at] != 0; at = at + 1 & mask) {
            int number = (int) slots[at] - 1;
            if (tag(slots[at]) == tag && isTheOne.test(number)) {
                return number;
            }
        }
        return -1;
    }

    private void grow() {
        long[] larger = new long[Math.multiplyExact(2, slots.length)];
        Arrays.stream(slots).filter(slot -> slot != 0).forEach(slot -> put(larger, slot));
        slots = larger;
    }

    private static void put(long[] slots, long slot) {
        int mask = slots.length - 1;
        int at = start(tag(slot)) & mask;
        while (slots[at] != 0) {
            at = at + 1 & mask;
        }
        slots[at] = slot;
    }

    /** The tag above, the number and one below: no slot that is taken is 0. */
    private static long slot(int tag, int number) {
        return (long) tag << 32 | number + 1L;
    }

    private static int tag(long slot) {
        return (int) (slot >>> 32);
    }

    private static int start(int tag) {
        return (int) (tag * 0x9e3779b97f4a7c15L >>> 32);
    }
}
