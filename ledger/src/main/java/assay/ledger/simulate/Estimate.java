package assay.ledger.simulate;

import java.math.BigInteger;
import java.util.Arrays;

/**
 * A mean with the half width of its 95 % confidence interval, by Student's t; exact integers, rounded away from zero
 * width.
 *
 * @param mean of the samples, rounded down
 * @param half the interval is mean − half to mean + half
 */
public record Estimate(long mean, long half) {
    /** Of at least five samples. */
    public static Estimate of(long[] samples) {
        int n = samples.length;
        if (n < 5) {
            throw new IllegalArgumentException("an interval needs at least five samples, got " + n);
        }
        BigInteger sum = Arrays.stream(samples).mapToObj(BigInteger::valueOf).reduce(BigInteger.ZERO, BigInteger::add);
        BigInteger squares = Arrays.stream(samples)
                .mapToObj(x -> BigInteger.valueOf(x).pow(2))
                .reduce(BigInteger.ZERO, BigInteger::add);
        BigInteger count = BigInteger.valueOf(n);
        // Variance of the mean = (n·Σx² − (Σx)²) / (n²·(n − 1)).
        BigInteger spread = count.multiply(squares).subtract(sum.pow(2));
        BigInteger t = BigInteger.valueOf(studentThousandths(n - 1));
        BigInteger square = spread.multiply(t.pow(2))
                .divide(count.pow(2).multiply(BigInteger.valueOf(n - 1)).multiply(BigInteger.valueOf(1_000_000)));
        long mean = Math.floorDiv(sum.longValueExact(), (long) n);
        return new Estimate(mean, spread.signum() == 0 ? 0 : square.sqrt().longValueExact() + 1);
    }

    /** The lower end. */
    public long low() {
        return mean - half;
    }

    /** The upper end. */
    public long high() {
        return mean + half;
    }

    /**
     * The two-sided 95 % quantile of Student's t in thousandths, rounded up; Cornish and Fisher's expansion, good to
     * a thousandth and a half from four degrees of freedom on.
     */
    static long studentThousandths(int degrees) {
        long n = degrees;
        return 1_961 + (2_372 + (2_823 + 2_556 / n) / n) / n + (n < 8 ? 12 : 1);
    }
}
