package assay.bench.verification;

import assay.bench.Spread;
import assay.prover.dispute.DisputeCost;
import java.util.List;
import java.util.Optional;
import java.util.function.ToDoubleFunction;

/**
 * A rung with everything that was measured of it.
 *
 * @param rounds costs of the whole model, one of each round: as measured, or on the line through two smaller models
 * @param batches the same for batches, fewer of them
 * @param foretold where the whole model was run and two smaller ones as well: what those foretold, by round
 * @param fixed part of {@link Costs#alone} that does not go with the layers, where two sizes were run
 * @param light audits
 * @param receipts tier 0
 * @param bytes of what checkers get
 * @param dispute tier 5, about the whole model
 */
record Measured(
        Rung rung,
        Workload workload,
        List<Costs> rounds,
        List<Costs.Batch> batches,
        List<Costs> foretold,
        Optional<Spread> fixed,
        Light light,
        Throughput.Found receipts,
        Bytes bytes,
        DisputeCost dispute) {

    /** What a checker gets to see. */
    record Bytes(int receipt, int transcript) {}

    /** Copies the lists. */
    Measured {
        rounds = List.copyOf(rounds);
        batches = List.copyOf(batches);
        foretold = List.copyOf(foretold);
    }

    Spread alone() {
        return Spread.of(rounds, Costs::alone);
    }

    /** A cost over that of the answer for one client, both of the same round. */
    Spread share(ToDoubleFunction<Costs> cost) {
        return Spread.of(rounds, c -> cost.applyAsDouble(c) / c.alone());
    }

    /** An answer as one of a batch. */
    Spread batched() {
        return Spread.of(batches, Costs.Batch::answered);
    }

    /** A batch's replay over the answer for one client. */
    Spread batchedReplayShare() {
        return Spread.of(batches, Costs.Batch::replayed).times(1 / alone().median());
    }

    /** A batch's replay over an answer as one of a batch. */
    Spread replayOverBatched() {
        return Spread.of(batches, b -> b.replayed() / b.answered());
    }

    /** Heads among {@link VerificationBench#CELLS} cells that are drawn of the whole model, on average. */
    private double heads() {
        double cells = (double) workload.steps() * rung.layers() + workload.answerTokens();
        return VerificationBench.CELLS * workload.answerTokens() / cells;
    }

    /** Seconds that a light audit takes its checker. */
    double checked() {
        return light.seconds().of(VerificationBench.CELLS - heads(), heads());
    }

    /** Bytes that it sends. */
    double openingBytes() {
        return light.bytes().of(VerificationBench.CELLS - heads(), heads());
    }

    /** Seconds that the node takes for it: a replay, and what the opened cells take besides. */
    double opened(Costs costs) {
        return light.openedOverReplay() * costs.replayed();
    }
}
