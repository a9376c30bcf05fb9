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
    private int ties;
    private int tiesLost;
    private double widestLost;

    /** In nats: a reference whose two best tokens are closer than this hardly prefers one. */
    static final double TIE = 0.1;

    /**
     * Mean and counts of one text, or of several.
     *
     * @param ties share of positions at which the reference's two best are closer than {@link #TIE}
     * @param sameTopElsewhere share of the same top token among the other positions
     * @param widestLost the largest lead in nats that the reference's top token had where the model's was another
     */
    record Summary(
            int positions,
            double nll,
            double referenceNll,
            double kl,
            double sameTop,
            double ties,
            double sameTopElsewhere,
            double widestLost) {
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
        double second = Double.NEGATIVE_INFINITY;
        for (int r = 0; r < reference.length; r++) {
            double logP = reference[r] - referenceNorm;
            sum += Math.exp(logP) * (logP - (model[r] - modelNorm));
            if (reference[r] > reference[referenceTop]) {
                second = reference[referenceTop];
                referenceTop = r;
            } else if (r > 0) {
                second = Math.max(second, reference[r]);
            }
            modelTop = model[r] > model[modelTop] ? r : modelTop;
        }
        positions++;
        divergence += sum;
        boolean tie = reference[referenceTop] - second < TIE;
        ties += tie ? 1 : 0;
        if (referenceTop == modelTop) {
            sameTop++;
        } else {
            tiesLost += tie ? 1 : 0;
            widestLost = Math.max(widestLost, reference[referenceTop] - reference[modelTop]);
        }
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
        ties += other.ties;
        tiesLost += other.tiesLost;
        widestLost = Math.max(widestLost, other.widestLost);
    }

    Summary summary() {
        double n = Math.max(1, positions);
        int lostElsewhere = positions - sameTop - tiesLost;
        double elsewhere = Math.max(1, positions - ties);
        return new Summary(
                positions,
                nll / n,
                referenceNll / n,
                divergence / n,
                sameTop / n,
                ties / n,
                1 - lostElsewhere / elsewhere,
                widestLost);
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
