package assay.ledger.simulate;

import java.util.Arrays;
import java.util.List;

/**
 * A strategy beside its honest twin over many seeds; money in nano-units.
 *
 * @param strategy what was tried
 * @param cheat its profit in a run
 * @param twin the honest twin's
 * @param gained the difference, seed by seed, without the luck of the draws ({@link Luck}): the best estimate
 * @param atMost the difference as it was is on average not more than this, at 97.5 % confidence, whatever its
 *     distribution ({@link Bet}): this end of a 95 % interval is what the claim rests on
 * @param requests that a run answered, on average
 * @param fraud what became of its cheats
 */
public record Comparison(
        Strategy strategy, Estimate cheat, Estimate twin, Estimate gained, long atMost, long requests, Fraud fraud) {
    /** The chance that {@link #atMost} is too low. */
    private static final double ALPHA = 0.025;

    /**
     * The cheats of all runs together.
     *
     * @param runs in which it cheated at all
     * @param runsCaught in which it was caught
     * @param blocksToCatch median of blocks from the first cheat to the first loss; -1 if it was never caught
     * @param seen false receipts that were drawn before an auditor of another owner
     * @param seenPpm how many of them the rule let expect, in millionths
     */
    public record Fraud(int runs, int runsCaught, long blocksToCatch, long seen, long seenPpm) {
        static Fraud of(List<Result.Fraud> all) {
            long[] times = all.stream()
                    .filter(f -> f.caughtAt() > 0 && f.firstAt() > 0)
                    .mapToLong(Result.Fraud::blocksToCatch)
                    .sorted()
                    .toArray();
            return new Fraud(
                    (int) all.stream().filter(f -> f.firstAt() > 0).count(),
                    (int) all.stream().filter(f -> f.caughtAt() > 0).count(),
                    times.length == 0 ? -1 : times[times.length / 2],
                    all.stream().mapToLong(Result.Fraud::seen).sum(),
                    all.stream().mapToLong(Result.Fraud::seenPpm).sum());
        }
    }

    /**
     * Of runs with the same seeds in the same order.
     *
     * @param most a run cannot gain more
     */
    static Comparison of(Strategy strategy, List<Result> cheats, List<Result> twins, long most) {
        long[] cheat = cheats.stream().mapToLong(Result::profitNano).toArray();
        long[] twin = twins.stream().mapToLong(Result::profitNano).toArray();
        long[] luck = cheats.stream().mapToLong(Result::luckNano).toArray();
        long[] raw = new long[cheat.length];
        Arrays.setAll(raw, i -> cheat[i] - twin[i]);
        long[] gained = new long[cheat.length];
        Arrays.setAll(gained, i -> raw[i] + luck[i]);
        return new Comparison(
                strategy,
                Estimate.of(cheat),
                Estimate.of(twin),
                Estimate.of(gained),
                Bet.atMost(raw, most, ALPHA),
                cheats.stream().mapToLong(r -> r.network().requests()).sum() / cheats.size(),
                Fraud.of(cheats.stream().map(Result::fraud).toList()));
    }

    /** Whether it was kept from cheating at all: nothing it did was false, and nothing differs from its twin. */
    public boolean isKeptOut() {
        return fraud.runs() == 0 && gained.mean() == 0 && gained.half() == 0;
    }

    /** Whether it is shown not to out-earn its twin. */
    public boolean holds() {
        return atMost <= 0 || isKeptOut();
    }
}
