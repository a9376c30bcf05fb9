package assay.bench.verification;

import assay.bench.Spread;
import assay.core.base.MalformedException;
import assay.prover.dispute.DisputeCost;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Rounds over one rung's models, each with all of them in turn, so that what the machine does meanwhile falls on all
 * alike.
 */
final class Rounds {
    private final Rung rung;
    private final List<Measuring> models;
    private final List<Costs> whole = new ArrayList<>();
    private final List<Costs.Batch> batches = new ArrayList<>();
    private final List<Costs> foretold = new ArrayList<>();
    private final List<Double> fixed = new ArrayList<>();

    /** Models of this rung, fewer layers first. */
    Rounds(Rung rung, List<Measuring> models) {
        this.rung = rung;
        this.models = List.copyOf(models);
    }

    /** One more round. */
    void add(boolean withBatches) throws IOException, InterruptedException, MalformedException {
        List<Costs> round = new ArrayList<>();
        for (Measuring model : models) {
            round.add(model.round());
        }
        int first = models.getFirst().layers();
        int last = models.getLast().layers();
        whole.add(Costs.onLine(round.getFirst(), round.getLast(), beyond(first, last)));
        if (models.size() > 1) {
            double layer = (round.getLast().alone() - round.getFirst().alone()) / (last - first);
            fixed.add(round.getFirst().alone() - first * layer);
        }
        if (models.size() > 2) {
            foretold.add(Costs.onLine(
                    round.get(0), round.get(1), beyond(first, models.get(1).layers())));
        }
        if (withBatches) {
            batches.add(
                    rung.isWhole()
                            ? models.getLast().batch()
                            : Costs.Batch.onLine(
                                    models.getFirst().batch(), models.getLast().batch(), beyond(first, last)));
        }
    }

    /** How far the whole model lies behind two counts of layers, in their distance. */
    private double beyond(int first, int last) {
        return last == rung.layers() ? 0 : (rung.layers() - last) / (double) (last - first);
    }

    Measured measured(
            Workload workload, Light light, Throughput.Found receipts, Measured.Bytes bytes, DisputeCost dispute) {
        return new Measured(
                rung,
                workload,
                whole,
                batches,
                foretold,
                fixed.isEmpty() ? Optional.empty() : Optional.of(Spread.of(fixed, f -> f)),
                light,
                receipts,
                bytes,
                dispute);
    }
}
