package assay.engine.infer;

import assay.core.audit.Spot;
import java.util.Arrays;
import java.util.Collection;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The residuals that a replay keeps: those of asked cells, and of the positions beside them in the next layer.
 *
 * <p>Positions that all choices share are seen once, with the first choice. Set up and read by the engine's thread;
 * {@link #see} by its workers.
 */
final class Watch {
    private final int shared;
    private final SortedMap<Spot, int[]> rows = new TreeMap<>();
    private int choice;

    /** @param shared count of leading positions that are computed once for all choices */
    Watch(Collection<Spot> spots, int shared) {
        this.shared = shared;
        for (Spot spot : spots) {
            rows.put(key(spot), new int[0]);
        }
    }

    private Spot key(Spot spot) {
        return spot.position() < shared ? new Spot(0, spot.layer(), spot.position()) : spot;
    }

    /** Says whose positions come from now on. */
    void begin(int next) {
        choice = next;
    }

    /** Shows the residual-in of one cell, which starts at {@code from}. */
    void see(int layer, int position, int[] residuals, int from, int width) {
        Spot key = key(new Spot(choice, layer, position));
        synchronized (rows) {
            rows.computeIfPresent(key, (spot, before) -> Arrays.copyOfRange(residuals, from, from + width));
        }
    }

    /** The residual of an asked cell: (D) at 14; empty if it was not seen. */
    int[] residual(Spot spot) {
        synchronized (rows) {
            int[] row = rows.get(key(spot));
            return row == null ? new int[0] : row;
        }
    }
}
