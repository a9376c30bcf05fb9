package assay.ledger.simulate;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.IntConsumer;
import java.util.stream.LongStream;

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
        try (ExecutorService pool = Executors.newFixedThreadPool(threads)) {
            try {
                Runs runs = new Runs(pool, setup, this);
                // Honest runs first: nothing else is there to see when the rules do not even let those through.
                strategies.forEach(s -> runs.start(s.twin()));
                strategies.forEach(s -> runs.start(s.cheat()));
                runs.await(done);
                List<Comparison> table = new ArrayList<>();
                for (Strategy s : strategies) {
                    table.add(Comparison.of(s, runs.of(s.cheat()), runs.of(s.twin()), setup.most(s.cheat())));
                }
                return new Standings(
                        table, Overhead.of(runs.of(strategies.getFirst().twin())));
            } finally {
                pool.shutdownNow();
            }
        }
    }

    /** Runs under way; what is asked for twice is run once. */
    private static final class Runs {
        private final ExecutorService pool;
        private final Setup setup;
        private final Tournament tournament;
        private final Map<Party, List<Future<Result>>> runs = new LinkedHashMap<>();

        Runs(ExecutorService pool, Setup setup, Tournament tournament) {
            this.pool = pool;
            this.setup = setup;
            this.tournament = tournament;
        }

        void start(Party party) {
            runs.computeIfAbsent(party, p -> LongStream.range(0, tournament.seeds)
                    .mapToObj(i -> pool.submit(() -> Simulation.run(setup, p, tournament.firstSeed + i)))
                    .toList());
        }

        void await(IntConsumer done) throws InterruptedException {
            int count = 0;
            for (Party party : runs.keySet()) {
                for (Future<Result> run : runs.getOrDefault(party, List.of())) {
                    result(run);
                    done.accept(++count);
                }
            }
        }

        List<Result> of(Party party) throws InterruptedException {
            List<Result> results = new ArrayList<>();
            for (Future<Result> run : runs.getOrDefault(party, List.of())) {
                results.add(result(run));
            }
            return results;
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
