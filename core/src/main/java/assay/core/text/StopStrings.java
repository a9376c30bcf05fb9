package assay.core.text;

import java.util.List;

/**
 * Looks for stop strings in text that arrives char by char, in time linear in the text.
 *
 * <p>One automaton a string (Knuth, Morris and Pratt 1977): its state is the length of the longest end of
 * the text that begins the string. A stop string with half a surrogate pair is in no text and is left out.
 */
final class StopStrings {
    private final String[] stops;
    private final int[][] failures;
    private final int[] states;
    private int position;
    private int earliest = -1;

    StopStrings(List<String> strings) {
        stops = strings.stream().filter(CodePoints::isWellFormed).toArray(String[]::new);
        failures = new int[stops.length][];
        states = new int[stops.length];
        for (int s = 0; s < stops.length; s++) {
            failures[s] = failure(stops[s]);
        }
    }

    /** Takes more text. */
    void push(CharSequence text) {
        for (int i = 0; i < text.length(); i++) {
            position++;
            for (int s = 0; s < stops.length; s++) {
                step(s, text.charAt(i));
            }
        }
    }

    /** Where the stop string that begins first begins, of those that are complete; -1 if none is. */
    int earliest() {
        return earliest;
    }

    /** How many chars at the end of the text may yet turn out to begin a stop string. */
    int pending() {
        int longest = 0;
        for (int state : states) {
            longest = Math.max(longest, state);
        }
        return longest;
    }

    private void step(int s, char c) {
        String stop = stops[s];
        int state = states[s];
        while (state > 0 && stop.charAt(state) != c) {
            state = failures[s][state - 1];
        }
        state += stop.charAt(state) == c ? 1 : 0;
        if (state == stop.length()) {
            int start = position - stop.length();
            earliest = earliest < 0 ? start : Math.min(earliest, start);
            state = failures[s][state - 1];
        }
        states[s] = state;
    }

    /** For each prefix, the length of the longest proper prefix that also ends it. */
    private static int[] failure(String stop) {
        int[] failure = new int[stop.length()];
        for (int i = 1, k = 0; i < stop.length(); i++) {
            while (k > 0 && stop.charAt(k) != stop.charAt(i)) {
                k = failure[k - 1];
            }
            k += stop.charAt(k) == stop.charAt(i) ? 1 : 0;
            failure[i] = k;
        }
        return failure;
    }
}
