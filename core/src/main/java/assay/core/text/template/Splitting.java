package assay.core.text.template;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** str.split, rsplit, splitlines and count. */
final class Splitting {
    private Splitting() {}

    /** At runs of white space. */
    static Value.Items words(Str s, long limit, boolean fromRight, Meter meter) {
        meter.chars(s.chars());
        return fromRight ? wordsFromRight(s, limit, meter) : wordsFromLeft(s, limit, meter);
    }

    private static Value.Items wordsFromLeft(Str s, long limit, Meter meter) {
        String text = s.text();
        List<Value> parts = new ArrayList<>();
        int at = Characters.skipSpace(text, 0);
        while (at < text.length()) {
            int end = at;
            while (end < text.length() && !Characters.isSpace(text.charAt(end))) {
                end++;
            }
            if (limit >= 0 && parts.size() >= limit) {
                end = text.length();
            }
            add(parts, s, at, end, meter);
            at = Characters.skipSpace(text, end);
        }
        return new Value.Items(parts);
    }

    private static Value.Items wordsFromRight(Str s, long limit, Meter meter) {
        String text = s.text();
        List<Value> parts = new ArrayList<>();
        int end = Characters.stripEnd(text, 0, text.length());
        while (end > 0) {
            int at = end;
            while (at > 0 && !Characters.isSpace(text.charAt(at - 1))) {
                at--;
            }
            if (limit >= 0 && parts.size() >= limit) {
                at = 0;
            }
            add(parts, s, at, end, meter);
            end = Characters.stripEnd(text, 0, at);
        }
        Collections.reverse(parts);
        return new Value.Items(parts);
    }

    /** At a separator, which is not empty. */
    static Value.Items at(Str s, String separator, long limit, boolean fromRight, Meter meter) {
        List<Value> parts = new ArrayList<>();
        if (!fromRight) {
            Search.Finder finder = new Search.Finder(separator, meter);
            int from = 0;
            int found;
            while ((limit < 0 || parts.size() < limit) && (found = finder.first(s.text(), from)) >= 0) {
                add(parts, s, from, found, meter);
                from = found + separator.length();
            }
            add(parts, s, from, s.chars(), meter);
            return new Value.Items(parts);
        }
        meter.string(s.chars());
        String backwards = Search.reversed(s.text());
        Search.Finder finder = new Search.Finder(Search.reversed(separator), meter);
        int from = 0;
        int found;
        while ((limit < 0 || parts.size() < limit) && (found = finder.first(backwards, from)) >= 0) {
            add(parts, s, s.chars() - found, s.chars() - from, meter);
            from = found + separator.length();
        }
        add(parts, s, 0, s.chars() - from, meter);
        Collections.reverse(parts);
        return new Value.Items(parts);
    }

    private static void add(List<Value> parts, Str s, int from, int to, Meter meter) {
        meter.list(1);
        meter.string(to - from);
        parts.add(s.sub(from, to));
    }

    static Value.Items lines(Str s, boolean keepEnds, Meter meter) {
        String text = s.text();
        meter.chars(text.length());
        List<Value> parts = new ArrayList<>();
        int from = 0;
        for (int i = 0; i < text.length(); i++) {
            if (!Characters.isLineEnd(text.charAt(i))) {
                continue;
            }
            int next = text.startsWith("\r\n", i) ? i + 2 : i + 1;
            add(parts, s, from, keepEnds ? next : i, meter);
            from = next;
            i = next - 1;
        }
        if (from < text.length()) {
            add(parts, s, from, text.length(), meter);
        }
        return new Value.Items(parts);
    }

    /** Offset of the last occurrence, or -1. */
    static int last(String text, String needle, Meter meter) {
        meter.string(text.length());
        int found = Search.first(Search.reversed(text), Search.reversed(needle), 0, meter);
        return found < 0 ? -1 : text.length() - found - needle.length();
    }

    static long count(Str s, Str needle, Meter meter) {
        if (needle.chars() == 0) {
            return s.length() + 1L;
        }
        Search.Finder finder = new Search.Finder(needle.text(), meter);
        long count = 0;
        for (int at = finder.first(s.text(), 0); at >= 0; at = finder.first(s.text(), at + needle.chars())) {
            count++;
        }
        return count;
    }
}
