package assay.core.text;

import assay.core.base.MalformedException;
import java.util.Arrays;
import java.util.List;

/**
 * The merges of byte-level byte-pair encoding, as ids, in order of priority.
 *
 * @param left the left token of each
 * @param right the right token
 * @param product the token spelled by both together
 */
record Merges(int[] left, int[] right, int[] product) {
    /** SentencePiece has none. */
    static Merges none() {
        return new Merges(new int[0], new int[0], new int[0]);
    }

    /** Reads {@code "left right"}, as a model file has it. */
    static Merges ofTexts(List<String> merges, TokenTable tokens) throws MalformedException {
        int count = TokenTable.bounded("count of merges", merges.size(), 0, Vocabulary.MERGES_MAX);
        int[] pairs = new int[2 * count];
        for (int rank = 0; rank < count; rank++) {
            String merge = merges.get(rank);
            int space = merge.indexOf(' ');
            if (space < 1 || merge.indexOf(' ', space + 1) >= 0) {
                throw new MalformedException("merge " + rank + " is not two tokens: \"" + merge + "\"", rank);
            }
            pairs[2 * rank] = ordinary(rank, merge.substring(0, space), tokens);
            pairs[2 * rank + 1] = ordinary(rank, merge.substring(space + 1), tokens);
        }
        return ofPairs(pairs, tokens);
    }

    /** Takes left and right ids, alternating, that are in range. */
    static Merges ofPairs(int[] pairs, TokenTable tokens) throws MalformedException {
        int count = pairs.length / 2;
        Merges m = new Merges(new int[count], new int[count], new int[count]);
        long[] keys = new long[count];
        for (int rank = 0; rank < count; rank++) {
            int left = pairs[2 * rank];
            int right = pairs[2 * rank + 1];
            if (!tokens.isOrdinary(left) || !tokens.isOrdinary(right)) {
                throw new MalformedException("merge " + rank + " is of no ordinary tokens", rank);
            }
            m.left[rank] = left;
            m.right[rank] = right;
            m.product[rank] = ordinary(rank, tokens.texts()[left].concat(tokens.texts()[right]), tokens);
            keys[rank] = (long) left << 32 | right;
        }
        checkDistinct(keys, tokens);
        return m;
    }

    int count() {
        return left.length;
    }

    private static int ordinary(int rank, String token, TokenTable tokens) throws MalformedException {
        int id = tokens.ordinaryId(token);
        if (id < 0) {
            throw new MalformedException(
                    "merge " + rank + " needs \"" + token + "\", which is no ordinary token", rank);
        }
        return id;
    }

    private static void checkDistinct(long[] keys, TokenTable tokens) throws MalformedException {
        Arrays.sort(keys);
        for (int i = 1; i < keys.length; i++) {
            if (keys[i] == keys[i - 1]) {
                String left = tokens.texts()[(int) (keys[i] >> 32)];
                String right = tokens.texts()[(int) keys[i]];
                throw new MalformedException("two merges of \"" + left + " " + right + "\"", -1);
            }
        }
    }
}
