package assay.core.text;

import static assay.core.text.UnicodeTables.LETTER;
import static assay.core.text.UnicodeTables.NUMBER;
import static assay.core.text.UnicodeTables.OTHER;
import static assay.core.text.UnicodeTables.SPACE;

import assay.core.base.MalformedException;

/**
 * The rule that cuts text into words before byte-level merging, by its name in a model file.
 *
 * <p>Each is a regular expression of the model's makers, written here as a scanner over code points
 * with {@link UnicodeTables} (L, N and {@code \s} mean Unicode categories and White_Space):
 *
 * <pre>
 * gpt-2      's|'t|'re|'ve|'m|'ll|'d| ?L+| ?N+| ?[^\s L N]+|\s+(?!\S)|\s+
 * smollm     each N alone; gpt-2 on each stretch between them, as if it were a whole text
 * llama-bpe  (?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n L N]?L+|N{1,3}| ?[^\s L N]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+
 * qwen2      llama-bpe with N in place of N{1,3}
 * </pre>
 *
 * <p>(?i) is Unicode's simple case folding, so U+017F (long s) counts as s. Time is linear in the text.
 */
public enum Pretokenizer {
    /** SentencePiece models cut no words. */
    NONE("", false, false, 0),
    /** SmolLM, SmolLM2. */
    SMOLLM("smollm", false, false, 0),
    /** GPT-2 and its kin. */
    GPT_2("gpt-2", false, false, Integer.MAX_VALUE),
    /** Llama 3; a word that is a token needs no merges. */
    LLAMA_BPE("llama-bpe", true, true, 3),
    /** Qwen2, Qwen2.5, Qwen3. */
    QWEN2("qwen2", true, false, 1);

    private static final int END = 4;

    private final String label;
    private final boolean llamaLike;
    private final boolean wholeWords;
    private final int digitsMax;

    Pretokenizer(String label, boolean llamaLike, boolean wholeWords, int digitsMax) {
        this.label = label;
        this.llamaLike = llamaLike;
        this.wholeWords = wholeWords;
        this.digitsMax = digitsMax;
    }

    /** The name in a model file, {@code tokenizer.ggml.pre}. */
    public String label() {
        return label;
    }

    /** The pre-tokenizer of byte-level BPE with this name; others are refused by name. */
    static Pretokenizer ofLabel(String label) throws MalformedException {
        for (Pretokenizer p : values()) {
            if (p != NONE && p.label.equals(label)) {
                return p;
            }
        }
        throw new MalformedException(
                "pre-tokenizer \"" + label + "\" is not supported; known: smollm, gpt-2, llama-bpe, qwen2", -1);
    }

    /** Whether a word that is itself a token is taken whole, whatever the merges say. */
    boolean takesWholeWords() {
        return wholeWords;
    }

    /** The end of the word that starts at {@code from}; from &lt; end &le; text.length. */
    int wordEnd(int[] text, int from) {
        if (this == NONE) {
            return text.length;
        }
        if (this == SMOLLM && UnicodeTables.kind(text[from]) == NUMBER) {
            return from + 1;
        }
        int end = contractionEnd(text, from);
        if (end < 0) {
            end = llamaLike ? llamaWordEnd(text, from) : gptWordEnd(text, from);
        }
        return end;
    }

    private int gptWordEnd(int[] text, int from) {
        int start = text[from] == ' ' ? from + 1 : from;
        int kind = kind(text, start);
        return kind == SPACE || kind == END ? spacesEnd(text, from) : runEnd(text, start, kind);
    }

    private int llamaWordEnd(int[] text, int from) {
        int first = text[from];
        int kind = kind(text, from);
        if (kind == NUMBER) {
            int end = from + 1;
            while (end - from < digitsMax && kind(text, end) == NUMBER) {
                end++;
            }
            return end;
        }
        if (kind == LETTER || !isNewline(first) && kind(text, from + 1) == LETTER) {
            return runEnd(text, from + 1, LETTER);
        }
        int start = first == ' ' ? from + 1 : from;
        if (kind(text, start) == OTHER) {
            int end = runEnd(text, start, OTHER);
            while (end < text.length && isNewline(text[end])) {
                end++;
            }
            return end;
        }
        int lastNewline = -1;
        for (int i = from; kind(text, i) == SPACE; i++) {
            lastNewline = isNewline(text[i]) ? i : lastNewline;
        }
        return lastNewline >= 0 ? lastNewline + 1 : spacesEnd(text, from);
    }

    /** A run of white space leaves its last character to the word that follows, if any. */
    private int spacesEnd(int[] text, int from) {
        int end = runEnd(text, from, SPACE);
        return kind(text, end) == END || end - from == 1 ? end : end - 1;
    }

    private int runEnd(int[] text, int from, int kind) {
        int end = from;
        while (kind(text, end) == kind) {
            end++;
        }
        return end;
    }

    /** The class of a code point; END past the text, and at a number where numbers part the text. */
    private int kind(int[] text, int at) {
        if (at >= text.length) {
            return END;
        }
        int kind = UnicodeTables.kind(text[at]);
        return kind == NUMBER && digitsMax == 0 ? END : kind;
    }

    /** The end of 's 't 're 've 'm 'll 'd at {@code from}, or -1. */
    private int contractionEnd(int[] text, int from) {
        if (text[from] != '\'' || from + 1 >= text.length) {
            return -1;
        }
        int one = fold(text[from + 1]);
        if (one == 's' || one == 't' || one == 'm' || one == 'd') {
            return from + 2;
        }
        int two = from + 2 < text.length ? fold(text[from + 2]) : -1;
        boolean pair = (one == 'r' || one == 'v') && two == 'e' || one == 'l' && two == 'l';
        return pair ? from + 3 : -1;
    }

    private int fold(int c) {
        if (!llamaLike) {
            return c;
        }
        return c >= 'A' && c <= 'Z' ? c + 32 : c == 0x17F ? 's' : c;
    }

    private static boolean isNewline(int c) {
        return c == '\n' || c == '\r';
    }
}
