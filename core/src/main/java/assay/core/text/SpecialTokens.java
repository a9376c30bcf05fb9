package assay.core.text;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Finds the tokens that are recognised in text before any merging.
 *
 * <p>Control and unknown tokens count only where every char is trusted; user-defined ones everywhere.
 * All spots of the token with the longest UTF-8 are taken first, from the left, then those of the next
 * (of equally long ones the lower id first), as llama.cpp does.
 *
 * <p>A hostile vocabulary may have tokens within tokens, so what it may have, and what one text may take, is bounded
 * (docs/protocol/text.md, section 2).
 */
final class SpecialTokens {
    /** The most UTF-16 chars of all these tokens together. */
    static final int CHARS_MAX = 1 << 18;

    /** The most spots of such tokens in one text, overlapping ones included. */
    private static final int MATCHES_MAX = 1 << 21;

    /** Chars looked at, for each char of a text, and as many more for any text. */
    private static final long LOOKS_PER_CHAR = 40;

    private static final long LOOKS_ALWAYS = 1 << 20;

    /** What a spot costs to sort in, beside the looks that find it. */
    private static final int LOOKS_A_MATCH = 16;

    /** A token found at chars start to end. */
    record Spot(int start, int end, int id) {}

    private record Special(int id, String text, int utf8Length, boolean needsTrust) {}

    private record Match(int start, Special special) {
        int end() {
            return start + special.text.length();
        }
    }

    private static final Comparator<Match> ORDER = Comparator.<Match>comparingInt(m -> -m.special.utf8Length)
            .thenComparingInt(m -> m.special.id)
            .thenComparingInt(Match::start);

    /** A node of the tree of special texts, letter by letter. */
    private static final class Node {
        private final TreeMap<Character, Node> children = new TreeMap<>();
        private final List<Special> ends = new ArrayList<>(0);
    }

    private final Node root = new Node();

    /** Takes the vocabulary's structure and its user-defined tokens. */
    SpecialTokens(Vocabulary vocabulary) {
        for (int id = 0; id < vocabulary.size(); id++) {
            String text = vocabulary.token(id);
            boolean userDefined = vocabulary.type(id) == TokenType.USER_DEFINED;
            if (!text.isEmpty() && (vocabulary.isControl(id) || userDefined)) {
                int utf8Length = text.getBytes(StandardCharsets.UTF_8).length;
                Node node = root;
                for (int i = 0; i < text.length(); i++) {
                    node = node.children.computeIfAbsent(text.charAt(i), c -> new Node());
                }
                node.ends.add(new Special(id, text, utf8Length, vocabulary.isControl(id)));
            }
        }
    }

    /**
     * The tokens of the text, in its order, none overlapping.
     *
     * @throws IllegalArgumentException if so many of them overlap that it takes too much to tell them apart
     */
    List<Spot> find(String text, BitSet trusted, Effort effort) {
        List<Match> matches = new ArrayList<>();
        long looks = LOOKS_PER_CHAR * text.length() + LOOKS_ALWAYS;
        for (int start = 0; start < text.length(); start++) {
            Node node = root.children.get(text.charAt(start));
            for (int end = start + 1; node != null; end++) {
                looks--;
                effort.spend(1 + (long) node.ends.size() * LOOKS_A_MATCH);
                for (Special s : node.ends) {
                    looks -= s.needsTrust ? end - start : 0;
                    if (!s.needsTrust || allTrusted(trusted, start, end)) {
                        matches.add(new Match(start, s));
                    }
                }
                if (looks < 0 || matches.size() > MATCHES_MAX) {
                    throw new IllegalArgumentException("the text has too many overlapping special tokens");
                }
                node = end < text.length() ? node.children.get(text.charAt(end)) : null;
            }
        }
        return matches.isEmpty() ? List.of() : choose(matches);
    }

    private static boolean allTrusted(BitSet trusted, int start, int end) {
        for (int i = start; i < end; i++) {
            if (!trusted.get(i)) {
                return false;
            }
        }
        return true;
    }

    private static List<Spot> choose(List<Match> matches) {
        matches.sort(ORDER);
        TreeMap<Integer, Spot> chosen = new TreeMap<>();
        for (Match m : matches) {
            Map.Entry<Integer, Spot> before = chosen.lowerEntry(m.end());
            if (before == null || before.getValue().end <= m.start) {
                chosen.put(m.start, new Spot(m.start, m.end(), m.special.id));
            }
        }
        return List.copyOf(chosen.values());
    }
}
