package assay.core.text;

import assay.core.base.Hash;
import assay.core.base.MalformedException;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;
import java.util.SortedSet;

/**
 * The tokenizer content of a model file, checked once: everything that decides how text becomes ids.
 *
 * <p>Immutable; two vocabularies are equal when their canonical bytes are. Spec: docs/protocol/text.md,
 * section "Vocabulary".
 */
public final class Vocabulary {
    /** The two families: byte-level byte-pair encoding, and SentencePiece's with scores. */
    public enum Model {
        /** "gpt2" in a model file. */
        BYTE_PAIRS("gpt2"),
        /** "llama" in a model file. */
        SENTENCE_PIECE("llama");

        private final String label;

        Model(String label) {
            this.label = label;
        }

        /** The name in a model file, {@code tokenizer.ggml.model}. */
        public String label() {
            return label;
        }

        static Model ofLabel(String label) throws MalformedException {
            for (Model m : values()) {
                if (m.label.equals(label)) {
                    return m;
                }
            }
            throw new MalformedException("tokenizer \"" + label + "\" is not supported; known: gpt2, llama", -1);
        }
    }

    /**
     * The ids with a role; -1 where the file names none.
     *
     * @param bos beginning of text
     * @param eos end of text
     * @param unk what has no token
     * @param eot end of a turn
     * @param eom end of a message that calls a tool
     */
    public record Roles(int bos, int eos, int unk, int eot, int eom) {
        /** What a file that names no roles means: 1, 2 and 0 for "llama", none for "gpt2". */
        public static Roles ofModel(String model) {
            return model.equals(Model.SENTENCE_PIECE.label)
                    ? new Roles(1, 2, 0, -1, -1)
                    : new Roles(-1, -1, -1, -1, -1);
        }
    }

    /**
     * What is put around text.
     *
     * @param addBos whether raw text starts with bos (a chat template writes its own)
     * @param addEos whether raw text ends with eos
     * @param addSpacePrefix whether text is tokenised as if a space preceded it (SentencePiece only)
     */
    public record Affixes(boolean addBos, boolean addEos, boolean addSpacePrefix) {
        /** What a file that says nothing means, by its tokenizer and pre-tokenizer names. */
        public static Affixes ofModel(String model, String pre) {
            boolean pieces = model.equals(Model.SENTENCE_PIECE.label);
            return new Affixes(pieces || pre.equals(Pretokenizer.LLAMA_BPE.label()), false, pieces);
        }
    }

    /** Most tokens: 2^20. */
    public static final int TOKENS_MAX = 1 << 20;

    /** Most merges: 2^21. */
    public static final int MERGES_MAX = 1 << 21;

    /** Longest token in UTF-16 chars. */
    public static final int TOKEN_CHARS_MAX = 4096;

    private final Model model;
    private final Pretokenizer pretokenizer;
    private final Roles roles;
    private final Affixes affixes;
    private final TokenTable tokens;
    private final int[] scoreBits;
    private final Merges merges;

    private Vocabulary(
            Pretokenizer pretokenizer, TokenTable tokens, int[] scoreBits, Merges merges, Roles roles, Affixes affixes)
            throws MalformedException {
        model = pretokenizer == Pretokenizer.NONE ? Model.SENTENCE_PIECE : Model.BYTE_PAIRS;
        this.pretokenizer = pretokenizer;
        this.tokens = tokens;
        this.scoreBits = scoreBits;
        this.merges = merges;
        this.roles = roles;
        this.affixes = affixes;
        long special = 0;
        for (int id = 0; id < tokens.size(); id++) {
            boolean found = isControl(id) || type(id) == TokenType.USER_DEFINED;
            special += found ? tokens.texts()[id].length() : 0;
        }
        if (special > SpecialTokens.CHARS_MAX) {
            throw new MalformedException(
                    "special tokens have at most " + SpecialTokens.CHARS_MAX + " chars together, got " + special, -1);
        }
        if (affixes.addBos() && roles.bos() < 0 || affixes.addEos() && roles.eos() < 0) {
            throw new MalformedException("text gets a bos or eos that the vocabulary does not name", -1);
        }
    }

    /**
     * Checks and takes the lists of a model file, as GGUF spells them.
     *
     * @param model {@code tokenizer.ggml.model}: "gpt2" or "llama"
     * @param pre {@code tokenizer.ggml.pre}; "" or "default" for "llama"
     * @param tokens the token texts, each once, by id
     * @param types GGUF's types (1 to 6) by id; empty means that all are normal
     * @param scoreBits the float32 bits of the scores by id ("llama"); ignored for "gpt2"
     * @param merges {@code "left right"} in order of priority ("gpt2"); ignored for "llama"
     * @throws MalformedException if a list is out of bounds, a token is there twice, a merge names or makes
     *     what is no ordinary token, a score is NaN, a role is no id, or the family is not supported
     */
    public static Vocabulary of(
            String model,
            String pre,
            List<String> tokens,
            int[] types,
            int[] scoreBits,
            List<String> merges,
            Roles roles,
            Affixes affixes)
            throws MalformedException {
        TokenTable table = TokenTable.of(tokens, types, roles);
        return switch (Model.ofLabel(model)) {
            case SENTENCE_PIECE -> ofPieces(pre, table, scoreBits, roles, affixes);
            case BYTE_PAIRS -> {
                Pretokenizer cut = Pretokenizer.ofLabel(pre);
                yield ofBytePairs(cut, table, Merges.ofTexts(merges, table), roles, affixes);
            }
        };
    }

    /** As {@link #of}, with the merges as ids in range: left, right, left, right and so on. */
    static Vocabulary ofPairs(
            String model,
            String pre,
            List<String> tokens,
            int[] types,
            int[] scoreBits,
            int[] pairs,
            Roles roles,
            Affixes affixes)
            throws MalformedException {
        TokenTable table = TokenTable.of(tokens, types, roles);
        return switch (Model.ofLabel(model)) {
            case SENTENCE_PIECE -> ofPieces(pre, table, scoreBits, roles, affixes);
            case BYTE_PAIRS -> {
                Pretokenizer cut = Pretokenizer.ofLabel(pre);
                yield ofBytePairs(cut, table, Merges.ofPairs(pairs, table), roles, affixes);
            }
        };
    }

    private static Vocabulary ofBytePairs(
            Pretokenizer cut, TokenTable table, Merges merges, Roles roles, Affixes affixes) throws MalformedException {
        Affixes spaceless = new Affixes(affixes.addBos(), affixes.addEos(), false);
        return new Vocabulary(cut, table, new int[0], merges, roles, spaceless);
    }

    private static Vocabulary ofPieces(String pre, TokenTable table, int[] scoreBits, Roles roles, Affixes affixes)
            throws MalformedException {
        if (!pre.isEmpty() && !pre.equals("default")) {
            throw new MalformedException("a llama tokenizer with pre-tokenizer \"" + pre + "\"", -1);
        }
        if (table.byteTokenCount() != 256) {
            throw new MalformedException(
                    "a llama tokenizer has byte tokens <0x00> to <0xFF>, got " + table.byteTokenCount(), -1);
        }
        TokenTable.bounded("count of token scores", scoreBits.length, table.size(), table.size());
        for (int id = 0; id < scoreBits.length; id++) {
            if ((scoreBits[id] & 0x7FFFFFFF) > 0x7F800000) {
                throw new MalformedException("the score of token " + id + " is not a number", id);
            }
        }
        return new Vocabulary(Pretokenizer.NONE, table, scoreBits.clone(), Merges.none(), roles, affixes);
    }

    /** Reads canonical bytes, all of them; refuses whatever {@link #encode} would not have written. */
    public static Vocabulary parse(byte[] bytes) throws MalformedException {
        return VocabularyFormat.parse(bytes);
    }

    /** The canonical bytes. */
    public byte[] encode() {
        return VocabularyFormat.encode(this);
    }

    /** SHA-256 of the tag {@code assay/tokenizer/1} and the canonical bytes. */
    public Hash digest() {
        return Hash.tagged("assay/tokenizer/1", encode());
    }

    /** The family. */
    public Model model() {
        return model;
    }

    /** The rule that cuts words. */
    public Pretokenizer pretokenizer() {
        return pretokenizer;
    }

    /** The ids with a role. */
    public Roles roles() {
        return roles;
    }

    /** What is put around text. */
    public Affixes affixes() {
        return affixes;
    }

    /** Count of tokens; ids are 0 to size - 1. */
    public int size() {
        return tokens.size();
    }

    /** The text of a token as the file spells it, for example with U+0120 for a space. */
    public String token(int id) {
        return tokens.texts()[id];
    }

    /** The type of a token. */
    public TokenType type(int id) {
        return tokens.types()[id];
    }

    /** Whether a token is structure: control, unknown, bos, or a stop id. */
    boolean isControl(int id) {
        return tokens.structure().control().get(id);
    }

    /** The ids that end an answer. */
    SortedSet<Integer> stopIds() {
        return tokens.structure().stopIds();
    }

    /** The bits of a token's float32 score; 0 where the family has none. */
    public int scoreBits(int id) {
        return scoreBits.length == 0 ? 0 : scoreBits[id];
    }

    /** The id of the token spelled so, of any type. */
    public OptionalInt idOf(String token) {
        Integer id = tokens.idOf().get(token);
        return id == null ? OptionalInt.empty() : OptionalInt.of(id);
    }

    /** Count of merges, in order of priority. */
    public int mergeCount() {
        return merges.count();
    }

    /** The left token of a merge. */
    int mergeLeft(int rank) {
        return merges.left()[rank];
    }

    /** The right token of a merge. */
    int mergeRight(int rank) {
        return merges.right()[rank];
    }

    /** The token that a merge makes. */
    int mergeProduct(int rank) {
        return merges.product()[rank];
    }

    /** The id of an ordinary token (normal or user-defined) spelled so, or -1. */
    int ordinaryId(String token) {
        return tokens.ordinaryId(token);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Vocabulary v && Arrays.equals(encode(), v.encode());
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(tokens.texts());
    }

    @Override
    public String toString() {
        return model.label + " " + pretokenizer.label() + " vocabulary of " + tokens.size() + " tokens, "
                + merges.count() + " merges";
    }
}
