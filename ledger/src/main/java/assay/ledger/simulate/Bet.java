package assay.ledger.simulate;

import java.util.Arrays;

/**
 * An upper bound for a mean that holds for every number of samples and every distribution, however rare and heavy its losses,
 * as long as no sample can be above a known number: what a bet that the mean is {@code m} would have won.
 *
 * <p>Whoever bets a share λ of 1 / (most − m) on "below m" multiplies the stake by 1 + λ·(m − x) with each sample. The stake
 * is never negative, and if the mean is m or more it does not grow on average, so it is above 1/α with a probability of at most
 * α (Ville's inequality). All m at which the stake grew beyond that are refused. The stake is spread over four shares in
 * advance, so nothing is chosen by looking at the samples. A normal interval over seeds says nothing where no catch was
 * seen; this one then says what it is worth: little.
 *
 * <p>Source: I. Waudby-Smith and A. Ramdas, Estimating means of bounded random variables by betting, Journal of the Royal
 * Statistical Society B 86 (2024), sections 3 and 4.
 */
final class Bet {
    private static final int SHARES = 4;
    private static final int HALVINGS = 60;

    private Bet() {}

    /**
     * The bound that the mean is not above, but for a chance of {@code alpha}.
     *
     * @param samples independent and alike
     * @param most no sample can be above it
     * @param alpha above 0, below 1
     * @return {@link Long#MAX_VALUE} if a sample is above {@code most}
     */
    static long atMost(long[] samples, long most, double alpha) {
        long highest = Arrays.stream(samples).max().orElseThrow();
        if (highest > most) {
            return Long.MAX_VALUE;
        }
        long low = Arrays.stream(samples).min().orElseThrow() - 1;
        double refused = most;
        double open = low;
        for (int i = 0; i < HALVINGS && refused - open > 0.5; i++) {
            double middle = (refused + open) / 2;
            if (logWealth(samples, most, middle) >= -Math.log(alpha)) {
                refused = middle;
            } else {
                open = middle;
            }
        }
        return (long) Math.ceil(refused);
    }

    /** The logarithm of what a stake of 1 became, betting that the mean is below {@code m}; grows with m. */
    static double logWealth(long[] samples, long most, double m) {
        double best = Double.NEGATIVE_INFINITY;
        double[] all = new double[SHARES];
        for (int j = 0; j < SHARES; j++) {
            // From all that can be set without debts down to a fortieth of it.
            double bet = Math.pow(0.3, j) / (most - m);
            for (long x : samples) {
                all[j] += Math.log1p(bet * (m - x));
            }
            best = Math.max(best, all[j]);
        }
        double sum = 0;
        for (double one : all) {
            sum += Math.exp(one - best);
        }
        return best == Double.NEGATIVE_INFINITY ? best : best + Math.log(sum / SHARES);
    }
}
