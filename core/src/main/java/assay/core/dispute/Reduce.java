package assay.core.dispute;

import java.util.ArrayList;
import java.util.List;

/**
 * How a maximum or a sum over many values is cut into small ones: the first level takes {@code first} inputs a node,
 * every further one 32 nodes of the level below. A group's levels stand one after another, the result last; groups
 * stand one after another.
 */
final class Reduce {
    private static final int WAYS = 32;

    private final long length;
    private final int first;
    private final long groups;
    private final long[] counts;
    private final long[] offsets;
    private final long stride;

    /**
     * @param groups how many maxima or sums
     * @param length inputs of each
     * @param first inputs of a node of the first level
     */
    Reduce(long groups, long length, int first) {
        this.groups = groups;
        this.length = length;
        this.first = first;
        List<Long> levels = new ArrayList<>();
        long count = (length + first - 1) / first;
        levels.add(count);
        while (count > 1) {
            count = (count + WAYS - 1) / WAYS;
            levels.add(count);
        }
        counts = levels.stream().mapToLong(Long::longValue).toArray();
        offsets = new long[counts.length];
        for (int i = 1; i < counts.length; i++) {
            offsets[i] = offsets[i - 1] + counts[i - 1];
        }
        stride = offsets[counts.length - 1] + 1;
    }

    /** Values of all groups. */
    long size() {
        return Math.multiplyExact(groups, stride);
    }

    /** Where a group's result stands. */
    long result(long group) {
        return group * stride + stride - 1;
    }

    /** Where a group's node of a level stands. */
    long at(long group, int level, long node) {
        return group * stride + offsets[level] + node;
    }

    /** Levels of a group. */
    int levels() {
        return counts.length;
    }

    /** What the value at {@code at} is made of. */
    Node node(long at) {
        long group = at / stride;
        long rest = at % stride;
        int level = counts.length - 1;
        while (offsets[level] > rest) {
            level--;
        }
        return node(group, level, rest - offsets[level]);
    }

    private Node node(long group, int level, long node) {
        if (level == 0) {
            long from = node * first;
            return new Node(group, true, group * length + from, group * length + Math.min(length, from + first));
        }
        long from = at(group, level - 1, node * WAYS);
        long to = at(group, level - 1, Math.min(counts[level - 1], (node + 1) * WAYS));
        return new Node(group, false, from, to);
    }

    /**
     * What a node is made of.
     *
     * @param group its group
     * @param ofInputs whether of inputs, all groups' one after another; else of values of its own tensor
     * @param from the first
     * @param to past the last
     */
    record Node(long group, boolean ofInputs, long from, long to) {}
}
