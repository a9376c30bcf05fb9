package assay.core.text.template;

/** Finding a text in a text in linear time, whatever they are (Knuth, Morris and Pratt 1977). */
final class Search {
    private static final int SHORT = 16;
    private static final int NEEDLE_MAX = 1 << 18;

    /** What a char costs in a search for a needle that is not short: so many times as much as a char that is copied. */
    private static final int LONG_FACTOR = 8;

    private Search() {}

    /** Offset of the first occurrence at {@code from} or later, or -1. */
    static int first(String text, String needle, int from, Meter meter) {
        return new Finder(needle, meter).first(text, from);
    }

    /** A needle, prepared once for many searches. */
    static final class Finder {
        private final String needle;
        private final Meter meter;
        private final int[] border;

        Finder(String needle, Meter meter) {
            this.needle = needle;
            this.meter = meter;
            if (needle.length() > NEEDLE_MAX) {
                throw Fault.unsupported("searching for a text of more than " + NEEDLE_MAX + " chars");
            }
            border = needle.length() <= SHORT ? new int[0] : borders();
        }

        /** border[i]: length of the longest proper border of the first i + 1 chars. */
        private int[] borders() {
            meter.chars(4L * needle.length());
            int[] result = new int[needle.length()];
            int matched = 0;
            for (int i = 1; i < needle.length(); i++) {
                while (matched > 0 && needle.charAt(i) != needle.charAt(matched)) {
                    matched = result[matched - 1];
                }
                if (needle.charAt(i) == needle.charAt(matched)) {
                    matched++;
                }
                result[i] = matched;
            }
            return result;
        }

        int first(String text, int from) {
            int found = needle.length() <= SHORT ? text.indexOf(needle, from) : search(text, from);
            long looked = ((found < 0 ? text.length() : found) - from) + (long) needle.length();
            meter.chars(needle.length() <= SHORT ? looked : LONG_FACTOR * looked);
            return found;
        }

        private int search(String text, int from) {
            int matched = 0;
            for (int i = from; i < text.length(); i++) {
                while (matched > 0 && text.charAt(i) != needle.charAt(matched)) {
                    matched = border[matched - 1];
                }
                if (text.charAt(i) == needle.charAt(matched)) {
                    matched++;
                }
                if (matched == needle.length()) {
                    return i - matched + 1;
                }
            }
            return -1;
        }
    }

    static String reversed(String s) {
        StringBuilder out = new StringBuilder(s.length());
        for (int i = s.length() - 1; i >= 0; i--) {
            out.append(s.charAt(i));
        }
        return out.toString();
    }
}
