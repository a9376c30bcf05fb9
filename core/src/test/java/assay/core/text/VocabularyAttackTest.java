package assay.core.text;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import assay.core.base.Hash;
import assay.core.base.MalformedException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Vocabularies that no honest file has, each refused with words that say why. */
class VocabularyAttackTest {
    private static final Vocabulary.Roles NO_ROLES = Vocabulary.Roles.ofModel("gpt2");
    private static final Vocabulary.Affixes PLAIN = new Vocabulary.Affixes(false, false, false);

    private static Vocabulary bytePairs(List<String> tokens, int[] types, List<String> merges) throws Exception {
        return Vocabulary.of("gpt2", "gpt-2", tokens, types, new int[0], merges, NO_ROLES, PLAIN);
    }

    private static void refused(String reason, List<String> tokens, int[] types, List<String> merges) {
        var e = assertThrows(MalformedException.class, () -> bytePairs(tokens, types, merges));
        assertTrue(e.getMessage().contains(reason), e.getMessage());
    }

    @Test
    void brokenTokensAndMergesAreRefused() {
        int[] none = {};
        refused("needs \"c\", which is no ordinary token", List.of("a", "b", "ab"), none, List.of("a c"));
        refused("needs \"ba\", which is no ordinary token", List.of("a", "b", "ab"), none, List.of("b a"));
        refused(
                "needs \"ab\", which is no ordinary token",
                List.of("a", "b", "ab"),
                new int[] {1, 1, 3},
                List.of("a b"));
        refused("two merges of \"a b\"", List.of("a", "b", "ab"), none, List.of("a b", "a b"));
        refused("is not two tokens", List.of("a", "b", "ab"), none, List.of("ab"));
        refused("is not two tokens", List.of("a", "b", "ab"), none, List.of("a b "));
        refused("tokens 0 and 2 are both \"a\"", List.of("a", "b", "a"), none, List.of());
        refused("count of tokens must be from 1", List.of(), none, List.of());
        refused("count of token types must be from 1 to 1, got 2", List.of("a"), new int[] {1, 1}, List.of());
        refused("token 0 has unknown type 7", List.of("a"), new int[] {7}, List.of());
        refused("token 0 has unknown type 0", List.of("a"), new int[] {0}, List.of());
        refused("length of token 0", List.of("a".repeat(5000)), none, List.of());
        refused("half a surrogate pair", List.of("\ud800"), none, List.of());
        refused("byte tokens", List.of("<0x0a>"), new int[] {6}, List.of());
    }

    @Test
    void rolesOutOfRangeAndUnknownFamiliesAreRefused() {
        for (Vocabulary.Roles roles :
                List.of(new Vocabulary.Roles(1, 0, 0, 0, 0), new Vocabulary.Roles(0, -2, 0, 0, 0))) {
            assertThrows(
                    MalformedException.class,
                    () -> Vocabulary.of(
                            "gpt2", "gpt-2", List.of("a"), new int[0], new int[0], List.of(), roles, PLAIN));
        }
        var adds = new Vocabulary.Affixes(true, false, false);
        assertThrows(
                MalformedException.class,
                () -> Vocabulary.of("gpt2", "gpt-2", List.of("a"), new int[0], new int[0], List.of(), NO_ROLES, adds));
        for (String[] names : new String[][] {{"bert", ""}, {"gpt2", ""}, {"gpt2", "default"}, {"llama", "gpt-2"}}) {
            assertThrows(
                    MalformedException.class,
                    () -> Vocabulary.of(
                            names[0], names[1], List.of("a"), new int[0], new int[0], List.of(), NO_ROLES, PLAIN));
        }
    }

    @Test
    void piecesWithoutAllBytesOrWithScoresThatAreNoNumbersAreRefused() throws Exception {
        List<String> tokens = new ArrayList<>(List.of("a", "b", "ab"));
        for (int b = 0; b < 256; b++) {
            tokens.add(SentencePieces.byteToken(b));
        }
        int[] types = new int[tokens.size()];
        Arrays.fill(types, 6);
        Arrays.fill(types, 0, 3, 1);
        int[] scores = new int[tokens.size()];
        Vocabulary.of("llama", "", tokens, types, scores, List.of(), NO_ROLES, PLAIN);
        scores[1] = Float.floatToRawIntBits(Float.NaN);
        assertThrows(
                MalformedException.class,
                () -> Vocabulary.of("llama", "", tokens, types, scores, List.of(), NO_ROLES, PLAIN));
        assertThrows(
                MalformedException.class,
                () -> Vocabulary.of("llama", "", tokens, types, new int[3], List.of(), NO_ROLES, PLAIN));
        types[200] = 1;
        assertThrows(
                MalformedException.class,
                () -> Vocabulary.of("llama", "", tokens, types, new int[259], List.of(), NO_ROLES, PLAIN));
    }

    @Test
    void equalScoresMergeFromTheLeftAndHigherOnesFirst() throws Exception {
        List<String> tokens = new ArrayList<>(List.of("a", "b", "ab", "ba"));
        for (int b = 0; b < 256; b++) {
            tokens.add(SentencePieces.byteToken(b));
        }
        int[] types = new int[tokens.size()];
        Arrays.fill(types, 6);
        Arrays.fill(types, 0, 4, 1);
        float[][] scores = {{-1, -1}, {-2, -1}, {-0f, 0f}, {1, Float.NEGATIVE_INFINITY}, {Float.MIN_VALUE, 0}};
        int[][] expected = {{2, 0}, {0, 3}, {2, 0}, {2, 0}, {2, 0}};
        for (int i = 0; i < scores.length; i++) {
            int[] bits = new int[tokens.size()];
            bits[2] = Float.floatToRawIntBits(scores[i][0]);
            bits[3] = Float.floatToRawIntBits(scores[i][1]);
            Vocabulary v = Vocabulary.of("llama", "", tokens, types, bits, List.of(), NO_ROLES, PLAIN);
            assertArrayEquals(expected[i], Tokenizer.of(v).encode("aba"), "case " + i);
        }
    }

    @Test
    void canonicalBytesComeBackAndNoOthersDo() throws Exception {
        Vocabulary v = Vocabulary.of(
                "gpt2",
                "qwen2",
                List.of("a", "b", "ab", "<|im_end|>", "\u00e9\ud83d\ude42"),
                new int[] {1, 1, 1, 3, 4},
                new int[0],
                List.of("a b"),
                new Vocabulary.Roles(-1, 3, -1, -1, -1),
                new Vocabulary.Affixes(false, true, false));
        byte[] bytes = v.encode();
        assertEquals(v, Vocabulary.parse(bytes));
        assertEquals(Hash.tagged("assay/tokenizer/1", bytes), v.digest());
        for (int i = 0; i < bytes.length; i++) {
            assertThrows(MalformedException.class, parsing(Arrays.copyOf(bytes, i)));
            for (int bit = 0; bit < 8; bit++) {
                byte[] flipped = bytes.clone();
                flipped[i] ^= (byte) (1 << bit);
                try {
                    Vocabulary other = Vocabulary.parse(flipped);
                    assertNotEquals(v.digest(), other.digest());
                    assertArrayEquals(flipped, other.encode(), "what parses is canonical");
                } catch (MalformedException expected) {
                    assertTrue(expected.offset() >= -1);
                }
            }
        }
        assertThrows(MalformedException.class, parsing(Arrays.copyOf(bytes, bytes.length + 1)));
    }

    @Test
    void realSizedVocabulariesComeBackFromTheirBytes() throws Exception {
        for (Tokenizer t : List.of(DetokenizerPropertyTest.bytePairs(), DetokenizerPropertyTest.pieces())) {
            byte[] bytes = t.vocabulary().encode();
            assertArrayEquals(bytes, Vocabulary.parse(bytes).encode());
            assertEquals(t.vocabulary().mergeCount(), Vocabulary.parse(bytes).mergeCount());
        }
    }

    /** Each is refused: what parses is canonical, so a digest is of one vocabulary only. */
    @Test
    void bytesThatAreNotCanonicalAreRefused() throws Exception {
        byte[] pieces = DetokenizerPropertyTest.pieces().vocabulary().encode();
        byte[] pairs = DetokenizerPropertyTest.bytePairs().vocabulary().encode();
        int flags = 4 + 18 + 4 + 5 + 4 + 20; // magic, "llama", "", five roles
        assertEquals(5, pieces[flags], "bos and space");
        byte[] spaced = pairs.clone();
        spaced[4 + 18 + 4 + 4 + 4 + 6 + 20] |= 4; // "gpt2", "smollm"
        assertThrows(MalformedException.class, parsing(spaced));
        byte[] unknownFlag = pieces.clone();
        unknownFlag[flags] |= 8;
        assertThrows(MalformedException.class, parsing(unknownFlag));
        byte[] notUtf8 = pieces.clone();
        notUtf8[flags + 4 + 4 + 4] = (byte) 0xC0; // the first char of the first token
        assertThrows(MalformedException.class, parsing(notUtf8));
    }

    private static org.junit.jupiter.api.function.Executable parsing(byte[] bytes) {
        return () -> Vocabulary.parse(bytes);
    }
}
