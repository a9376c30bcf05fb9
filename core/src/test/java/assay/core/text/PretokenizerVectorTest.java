package assay.core.text;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import assay.core.base.MalformedException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Word boundaries that Hugging Face's tokenizers (its own regular-expression engine) finds. */
class PretokenizerVectorTest {
    @ParameterizedTest
    @ValueSource(strings = {"smollm", "gpt-2", "llama-bpe", "qwen2"})
    void wordsEndWhereTheRegularExpressionSays(String pre) throws Exception {
        List<String> strings = TextVectors.strings();
        List<int[]> expected = TextVectors.ids(TextVectors.folder().resolve(pre + ".cuts.gz"));
        assertEquals(strings.size(), expected.size());
        for (int i = 0; i < strings.size(); i++) {
            String text = strings.get(i);
            assertArrayEquals(expected.get(i), cuts(Pretokenizer.ofLabel(pre), text), () -> "\"" + text + "\"");
        }
    }

    @Test
    void anUnknownRuleIsRefusedByName() {
        var e = assertThrows(MalformedException.class, () -> Pretokenizer.ofLabel("tekken"));
        assertEquals(true, e.getMessage().contains("\"tekken\" is not supported"));
        assertThrows(MalformedException.class, () -> Pretokenizer.ofLabel(""));
    }

    private static int[] cuts(Pretokenizer pretokenizer, String text) {
        int[] codePoints = CodePoints.of(text, 0, text.length());
        IdList lengths = new IdList();
        for (int from = 0; from < codePoints.length; ) {
            int to = pretokenizer.wordEnd(codePoints, from);
            lengths.add(to - from);
            from = to;
        }
        return lengths.toArray();
    }
}
