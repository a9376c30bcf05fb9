package assay.cli.plot;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * A scale from numbers to pixels.
 *
 * @param low the number at {@code from}
 * @param high the number at {@code to}
 * @param logarithmic whether equal steps are equal factors; then both numbers are positive
 */
public record Axis(double low, double high, double from, double to, boolean logarithmic) {
    /** Refuses an empty range, and a logarithm of nothing. */
    public Axis {
        if (!(low < high) || logarithmic && low <= 0) {
            throw new IllegalArgumentException("an axis from " + low + " to " + high);
        }
    }

    /** An axis over these values with a little air on both sides. */
    public static Axis over(double[] values, double from, double to, boolean logarithmic) {
        double low = Double.POSITIVE_INFINITY;
        double high = Double.NEGATIVE_INFINITY;
        for (double v : values) {
            low = Math.min(low, v);
            high = Math.max(high, v);
        }
        if (low == high) {
            high = low + (low == 0 ? 1 : Math.abs(low));
        }
        double air = logarithmic ? Math.pow(high / low, 0.04) : (high - low) * 0.04;
        return logarithmic
                ? new Axis(low / air, high * air, from, to, true)
                : new Axis(low - air, high + air, from, to, false);
    }

    /** The pixel of a number. */
    public double at(double value) {
        double part = logarithmic ? Math.log(value / low) / Math.log(high / low) : (value - low) / (high - low);
        return from + part * (to - from);
    }

    /** Round numbers inside, about so many. */
    public List<Double> ticks(int about) {
        List<Double> ticks = new ArrayList<>();
        if (logarithmic) {
            for (double t = Math.pow(10, Math.ceil(Math.log10(low) - 1e-9)); t <= high * (1 + 1e-9); t *= 10) {
                ticks.add(t);
            }
            return ticks;
        }
        double raw = (high - low) / about;
        double power = Math.pow(10, Math.floor(Math.log10(raw)));
        double step = power * (raw / power > 5 ? 10 : raw / power > 2 ? 5 : raw / power > 1 ? 2 : 1);
        for (double t = Math.ceil(low / step - 1e-9) * step; t <= high + step * 1e-9; t += step) {
            ticks.add(Math.abs(t) < step * 1e-6 ? 0 : t);
        }
        return ticks;
    }

    /** A tick's text: as short as it can be. */
    public static String label(double value) {
        double size = Math.abs(value);
        if (size != 0 && (size < 1e-3 || size >= 1e6)) {
            return String.format(Locale.ROOT, "%.0e", value).replace("e+0", "e").replace("e-0", "e-");
        }
        String text = String.format(Locale.ROOT, "%.4f", value);
        return text.replaceAll("0+$", "").replaceAll("\\.$", "");
    }
}
