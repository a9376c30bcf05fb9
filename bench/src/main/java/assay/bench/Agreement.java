package assay.bench;

/**
 * How close a model's logits are to a reference's, gathered position by position.
 *
 * <p>All in nats. The divergence is D(reference ‖ model) over the whole vocabulary; negative
 * log-likelihoods are those of the text's own next token.
 */
final class Agreement {
    private int positions;
    private int sameTop;
    private double divergence;
    private double nll;
    private double referenceNll;

    /** Mean and counts of one text, or of several. */
    record Summary(int positions, double nll, double referenceNll, double kl, double sameTop) {
        /** Perplexity over the reference's. */
        double perplexityRatio() {
            return Math.exp(nll - referenceNll);
        }
    }

    /**
     * Adds a position.
     *
     * @param next the id that the text goes on with
     */
    void add(double[] reference, double[] model, int next) {
        double referenceNorm = logSumExp(reference);
        double modelNorm = logSumExp(model);
        double sum = 0;
        int referenceTop = 0;
        int modelTop = 0;
        for (int r = 0; r < reference.length; r++) {
            double logP = reference[r] - referenceNorm;
            sum += Math.exp(logP) * (logP - (model[r] - modelNorm));
            referenceTop = reference[r] > reference[referenceTop] ? r : referenceTop;
            modelTop = model[r] > model[modelTop] ? r : modelTop;
        }
        positions++;
        divergence += sum;
        sameTop += referenceTop == modelTop ? 1 : 0;
        nll += modelNorm - model[next];
        referenceNll += referenceNorm - reference[next];
    }

    /** Adds all positions of another text. */
    void addAll(Agreement other) {
        positions += other.positions;
        sameTop += other.sameTop;
        divergence += other.divergence;
        nll += other.nll;
        referenceNll += other.referenceNll;
    }

    Summary summary() {
        double n = Math.max(1, positions);
        return new Summary(positions, nll / n, referenceNll / n, divergence / n, sameTop / n);
    }

    private static double logSumExp(double[] logits) {
        double max = Double.NEGATIVE_INFINITY;
        for (double logit : logits) {
            max = Math.max(max, logit);
        }
        double sum = 0;
        for (double logit : logits) {
            sum += Math.exp(logit - max);
        }
        return max + Math.log(sum);
    }
}
