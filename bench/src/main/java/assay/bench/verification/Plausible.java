package assay.bench.verification;

import assay.bench.Spread;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;

/**
 * What measurements have to obey if they are worth anything. What does not is said and still shown.
 *
 * @param law in words
 * @param holds whether it does
 * @param found figures
 */
record Plausible(String law, boolean holds, String found) {
    private static final double FORETOLD_WITHIN = 0.15;
    private static final double SPREAD_MAX = 0.25;
    private static final double COMMITTING_MAX = 0.05;

    static List<Plausible> of(List<Measured> ladder) {
        List<Plausible> all = new ArrayList<>();
        all.add(each("a replay costs less than the answer", ladder, 0, 1, m -> m.share(Costs::replayed)
                .median()));
        all.add(each(
                "as one of eight an answer costs less than alone",
                ladder,
                0,
                1,
                m -> m.batched().median() / m.alone().median()));
        all.add(each("committing is a small part", ladder, 0, COMMITTING_MAX, m -> m.share(Costs::committing)
                .median()));
        all.add(each("opening cells costs a replay or more", ladder, 0.95, 3, m -> m.light()
                .openedOverReplay()));
        all.add(each("half of what rounds differ by, of the answer", ladder, 0, SPREAD_MAX, m -> m.alone()
                .relative()));
        all.add(each("half of what rounds differ by, of replay / answer", ladder, 0, SPREAD_MAX, m -> m.share(
                        Costs::replayed)
                .relative()));
        all.add(each(
                "what checking one cell takes is above nothing, ms",
                ladder,
                1e-6,
                1e3,
                m -> 1e3 * m.light().seconds().cell()));
        all.add(rising(ladder));
        for (Measured m : ladder) {
            if (!m.foretold().isEmpty()) {
                all.add(foretold(m));
            }
        }
        return all;
    }

    private static Plausible each(
            String law, List<Measured> ladder, double low, double high, ToDoubleFunction<Measured> figure) {
        boolean holds = true;
        StringBuilder found = new StringBuilder();
        for (Measured m : ladder) {
            double value = figure.applyAsDouble(m);
            boolean fits = value >= low && value <= high;
            holds &= fits;
            found.append(String.format(Locale.ROOT, " %s %.3f%s", m.rung().name(), value, fits ? "" : "(!)"));
        }
        return new Plausible(law + String.format(Locale.ROOT, " (%.3g to %.3g)", low, high), holds, found.toString());
    }

    private static Plausible rising(List<Measured> ladder) {
        boolean holds = true;
        StringBuilder found = new StringBuilder();
        for (int i = 1; i < ladder.size(); i++) {
            double times =
                    ladder.get(i).alone().median() / ladder.get(i - 1).alone().median();
            double weights = ladder.get(i).rung().parameters()
                    / (double) ladder.get(i - 1).rung().parameters();
            holds &= times > 1;
            found.append(String.format(
                    Locale.ROOT, " %s %.2f of %.2f", ladder.get(i).rung().name(), times, weights));
        }
        return new Plausible(
                "a larger model's answer costs more (times the one before, of as many times the parameters)",
                holds,
                found.toString());
    }

    /** Whether the line through two smaller models led to the whole one. */
    private static Plausible foretold(Measured m) {
        double alone =
                Spread.of(m.foretold(), Costs::alone).median() / m.alone().median();
        double replayed = Spread.of(m.foretold(), Costs::replayed).median()
                / Spread.of(m.rounds(), Costs::replayed).median();
        boolean holds = Math.abs(alone - 1) < FORETOLD_WITHIN && Math.abs(replayed - 1) < FORETOLD_WITHIN;
        return new Plausible(
                m.rung().name() + " as two smaller models foretell it, over as it is (1 within " + FORETOLD_WITHIN
                        + ")",
                holds,
                String.format(Locale.ROOT, " answer %.3f, replay %.3f", alone, replayed));
    }
}
