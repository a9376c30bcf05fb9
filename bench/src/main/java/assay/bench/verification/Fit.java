package assay.bench.verification;

import java.util.ArrayList;
import java.util.List;

/** Least squares of a few unknowns by the normal equations. */
final class Fit {
    private Fit() {}

    /**
     * The x that makes the sum of (row · x - y)² least.
     *
     * @param rows each as long as there are unknowns, at least as many as those
     */
    static double[] solve(List<double[]> rows, List<Double> y) {
        int n = rows.getFirst().length;
        double[][] a = new double[n][n + 1];
        for (int k = 0; k < rows.size(); k++) {
            double[] row = rows.get(k);
            for (int i = 0; i < n; i++) {
                for (int j = 0; j < n; j++) {
                    a[i][j] += row[i] * row[j];
                }
                a[i][n] += row[i] * y.get(k);
            }
        }
        for (int i = 0; i < n; i++) {
            eliminate(a, i);
        }
        double[] x = new double[n];
        for (int i = 0; i < n; i++) {
            x[i] = a[i][n] / a[i][i];
        }
        return x;
    }

    private static void eliminate(double[][] a, int i) {
        int best = i;
        for (int k = i + 1; k < a.length; k++) {
            best = Math.abs(a[k][i]) > Math.abs(a[best][i]) ? k : best;
        }
        double[] swapped = a[i];
        a[i] = a[best];
        a[best] = swapped;
        for (int k = 0; k < a.length; k++) {
            if (k != i) {
                double f = a[k][i] / a[i][i];
                for (int j = i; j < a[i].length; j++) {
                    a[k][j] -= f * a[i][j];
                }
            }
        }
    }

    /**
     * The exponent b of y = c · x^b that fits best on logarithmic axes.
     *
     * @param half half the width of its 95 % interval, by Student's t from what the points lie off the line; infinite
     *     for two points
     */
    record Slope(double b, double half) {}

    /** Two points or more, all above 0. */
    static Slope slope(double[] x, double[] y) {
        int n = x.length;
        List<double[]> rows = new ArrayList<>();
        List<Double> logs = new ArrayList<>();
        double mean = 0;
        for (int i = 0; i < n; i++) {
            rows.add(new double[] {1, Math.log(x[i])});
            logs.add(Math.log(y[i]));
            mean += Math.log(x[i]) / n;
        }
        double[] line = solve(rows, logs);
        double off = 0;
        double spread = 0;
        for (int i = 0; i < n; i++) {
            double u = rows.get(i)[1];
            off += Math.pow(logs.get(i) - line[0] - line[1] * u, 2);
            spread += (u - mean) * (u - mean);
        }
        double half = n < 3 ? Double.POSITIVE_INFINITY : student(n - 2) * Math.sqrt(off / (n - 2) / spread);
        return new Slope(line[1], half);
    }

    /** Student's t, 97.5 %. */
    private static double student(int freedom) {
        double[] t = {12.706, 4.303, 3.182, 2.776, 2.571, 2.447};
        return freedom <= t.length ? t[freedom - 1] : 2.365;
    }
}
