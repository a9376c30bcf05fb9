package assay.ledger.simulate;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Consumer;
import java.util.function.IntConsumer;

/**
 * Many runs side by side. The result is the same whatever the number of threads.
 *
 * @param seeds the runs' seeds: {@code firstSeed}, {@code firstSeed + 1}, …
 * @param threads that work at once
 */
public record Tournament(int seeds, long firstSeed, int threads) {
    /** Refuses fewer seeds than an interval needs. */
    public Tournament {
        if (seeds < 5 || threads < 1) {
            throw new IllegalArgumentException("at least 5 seeds and a thread, got " + seeds + ", " + threads);
        }
    }

    /** How many runs {@link #play} needs for these strategies. */
    public int runs(List<Strategy> strategies) {
        return seeds
                * (int) (strategies.size()
                        + strategies.stream().map(Strategy::twin).distinct().count());
    }

    /**
     * Plays every strategy and every twin on every seed.
     *
     * @param done hears how many runs are finished
     */
    public Standings play(Setup setup, List<Strategy> strategies, IntConsumer done) throws InterruptedException {
        return play(setup, strategies, done, soFar -> {});
    }

    /**
     * The same; {@code soFar} hears the standings after every tenth seed, so that a run that is cut short leaves what it has.
     */
    public Standings play(Setup setup, List<Strategy> strategies, IntConsumer done, Consumer<Standings> soFar)
            throws InterruptedException {
        try (ExecutorService pool = Executors.newFixedThreadPool(threads)) {
            try {
                Runs runs = new Runs(pool, setup, strategies);
                for (int seed = 0; seed < seeds; seed++) {
                    runs.start(firstSeed + seed);
                }
                for (int seed = 0; seed < seeds; seed++) {
                    runs.await(done);
                    if (seed % 10 == 9 && seed + 1 < seeds) {
                        soFar.accept(runs.standings());
                    }
                }
                return runs.standings();
            } finally {
                pool.shutdownNow();
            }
        }
    }

    /** Runs under way, seed by seed; a party that is in several rows runs once. */
    private static final class Runs {
        private final ExecutorService pool;
        private final Setup setup;
        private final List<Strategy> strategies;
        private final Map<Party, List<Result>> finished = new LinkedHashMap<>();
        private final Deque<Map<Party, Future<Result>>> waiting = new ArrayDeque<>();
        private int count;

        Runs(ExecutorService pool, Setup setup, List<Strategy> strategies) {
            this.pool = pool;
            this.setup = setup;
            this.strategies = strategies;
            // Honest runs first: nothing else is there to see when the rules do not even let those through.
            strategies.forEach(s -> finished.putIfAbsent(s.twin(), new ArrayList<>()));
            strategies.forEach(s -> finished.putIfAbsent(s.cheat(), new ArrayList<>()));
        }

        void start(long seed) {
            Map<Party, Future<Result>> runs = new LinkedHashMap<>();
            for (Party party : finished.keySet()) {
                runs.put(party, pool.submit(() -> Simulation.run(setup, party, seed)));
            }
            waiting.add(runs);
        }

        /** Waits for the next seed. */
        void await(IntConsumer done) throws InterruptedException {
            for (Map.Entry<Party, Future<Result>> run : waiting.remove().entrySet()) {
                of(run.getKey()).add(result(run.getValue()));
                done.accept(++count);
            }
        }

        Standings standings() {
            List<Comparison> table = new ArrayList<>();
            for (Strategy s : strategies) {
                table.add(Comparison.of(s, of(s.cheat()), of(s.twin()), setup.most(s.cheat())));
            }
            List<Result> honest = of(strategies.getFirst().twin());
            return new Standings(honest.size(), table, Overhead.of(honest));
        }

        private List<Result> of(Party party) {
            return Objects.requireNonNull(finished.get(party), "every party was started");
        }

        private static Result result(Future<Result> run) throws InterruptedException {
            try {
                return run.get();
            } catch (ExecutionException e) {
                throw new AssertionError("a run broke down", e.getCause());
            }
        }
    }
}
