package assay.bench;

import java.util.Arrays;
import java.util.Collection;
import java.util.function.ToDoubleFunction;

/**
 * What came of measuring the same several times.
 *
 * @param median the middle one; of an even number the mean of the two
 * @param low the least
 * @param high the largest
 */
public record Spread(double median, double low, double high) {
    /** Of these values, at least one. */
    public static Spread of(double... values) {
        if (values.length == 0) {
            throw new IllegalArgumentException("a spread of nothing");
        }
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        int n = sorted.length;
        return new Spread((sorted[(n - 1) / 2] + sorted[n / 2]) / 2, sorted[0], sorted[n - 1]);
    }

    /** Of one figure of each of these. */
    public static <T> Spread of(Collection<T> all, ToDoubleFunction<T> figure) {
        return of(all.stream().mapToDouble(figure).toArray());
    }

    /** Half of what lies between the least and the largest, as a part of the median; 0 of one value. */
    public double relative() {
        return median == 0 ? 0 : (high - low) / 2 / Math.abs(median);
    }

    /** The same in another unit. */
    public Spread times(double factor) {
        return new Spread(median * factor, low * factor, high * factor);
    }
}
