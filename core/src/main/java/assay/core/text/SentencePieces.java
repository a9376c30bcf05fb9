package assay.core.text;

import java.nio.charset.StandardCharsets;

/**
 * SentencePiece's byte-pair encoding by score, with byte fallback ("llama" tokenizers).
 *
 * <p>Spaces become U+2581; then, while two neighbours together spell an ordinary token, the pair of the
 * highest score (the leftmost of equals) becomes one. What is no token at the end becomes the tokens of
 * its UTF-8 bytes. Only normal and user-defined tokens are made, so no text makes a control token or a
 * byte token by spelling it. Time is O(n log n). Kudo and Richardson 2018 (SentencePiece).
 */
final class SentencePieces implements Segmenter {
    private static final String HEX = "0123456789ABCDEF";
    private static final int SPACE_MARK = 0x2581;
    private static final int NONE = -1;

    private final Vocabulary vocabulary;
    private final int[] byteIds = new int[256];
    private final int tokenCharsMax;

    /** The vocabulary has a token for each byte; {@link Vocabulary} checks it. */
    SentencePieces(Vocabulary vocabulary) {
        this.vocabulary = vocabulary;
        for (int b = 0; b < 256; b++) {
            byteIds[b] = vocabulary.idOf(byteToken(b)).orElseThrow();
        }
        int longest = 1;
        for (int id = 0; id < vocabulary.size(); id++) {
            longest = Math.max(longest, vocabulary.token(id).length());
        }
        tokenCharsMax = longest;
    }

    /** The spelling of a byte token, such as {@code <0x0A>}. */
    static String byteToken(int unsignedByte) {
        return "<0x" + HEX.charAt(unsignedByte >> 4) + HEX.charAt(unsignedByte & 15) + ">";
    }

    @Override
    public void encode(int[] text, IdList out, Effort effort) {
        StringBuilder marked = new StringBuilder(text.length + 1);
        if (vocabulary.affixes().addSpacePrefix()) {
            marked.appendCodePoint(SPACE_MARK);
        }
        for (int c : text) {
            marked.appendCodePoint(c == ' ' ? SPACE_MARK : c);
        }
        new Run(marked.toString(), effort).encode(out);
    }

    /** One text being merged: piece i spans chars i to end[i] while it lives; a dead one has end 0. */
    private final class Run {
        private final String text;
        private final int[] end;
        private final int[] previous;
        private final PairQueue queue = new PairQueue();
        private final Effort effort;

        Run(String text, Effort effort) {
            this.text = text;
            this.effort = effort;
            end = new int[text.length()];
            previous = new int[text.length()];
        }

        void encode(IdList out) {
            int before = NONE;
            for (int i = 0; i < text.length(); i = end[i]) {
                end[i] = i + Character.charCount(text.codePointAt(i));
                previous[i] = before;
                before = i;
            }
            for (int i = 0; i < text.length(); i = end[i]) {
                offer(i);
            }
            while (!queue.isEmpty()) {
                long entry = queue.take();
                int left = (int) entry;
                int id = end[left] == 0 ? NONE : pairId(left);
                if (id >= 0 && priority(id) == (int) (entry >> 32)) {
                    join(left);
                }
            }
            for (int i = 0; i < text.length(); i = end[i]) {
                emit(text.substring(i, end[i]), out);
            }
        }

        private void join(int left) {
            int right = end[left];
            end[left] = end[right];
            end[right] = 0;
            if (end[left] < text.length()) {
                previous[end[left]] = left;
            }
            offer(left);
            if (previous[left] != NONE) {
                offer(previous[left]);
            }
        }

        private void offer(int left) {
            int id = pairId(left);
            if (id >= 0) {
                queue.add(priority(id), left);
            }
        }

        /** The token that the piece at left and its right neighbour spell, or -1. */
        private int pairId(int left) {
            int right = end[left];
            if (right >= text.length() || end[right] - left > tokenCharsMax) {
                return NONE;
            }
            effort.lookUp(end[right] - left);
            return vocabulary.ordinaryId(text.substring(left, end[right]));
        }
    }

    /** Smaller for a higher score. */
    private int priority(int id) {
        return ~ascending(vocabulary.scoreBits(id));
    }

    /** Maps float32 bits (no NaN) to an int of the same order; both zeros are equal, as in IEEE 754. */
    static int ascending(int floatBits) {
        return floatBits >= 0 ? floatBits : -(floatBits & 0x7FFFFFFF);
    }

    private void emit(String piece, IdList out) {
        int id = vocabulary.ordinaryId(piece);
        if (id >= 0) {
            out.add(id);
            return;
        }
        for (byte b : piece.getBytes(StandardCharsets.UTF_8)) {
            out.add(byteIds[b & 0xff]);
        }
    }
}
