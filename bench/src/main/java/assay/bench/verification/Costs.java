package assay.bench.verification;

/**
 * What one answer costs and what is done to check it, as far as it goes with the number of layers: seconds of processor
 * time, all threads together, measured in one round.
 *
 * @param alone generating it for one client
 * @param batched generating it as one of {@link Measuring#CLIENTS}
 * @param committing part of {@code alone} that goes into the trace
 * @param replayed replaying it
 * @param replayedBatched replaying it as one of as many
 */
record Costs(double alone, double batched, double committing, double replayed, double replayedBatched) {

    /**
     * Costs on the line through two measured ones.
     *
     * @param factor 0 for those of {@code more}, 1 for as many layers again as lie between the two
     */
    static Costs onLine(Costs few, Costs more, double factor) {
        return new Costs(
                more.alone + factor * (more.alone - few.alone),
                more.batched + factor * (more.batched - few.batched),
                Math.max(0, more.committing + factor * (more.committing - few.committing)),
                more.replayed + factor * (more.replayed - few.replayed),
                more.replayedBatched + factor * (more.replayedBatched - few.replayedBatched));
    }
}
