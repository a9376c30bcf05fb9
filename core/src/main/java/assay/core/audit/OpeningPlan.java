package assay.core.audit;

import assay.core.base.Hash;
import assay.core.program.Cell;
import assay.core.program.Program;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What an opening has to hold: follows from program, grid and challenge, so that an opening's bytes say no lengths
 * and nobody who sends them decides how much is allocated.
 *
 * @param program that ran
 * @param grid of the answer
 * @param challenge that draws the cells
 * @param choices what each choice with steps has to show
 */
public record OpeningPlan(Program program, Grid grid, Challenge challenge, List<OfChoice> choices) {
    /** The longest opening that is made or taken. */
    public static final long SIZE_MAX_BYTES = 256L << 20;

    static final int KEY_BITS = 14;
    static final int RESIDUAL_BITS = 31;
    static final int SUM_BITS = 53;
    static final int WEIGHT_BITS = 41;

    /** Copies the list. */
    public OpeningPlan {
        choices = List.copyOf(choices);
    }

    /**
     * One choice.
     *
     * @param choice which
     * @param steps positions
     * @param layers positions drawn in each layer that has some
     * @param heads positions whose head is drawn
     */
    public record OfChoice(
            int choice, int steps, SortedMap<Integer, SortedSet<Integer>> layers, SortedSet<Integer> heads) {}

    /** The plan of an opening. */
    public static OpeningPlan of(Program program, Grid grid, Challenge challenge) {
        SortedMap<Integer, OfChoice> byChoice = new TreeMap<>();
        for (int choice = 0; choice < grid.runs().size(); choice++) {
            int steps = grid.runs().get(choice).steps();
            if (steps > 0) {
                byChoice.put(choice, new OfChoice(choice, steps, new TreeMap<>(), new TreeSet<>()));
            }
        }
        for (Spot spot : challenge.spots(grid)) {
            OfChoice of = byChoice.get(spot.choice());
            if (of == null) {
                throw new AssertionError("a cell of a choice without steps");
            }
            if (spot.layer() == grid.layers()) {
                of.heads.add(spot.position());
            } else {
                of.layers
                        .computeIfAbsent(spot.layer(), layer -> new TreeSet<>())
                        .add(spot.position());
            }
        }
        return new OpeningPlan(program, grid, challenge, new ArrayList<>(byChoice.values()));
    }

    /** Cells drawn. */
    public int cells() {
        return choices.stream()
                .mapToInt(c -> c.heads.size()
                        + c.layers.values().stream().mapToInt(SortedSet::size).sum())
                .sum();
    }

    /** Heads drawn. */
    public int heads() {
        return choices.stream().mapToInt(c -> c.heads.size()).sum();
    }

    /** No opening of this plan is longer. */
    public long maxBytes() {
        int digest = Hash.SIZE_BYTES;
        long bytes = 128 + (long) grid.runs().size() * digest;
        long residual = Packed.maxBytes(program.shape().width(), RESIDUAL_BITS);
        long row = Packed.maxBytes(program.shape().width(), WEIGHT_BITS);
        long logits = Packed.maxBytes(program.head().rows(), SUM_BITS);
        for (OfChoice choice : choices) {
            bytes += (grid.layers() + 2L) * digest + choice.heads.size() * (residual + logits + 32L * digest);
            for (var layer : choice.layers.entrySet()) {
                long sums = 0;
                for (Cell.Product product : Cell.Product.values()) {
                    sums += Packed.maxBytes(
                            product.matrix(program, layer.getKey()).rows(), SUM_BITS);
                }
                int n = layer.getValue().last() + 1;
                bytes += (long) n * digest + 2L * program.shape().kvWidth() * Packed.maxBytes(n, KEY_BITS);
                bytes += 32L * digest;
                bytes += layer.getValue().size() * (residual + row + sums + 33L * digest);
            }
        }
        return bytes;
    }
}
