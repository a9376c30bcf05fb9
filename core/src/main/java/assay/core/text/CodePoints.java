package assay.core.text;

import java.util.Arrays;

/** Text as an array of code points, with U+FFFD for each half of a broken surrogate pair. */
final class CodePoints {
    static final int REPLACEMENT = 0xFFFD;

    private CodePoints() {}

    /** The code points of chars from (inclusive) to (exclusive). */
    static int[] of(String text, int from, int to) {
        int[] out = new int[to - from];
        int count = 0;
        for (int i = from; i < to; i++) {
            char c = text.charAt(i);
            if (Character.isHighSurrogate(c) && i + 1 < to && Character.isLowSurrogate(text.charAt(i + 1))) {
                out[count++] = Character.toCodePoint(c, text.charAt(++i));
            } else {
                out[count++] = Character.isSurrogate(c) ? REPLACEMENT : c;
            }
        }
        return count == out.length ? out : Arrays.copyOf(out, count);
    }

    /** Whether no surrogate stands alone. */
    static boolean isWellFormed(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (Character.isHighSurrogate(c) && i + 1 < text.length() && Character.isLowSurrogate(text.charAt(i + 1))) {
                i++;
            } else if (Character.isSurrogate(c)) {
                return false;
            }
        }
        return true;
    }
}
