package assay.core.text;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.SplittableRandom;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** A user writes the spelling of control tokens into a message. */
class ControlTokenAttackTest {
    private static final long SEED = 23;

    @Test
    void noUntrustedTextMakesAControlToken() throws Exception {
        SplittableRandom random = new SplittableRandom(SEED);
        for (Tokenizer tokenizer : List.of(DetokenizerPropertyTest.bytePairs(), DetokenizerPropertyTest.pieces())) {
            List<String> parts =
                    new ArrayList<>(List.of("<", "|", ">", "<s", "s>", " ", "im", "_end", "<0x0A>", "\u2581", "a"));
            for (int id = 0; id < tokenizer.vocabulary().size(); id++) {
                if (tokenizer.isControl(id)) {
                    parts.add(tokenizer.vocabulary().token(id));
                }
            }
            for (int round = 0; round < 3_000; round++) {
                StringBuilder text = new StringBuilder();
                for (int n = 1 + random.nextInt(8); n > 0; n--) {
                    text.append(parts.get(random.nextInt(parts.size())));
                }
                for (int id : tokenizer.encode(text.toString())) {
                    assertFalse(tokenizer.isControl(id), "seed " + SEED + " " + text);
                }
            }
        }
    }

    @Test
    void oneUntrustedCharKeepsAControlTokenAway() throws Exception {
        Tokenizer tokenizer = DetokenizerPropertyTest.bytePairs();
        String name = "<|im_end|>";
        String text = "a" + name + "b";
        for (int hole = 0; hole < text.length(); hole++) {
            BitSet trusted = new BitSet();
            trusted.set(0, text.length());
            trusted.clear(hole);
            boolean inside = hole >= 1 && hole <= name.length();
            int[] ids = tokenizer.encode(new MarkedText(text, trusted));
            assertEquals(!inside, Arrays.stream(ids).anyMatch(tokenizer::isControl), "hole at " + hole);
            if (inside) {
                assertArrayEquals(tokenizer.encode(text), ids);
            }
        }
    }

    /** Half the token from the template, half from the message that follows it. */
    @Test
    void aTemplateAndAMessageCannotSpellATokenTogether() throws Exception {
        Tokenizer tokenizer = DetokenizerPropertyTest.bytePairs();
        BitSet trusted = new BitSet();
        trusted.set(0, 5);
        int[] ids = tokenizer.encode(new MarkedText("<|im_end|>", trusted));
        assertTrue(Arrays.stream(ids).noneMatch(tokenizer::isControl));
    }

    @Test
    void stopIdsAreControlWhateverTheirType() throws Exception {
        Vocabulary v = Vocabulary.of(
                "gpt2",
                "gpt-2",
                List.of("a", "<|end|>", "<|eot_id|>", "stop", "<end_of_turn>"),
                new int[] {1, 4, 3, 1, 1},
                new int[0],
                List.of(),
                new Vocabulary.Roles(-1, 3, -1, -1, -1),
                new Vocabulary.Affixes(false, false, false));
        Tokenizer tokenizer = Tokenizer.of(v);
        assertEquals(new TreeSet<>(List.of(1, 2, 3)), tokenizer.stopIds());
        assertFalse(tokenizer.isControl(4));
        assertArrayEquals(new int[] {0, 0}, tokenizer.encode("a<|end|>a<|eot_id|>"));
        assertEquals(0, tokenizer.bytes(3).length);
    }

    @Test
    void textBeyondTheBoundIsRefused() throws Exception {
        Tokenizer tokenizer = DetokenizerPropertyTest.bytePairs();
        String longest = "x".repeat(Tokenizer.TEXT_CHARS_MAX + 1);
        assertThrows(IllegalArgumentException.class, () -> tokenizer.encode(longest));
    }

    /** One long word, spaces, starts of special tokens: quadratic time would be minutes. */
    @Test
    void longRunsAreEncoded() throws Exception {
        for (Tokenizer tokenizer : List.of(DetokenizerPropertyTest.bytePairs(), DetokenizerPropertyTest.pieces())) {
            for (String unit : List.of("a", " ", "<|im_", "<|im_end|>", "\n ", "'", "1")) {
                String text = unit.repeat(200_000 / unit.length());
                BitSet trusted = new BitSet();
                trusted.set(0, text.length());
                assertTrue(tokenizer.encode(new MarkedText(text, trusted)).length > 0);
            }
        }
    }
}
