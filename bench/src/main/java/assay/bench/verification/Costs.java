package assay.bench.verification;

/**
 * What one answer costs and what is done to check it, as far as it goes with the number of layers: seconds of processor
 * time, all threads together, measured in one round.
 *
 * @param alone generating it for one client
 * @param committing part of {@code alone} that goes into the trace
 * @param replayed replaying it
 */
record Costs(double alone, double committing, double replayed) {

    /**
     * The same for a batch.
     *
     * @param answered generating an answer as one of {@link Measuring#CLIENTS}
     * @param replayed replaying it as one of {@link Measuring#REPLAYS}
     */
    record Batch(double answered, double replayed) {
        static Batch onLine(Batch few, Batch more, double factor) {
            return new Batch(
                    Costs.onLine(few.answered, more.answered, factor),
                    Costs.onLine(few.replayed, more.replayed, factor));
        }
    }

    /**
     * Costs on the line through two measured ones.
     *
     * @param factor 0 for those of {@code more}, 1 for as many layers again as lie between the two
     */
    static Costs onLine(Costs few, Costs more, double factor) {
        return new Costs(
                onLine(few.alone, more.alone, factor),
                Math.max(0, onLine(few.committing, more.committing, factor)),
                onLine(few.replayed, more.replayed, factor));
    }

    private static double onLine(double few, double more, double factor) {
        return more + factor * (more - few);
    }
}
