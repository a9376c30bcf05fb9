package assay.engine.store;

import java.util.Locale;

/** Sizes for people: decimal units, three digits. */
public final class Sizes {
    private Sizes() {}

    /** For example {@code 98.4 MB}; decimal units, as downloads and disks are sold. */
    public static String text(long bytes) {
        String[] units = {"bytes", "kB", "MB", "GB", "TB", "PB", "EB"};
        double value = bytes;
        int unit = 0;
        while (value >= 999.5 && unit < units.length - 1) {
            value /= 1000;
            unit++;
        }
        String digits = unit == 0 || value >= 99.95 ? "%.0f %s" : value >= 9.995 ? "%.1f %s" : "%.2f %s";
        return String.format(Locale.ROOT, digits, value, units[unit]);
    }
}
