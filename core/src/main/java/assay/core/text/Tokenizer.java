package assay.core.text;

import java.nio.charset.StandardCharsets;
import java.util.BitSet;
import java.util.SortedSet;

/**
 * Text to token ids, exactly as the vocabulary of a model file says, and ids back to bytes.
 *
 * <p>A pure function of the vocabulary and the text: no JDK Unicode table and no locale has a say.
 * Immutable but for a bounded cache of words, which changes no result; safe for concurrent use. Spec:
 * docs/protocol/text.md.
 */
public final class Tokenizer {
    /** Longest text that is tokenised, in UTF-16 chars: 2^22. */
    public static final int TEXT_CHARS_MAX = 1 << 22;

    private static final byte[] NO_BYTES = {};
    private static final BitSet NOTHING = new BitSet();

    private final Vocabulary vocabulary;
    private final Segmenter segmenter;
    private final SpecialTokens specials;

    private Tokenizer(Vocabulary vocabulary) {
        this.vocabulary = vocabulary;
        specials = new SpecialTokens(vocabulary);
        segmenter = switch (vocabulary.model()) {
            case BYTE_PAIRS -> new BytePairs(vocabulary);
            case SENTENCE_PIECE -> new SentencePieces(vocabulary);
        };
    }

    /** The tokenizer of a vocabulary. */
    public static Tokenizer of(Vocabulary vocabulary) {
        return new Tokenizer(vocabulary);
    }

    /** The vocabulary. */
    public Vocabulary vocabulary() {
        return vocabulary;
    }

    /**
     * The ids of a rendered template: control tokens where all their chars are trusted, user-defined
     * tokens everywhere, merges in between. Nothing is added in front or behind.
     *
     * @throws IllegalArgumentException if the text is longer than {@link #TEXT_CHARS_MAX}, or has too many special
     *     tokens that overlap (docs/protocol/text.md, section 2)
     */
    public int[] encode(MarkedText marked) {
        return encode(marked.text(), marked.trusted(), Effort.any());
    }

    /**
     * The same for so many looks at chars ({@link Effort}).
     *
     * @throws Effort.SpentException if it takes more
     */
    int[] encode(MarkedText marked, Effort effort) {
        return encode(marked.text(), marked.trusted(), effort);
    }

    /**
     * The ids of plain text: no control token is recognised, user-defined ones are; no bos is added.
     *
     * @throws IllegalArgumentException if the text is longer than {@link #TEXT_CHARS_MAX}, or has too many special
     *     tokens that overlap (docs/protocol/text.md, section 2)
     */
    public int[] encode(String text) {
        return encode(text, NOTHING, Effort.any());
    }

    private int[] encode(String text, BitSet trusted, Effort effort) {
        if (text.length() > TEXT_CHARS_MAX) {
            throw new IllegalArgumentException("text has " + text.length() + " chars, at most " + TEXT_CHARS_MAX);
        }
        IdList out = new IdList();
        int from = 0;
        for (SpecialTokens.Spot spot : specials.find(text, trusted, effort)) {
            encodeOrdinary(text, from, spot.start(), out, effort);
            out.add(spot.id());
            from = spot.end();
        }
        encodeOrdinary(text, from, text.length(), out, effort);
        return out.toArray();
    }

    private void encodeOrdinary(String text, int from, int to, IdList out, Effort effort) {
        if (from < to) {
            segmenter.encode(CodePoints.of(text, from, to), out, effort);
        }
    }

    /**
     * The bytes that a token adds to an answer: none for control, unknown and unused tokens, and for ids
     * outside the vocabulary, such as padded rows of an embedding.
     */
    public byte[] bytes(int id) {
        if (id < 0 || id >= vocabulary.size() || isControl(id)) {
            return NO_BYTES;
        }
        String token = vocabulary.token(id);
        return switch (vocabulary.type(id)) {
            case CONTROL, UNKNOWN, UNUSED -> NO_BYTES;
            case BYTE -> new byte[] {(byte) Integer.parseInt(token, 3, 5, 16)};
            case USER_DEFINED -> token.getBytes(StandardCharsets.UTF_8);
            case NORMAL ->
                switch (vocabulary.model()) {
                    case BYTE_PAIRS -> ByteAlphabet.bytesOf(token);
                    case SENTENCE_PIECE -> token.replace('\u2581', ' ').getBytes(StandardCharsets.UTF_8);
                };
        };
    }

    /** Whether the id is structure: a control or unknown token, bos, or a stop id. */
    public boolean isControl(int id) {
        return id >= 0 && id < vocabulary.size() && vocabulary.isControl(id);
    }

    /**
     * The ids that end an answer: eos, eot, eom, and control or user-defined tokens called
     * {@code <|im_end|>}, {@code <|endoftext|>}, {@code <|end_of_text|>}, {@code <|eot_id|>},
     * {@code <|eom_id|>}, {@code <|end|>}, {@code <end_of_turn>} or {@code </s>}.
     */
    public SortedSet<Integer> stopIds() {
        return vocabulary.stopIds();
    }
}
