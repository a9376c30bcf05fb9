package assay.core.text.template;

import java.util.BitSet;
import org.jspecify.annotations.Nullable;

/**
 * A string value: UTF-16 text without lone surrogates, and which of its chars the template wrote.
 *
 * <p>Chars keep their marks through slicing and joining; anything else that reads a char that is not
 * trusted makes text of which nothing is trusted ({@link #derived}). {@code markup} is the mark of
 * {@code |safe} and {@code |escape}.
 */
final class Str implements Value {
    static final Str EMPTY = new Str("", true, null, false);

    private final String text;
    private final boolean trusted;
    private final @Nullable BitSet some;
    private final boolean markup;

    private Str(String text, boolean trusted, @Nullable BitSet some, boolean markup) {
        this.text = text;
        this.trusted = trusted;
        this.some = some;
        this.markup = markup;
    }

    static Str trusted(String text) {
        return new Str(text, true, null, false);
    }

    static Str untrusted(String text) {
        return new Str(text, false, null, false);
    }

    String text() {
        return text;
    }

    /** Number of UTF-16 chars. */
    int chars() {
        return text.length();
    }

    boolean isMarkup() {
        return markup;
    }

    Str asMarkup(boolean on) {
        return on == markup ? this : new Str(text, trusted, some, on);
    }

    /** Whether every char is trusted (so of the empty text, too). */
    boolean allTrusted() {
        return text.isEmpty() || (some == null && trusted);
    }

    /** Chars from (inclusive) to (exclusive), with their marks. */
    Str sub(int from, int to) {
        if (from == 0 && to == text.length()) {
            return this;
        }
        if (from >= to) {
            return markup ? EMPTY.asMarkup(true) : EMPTY;
        }
        String part = text.substring(from, to);
        if (some == null) {
            return new Str(part, trusted, null, markup);
        }
        return normal(part, some.get(from, to), markup);
    }

    /** Text computed from this one: trusted only if all of this is. */
    Str derived(String result) {
        return new Str(result, allTrusted(), null, markup);
    }

    Str plus(Str other) {
        if (chars() == 0 || other.chars() == 0) {
            return (chars() == 0 ? other : this).asMarkup(markup || other.markup);
        }
        return new Builder().add(this).add(other).build().asMarkup(markup || other.markup);
    }

    /** Number of code points. */
    int length() {
        return text.codePointCount(0, text.length());
    }

    /** Char offset of a code point index in 0..length(). */
    int offset(int codePoints) {
        return text.offsetByCodePoints(0, codePoints);
    }

    private static Str normal(String text, BitSet marks, boolean markup) {
        int count = marks.cardinality();
        if (count == 0 || count == text.length()) {
            return new Str(text, count > 0, null, markup);
        }
        return new Str(text, false, marks, markup);
    }

    @Override
    public String toString() {
        return text;
    }

    /** Joins texts, keeping marks. */
    static final class Builder {
        private final StringBuilder text = new StringBuilder();
        private final BitSet marks = new BitSet();

        Builder add(Str part) {
            int from = text.length();
            text.append(part.text);
            BitSet some = part.some;
            if (some != null) {
                for (int i = some.nextSetBit(0); i >= 0; ) {
                    int end = some.nextClearBit(i);
                    marks.set(from + i, from + end);
                    i = some.nextSetBit(end);
                }
            } else if (part.trusted) {
                marks.set(from, text.length());
            }
            return this;
        }

        int chars() {
            return text.length();
        }

        Str build() {
            return normal(text.toString(), marks, false);
        }

        BitSet marks() {
            return marks;
        }

        @Override
        public String toString() {
            return text.toString();
        }
    }
}
