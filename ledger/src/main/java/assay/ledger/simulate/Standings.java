package assay.ledger.simulate;

import java.util.List;

/**
 * How the strategies did.
 *
 * @param seeds with which each was played
 * @param table each beside its twin
 * @param overhead of the network when all are honest
 */
public record Standings(int seeds, List<Comparison> table, Overhead overhead) {
    /** Copies the list. */
    public Standings {
        table = List.copyOf(table);
    }

    /** Whether no strategy out-earns its twin. */
    public boolean hold() {
        return table.stream().allMatch(Comparison::holds);
    }
}
