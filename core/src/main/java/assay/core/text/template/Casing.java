package assay.core.text.template;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Map.Entry;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Upper, lower and title case, and what is printable, as Python 3.11 has them (Unicode 14.0), read
 * from a table in this package and not from the JDK, whose tables change between versions.
 *
 * <p>Refused: lower case of the capital sigma, which depends on its neighbours.
 */
final class Casing {
    private static final int CAPITAL_SIGMA = 0x3A3;
    private static final TreeMap<Integer, Integer> PRINTABLE = new TreeMap<>();
    private static final Casing LOWER = new Casing();
    private static final Casing UPPER = new Casing();
    private static final Casing TITLE = new Casing();

    private record Run(int end, int step, int delta) {}

    private final TreeMap<Integer, Run> runs = new TreeMap<>();
    private final Map<Integer, String> several = new TreeMap<>();

    private Casing() {}

    static {
        try (InputStream in = Casing.class.getResourceAsStream("unicode.txt")) {
            if (in == null) {
                throw new AssertionError("unicode.txt is not beside its class");
            }
            new BufferedReader(new InputStreamReader(in, StandardCharsets.US_ASCII))
                    .lines()
                    .filter(line -> !line.startsWith("#"))
                    .forEach(line -> read(List.of(line.split(" ", -1))));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void read(List<String> words) {
        int start = Integer.parseInt(words.get(1), 16);
        Casing table =
                switch (words.get(0)) {
                    case "L" -> LOWER;
                    case "U" -> UPPER;
                    case "T" -> TITLE;
                    default -> null;
                };
        if (table == null) {
            PRINTABLE.put(start, Integer.parseInt(words.get(2), 16));
        } else if (words.get(2).equals("=")) {
            StringBuilder to = new StringBuilder();
            words.subList(3, words.size()).forEach(hex -> to.appendCodePoint(Integer.parseInt(hex, 16)));
            table.several.put(start, to.toString());
        } else {
            int end = Integer.parseInt(words.get(2), 16);
            table.runs.put(start, new Run(end, Integer.parseInt(words.get(3)), Integer.parseInt(words.get(4))));
        }
    }

    static String lower(String s) {
        if (s.indexOf(CAPITAL_SIGMA) >= 0) {
            throw Fault.unsupported("lower case of a text with the capital sigma");
        }
        return LOWER.map(s);
    }

    static String upper(String s) {
        return UPPER.map(s);
    }

    /** Title case of the first character, lower case of the others. */
    static String capitalize(String s) {
        int first = firstEnd(s);
        return TITLE.map(s.substring(0, first)) + lower(s.substring(first));
    }

    /** Upper case of the first character, lower case of the others. */
    static String word(String s) {
        int first = firstEnd(s);
        return upper(s.substring(0, first)) + lower(s.substring(first));
    }

    private static int firstEnd(String s) {
        return s.isEmpty() ? 0 : Character.charCount(s.codePointAt(0));
    }

    /** Python's str.isprintable for one character. */
    static boolean isPrintable(int c) {
        if (c < 0x80) {
            return c >= 0x20 && c < 0x7F;
        }
        Entry<Integer, Integer> range = PRINTABLE.floorEntry(c);
        return range != null && c <= range.getValue();
    }

    private String map(String s) {
        StringBuilder out = new StringBuilder(s.length());
        for (int i = 0; i < s.length(); ) {
            int c = s.codePointAt(i);
            i += Character.charCount(c);
            String to = c < 0x80 ? null : several.get(c);
            if (to == null) {
                out.appendCodePoint(one(c));
            } else {
                out.append(to);
            }
        }
        return out.toString();
    }

    private int one(int c) {
        if (c < 0x80) {
            boolean changes = this == LOWER ? c >= 'A' && c <= 'Z' : c >= 'a' && c <= 'z';
            return changes ? c ^ 0x20 : c;
        }
        @Nullable Entry<Integer, Run> entry = runs.floorEntry(c);
        if (entry == null) {
            return c;
        }
        Run run = entry.getValue();
        return c <= run.end() && (c - entry.getKey()) % run.step() == 0 ? c + run.delta() : c;
    }
}
