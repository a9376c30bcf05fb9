package assay.core.audit;

import java.util.Comparator;

/**
 * Where a cell is: the crossing of a layer and a position in one choice of an answer. The layer after the last
 * is the head with its sampler.
 *
 * @param choice 0 to n - 1
 * @param layer 0 to layers; the program's count of layers is the head
 * @param position 0 to steps - 1
 */
public record Spot(int choice, int layer, int position) implements Comparable<Spot> {
    private static final Comparator<Spot> ORDER =
            Comparator.comparingInt(Spot::choice).thenComparingInt(Spot::layer).thenComparingInt(Spot::position);

    /** Checks that nothing is negative. */
    public Spot {
        if (choice < 0 || layer < 0 || position < 0) {
            throw new IllegalArgumentException("no cell at choice " + choice + ", layer " + layer + ", " + position);
        }
    }

    @Override
    public int compareTo(Spot other) {
        return ORDER.compare(this, other);
    }

    @Override
    public String toString() {
        return "choice " + choice + ", layer " + layer + ", token " + position;
    }
}
