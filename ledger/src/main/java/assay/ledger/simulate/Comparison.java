package assay.ledger.simulate;

import java.util.Arrays;
import java.util.List;

/**
 * A strategy beside its honest twin over many seeds; money in nano-units.
 *
 * @param strategy what was tried
 * @param cheat its profit in a run
 * @param twin the honest twin's
 * @param gained the difference, seed by seed
 * @param requests that a run answered, on average
 * @param runsWithFraud runs in which it cheated at all
 * @param runsCaught runs in which it was caught
 * @param blocksToCatch median of blocks from the first cheat to the first loss; -1 if it was never caught
 */
public record Comparison(
        Strategy strategy,
        Estimate cheat,
        Estimate twin,
        Estimate gained,
        long requests,
        int runsWithFraud,
        int runsCaught,
        long blocksToCatch) {

    /** Of runs with the same seeds in the same order. */
    static Comparison of(Strategy strategy, List<Result> cheats, List<Result> twins) {
        long[] cheat = cheats.stream().mapToLong(Result::profitNano).toArray();
        long[] twin = twins.stream().mapToLong(Result::profitNano).toArray();
        long[] gained = new long[cheat.length];
        Arrays.setAll(gained, i -> cheat[i] - twin[i]);
        List<Result.Fraud> frauds = cheats.stream().map(Result::fraud).toList();
        long[] times = frauds.stream()
                .filter(f -> f.caughtAt() > 0 && f.firstAt() > 0)
                .mapToLong(Result.Fraud::blocksToCatch)
                .sorted()
                .toArray();
        return new Comparison(
                strategy,
                Estimate.of(cheat),
                Estimate.of(twin),
                Estimate.of(gained),
                cheats.stream().mapToLong(r -> r.network().requests()).sum() / cheats.size(),
                (int) frauds.stream().filter(f -> f.firstAt() > 0).count(),
                (int) frauds.stream().filter(f -> f.caughtAt() > 0).count(),
                times.length == 0 ? -1 : times[times.length / 2]);
    }

    /** Whether the whole interval of what it gains lies at or below nothing: it does not out-earn its twin. */
    public boolean holds() {
        return gained.high() <= 0;
    }
}
