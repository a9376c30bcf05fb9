package assay.bench.verification;

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

    /** The exponent b of y = c · x^b that fits best on logarithmic axes. */
    static double exponent(double[] x, double[] y) {
        double sx = 0;
        double sy = 0;
        double sxx = 0;
        double sxy = 0;
        for (int i = 0; i < x.length; i++) {
            double u = Math.log(x[i]);
            double v = Math.log(y[i]);
            sx += u;
            sy += v;
            sxx += u * u;
            sxy += u * v;
        }
        return (x.length * sxy - sx * sy) / (x.length * sxx - sx * sx);
    }
}
