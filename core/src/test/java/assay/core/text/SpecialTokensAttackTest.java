package assay.core.text;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import assay.core.base.MalformedException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Vocabularies whose special tokens lie within one another: what they may cost is bounded. */
class SpecialTokensAttackTest {
    /** User-defined tokens a, aa, aaa and so on. */
    private static Vocabulary nested(int longest) throws MalformedException {
        List<String> tokens = new ArrayList<>();
        for (int i = 1; i <= longest; i++) {
            tokens.add("a".repeat(i));
        }
        int[] types = new int[longest];
        Arrays.fill(types, 4);
        return Vocabulary.of(
                "gpt2",
                "gpt-2",
                tokens,
                types,
                new int[0],
                List.of(),
                new Vocabulary.Roles(-1, -1, -1, -1, -1),
                new Vocabulary.Affixes(false, false, false));
    }

    @Test
    void specialTokensHaveAtMostSoManyCharsTogether() throws MalformedException {
        assertEquals(723, nested(723).size(), "723 · 724 / 2 = 261,726");
        assertThrows(MalformedException.class, () -> nested(724));
    }

    @Test
    void aTextWithTooManyOverlappingSpotsIsRefused() throws MalformedException {
        Tokenizer tokenizer = Tokenizer.of(nested(700));
        assertThrows(IllegalArgumentException.class, () -> tokenizer.encode("a".repeat(65_000)));
        assertEquals(1, tokenizer.encode("a".repeat(700)).length);
    }

    @Test
    void runsOfSpacesAsRealModelsHaveThemAreNoTrouble() throws MalformedException {
        // Gemma's vocabulary has user-defined runs of 2 to 31 spaces.
        Tokenizer tokenizer = Tokenizer.of(nested(31));
        int[] ids = tokenizer.encode("a".repeat(65_000));
        assertTrue(ids.length <= 65_000 / 31 + 31, "runs: " + ids.length);
    }
}
