package assay.bench.verification;

/**
 * What one answer and its checks cost, in seconds of processor time, all threads together.
 *
 * @param alone generating it for one client
 * @param batched generating it as one of eight
 * @param committing part of {@code alone} that goes into the trace
 * @param signed checking receipt and signature, its checkpoint's known
 * @param receiptsPerSecond so many of those on two threads, by the clock
 * @param checked what a light audit takes the checker, {@link VerificationBench#CELLS} cells
 * @param opened what it takes the node
 * @param openingBytes what it sends
 * @param replayed replaying it
 * @param replayedBatched replaying it as one of eight
 */
record Costs(
        double alone,
        double batched,
        double committing,
        double signed,
        double receiptsPerSecond,
        double checked,
        double opened,
        double openingBytes,
        double replayed,
        double replayedBatched) {

    /** Costs with {@code layers} layers, from those with fewer: each more adds as much as the ones measured did. */
    static Costs extrapolated(Costs few, int fewLayers, Costs more, int moreLayers, int layers) {
        double f = (layers - moreLayers) / (double) (moreLayers - fewLayers);
        return new Costs(
                more.alone + f * (more.alone - few.alone),
                more.batched + f * (more.batched - few.batched),
                Math.max(0, more.committing + f * (more.committing - few.committing)),
                more.signed,
                more.receiptsPerSecond,
                more.checked, // per cell, and the same cells of a deeper model: made whole where they are measured
                more.opened + f * (more.opened - few.opened),
                more.openingBytes,
                more.replayed + f * (more.replayed - few.replayed),
                more.replayedBatched + f * (more.replayedBatched - few.replayedBatched));
    }
}
