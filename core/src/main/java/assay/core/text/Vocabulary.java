package assay.core.text;

import assay.core.base.Hash;
import assay.core.base.MalformedException;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
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
    private final String[] tokens;
    private final TokenType[] types;
    private final int[] scoreBits;
    private final int[] mergeLeft;
    private final int[] mergeRight;
    private final int[] mergeProduct;
    private final Map<String, Integer> idOf;
    private final Structure structure;

    private Vocabulary(
            Model model,
            Pretokenizer pretokenizer,
            List<String> tokens,
            int[] types,
            int[] scoreBits,
            List<String> merges,
            Roles roles,
            Affixes affixes)
            throws MalformedException {
        this.model = model;
        this.pretokenizer = pretokenizer;
        this.tokens = tokens.toArray(String[]::new);
        this.types = checkTypes(types, tokens.size());
        this.scoreBits = checkScores(model, scoreBits, tokens.size());
        idOf = index(this.tokens);
        this.roles = checkRoles(roles, tokens.size());
        structure = Structure.of(this.types, roles, idOf);
        checkByteTokens();
        int count = bounded("merges", merges.size(), 0, model == Model.BYTE_PAIRS ? MERGES_MAX : 0);
        mergeLeft = new int[count];
        mergeRight = new int[count];
        mergeProduct = new int[count];
        for (int i = 0; i < count; i++) {
            readMerge(i, merges.get(i));
        }
        checkMergesDiffer();
        this.affixes = affixes;
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
        Model family = Model.ofLabel(model);
        if (family == Model.SENTENCE_PIECE) {
            if (!pre.isEmpty() && !pre.equals("default")) {
                throw new MalformedException("a llama tokenizer with pre-tokenizer \"" + pre + "\"", -1);
            }
            return new Vocabulary(family, Pretokenizer.NONE, tokens, types, scoreBits, List.of(), roles, affixes);
        }
        Pretokenizer cut = Pretokenizer.ofLabel(pre);
        Affixes plain = new Affixes(affixes.addBos(), affixes.addEos(), false);
        return new Vocabulary(family, cut, tokens, types, new int[0], merges, roles, plain);
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
        return tokens.length;
    }

    /** The text of a token as the file spells it, for example with U+0120 for a space. */
    public String token(int id) {
        return tokens[id];
    }

    /** The type of a token. */
    public TokenType type(int id) {
        return types[id];
    }

    /** Whether a token is structure: control, unknown, bos, or a stop id. */
    boolean isControl(int id) {
        return structure.control().get(id);
    }

    /** The ids that end an answer. */
    SortedSet<Integer> stopIds() {
        return structure.stopIds();
    }

    /** The bits of a token's float32 score; 0 where the family has none. */
    public int scoreBits(int id) {
        return scoreBits.length == 0 ? 0 : scoreBits[id];
    }

    /** The id of the token spelled so, of any type. */
    public OptionalInt idOf(String token) {
        Integer id = idOf.get(token);
        return id == null ? OptionalInt.empty() : OptionalInt.of(id);
    }

    /** Count of merges, in order of priority. */
    public int mergeCount() {
        return mergeLeft.length;
    }

    /** The left token of a merge. */
    int mergeLeft(int rank) {
        return mergeLeft[rank];
    }

    /** The right token of a merge. */
    int mergeRight(int rank) {
        return mergeRight[rank];
    }

    /** The token that a merge makes. */
    int mergeProduct(int rank) {
        return mergeProduct[rank];
    }

    /** The id of an ordinary token (normal or user-defined) spelled so, or -1. */
    int ordinaryId(String token) {
        Integer id = idOf.get(token);
        return id != null && isOrdinary(id) ? id : -1;
    }

    private boolean isOrdinary(int id) {
        return !isControl(id) && (types[id] == TokenType.NORMAL || types[id] == TokenType.USER_DEFINED);
    }

    private void readMerge(int rank, String merge) throws MalformedException {
        int space = merge.indexOf(' ');
        if (space < 1 || merge.indexOf(' ', space + 1) >= 0) {
            throw new MalformedException("merge " + rank + " is not two tokens: \"" + merge + "\"", rank);
        }
        String left = merge.substring(0, space);
        String right = merge.substring(space + 1);
        mergeLeft[rank] = mergePart(rank, left);
        mergeRight[rank] = mergePart(rank, right);
        mergeProduct[rank] = mergePart(rank, left.concat(right));
    }

    private void checkMergesDiffer() throws MalformedException {
        long[] pairs = new long[mergeLeft.length];
        for (int rank = 0; rank < pairs.length; rank++) {
            pairs[rank] = (long) mergeLeft[rank] << 32 | mergeRight[rank];
        }
        Arrays.sort(pairs);
        for (int i = 1; i < pairs.length; i++) {
            if (pairs[i] == pairs[i - 1]) {
                String left = tokens[(int) (pairs[i] >> 32)];
                throw new MalformedException("two merges of \"" + left + " " + tokens[(int) pairs[i]] + "\"", -1);
            }
        }
    }

    private int mergePart(int rank, String token) throws MalformedException {
        int id = ordinaryId(token);
        if (id < 0) {
            throw new MalformedException(
                    "merge " + rank + " needs \"" + token + "\", which is no ordinary token", rank);
        }
        return id;
    }

    /** Byte tokens spell their byte; SentencePiece has one for each byte, so every text has ids. */
    private void checkByteTokens() throws MalformedException {
        int found = 0;
        for (int b = 0; b < 256; b++) {
            int id = idOf(SentencePieces.byteToken(b)).orElse(-1);
            found += id >= 0 && types[id] == TokenType.BYTE ? 1 : 0;
        }
        int typed = (int) Arrays.stream(types).filter(t -> t == TokenType.BYTE).count();
        if (found != typed || model == Model.SENTENCE_PIECE && found != 256) {
            throw new MalformedException(
                    "a llama tokenizer has the byte tokens <0x00> to <0xFF>, got " + found + " of " + typed, -1);
        }
    }

    private static Map<String, Integer> index(String[] tokens) throws MalformedException {
        Map<String, Integer> index = LinkedHashMap.newLinkedHashMap(tokens.length);
        for (int id = 0; id < tokens.length; id++) {
            String token = tokens[id];
            bounded("length of token " + id, token.length(), 0, TOKEN_CHARS_MAX);
            if (!CodePoints.isWellFormed(token)) {
                throw new MalformedException("token " + id + " has half a surrogate pair", id);
            }
            Integer before = index.putIfAbsent(token, id);
            if (before != null) {
                throw new MalformedException("tokens " + before + " and " + id + " are both \"" + token + "\"", id);
            }
        }
        return index;
    }

    private static TokenType[] checkTypes(int[] numbers, int count) throws MalformedException {
        bounded("count of tokens", count, 1, TOKENS_MAX);
        TokenType[] types = new TokenType[count];
        if (numbers.length == 0) {
            Arrays.fill(types, TokenType.NORMAL);
            return types;
        }
        bounded("count of token types", numbers.length, count, count);
        for (int id = 0; id < count; id++) {
            types[id] = TokenType.of(numbers[id], id);
        }
        return types;
    }

    private static int[] checkScores(Model model, int[] bits, int count) throws MalformedException {
        if (model == Model.BYTE_PAIRS) {
            return new int[0];
        }
        bounded("count of token scores", bits.length, count, count);
        for (int id = 0; id < count; id++) {
            if ((bits[id] & 0x7FFFFFFF) > 0x7F800000) {
                throw new MalformedException("the score of token " + id + " is not a number", id);
            }
        }
        return bits.clone();
    }

    private static Roles checkRoles(Roles r, int count) throws MalformedException {
        bounded("bos id", r.bos(), -1, count - 1);
        bounded("eos id", r.eos(), -1, count - 1);
        bounded("unk id", r.unk(), -1, count - 1);
        bounded("eot id", r.eot(), -1, count - 1);
        bounded("eom id", r.eom(), -1, count - 1);
        return r;
    }

    private static int bounded(String what, int value, int low, int high) throws MalformedException {
        if (value < low || value > high) {
            throw new MalformedException(what + " must be from " + low + " to " + high + ", got " + value, -1);
        }
        return value;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Vocabulary v && Arrays.equals(encode(), v.encode());
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(tokens);
    }

    @Override
    public String toString() {
        return model.label + " " + pretokenizer.label() + " vocabulary of " + tokens.length + " tokens, "
                + mergeLeft.length + " merges";
    }
}
