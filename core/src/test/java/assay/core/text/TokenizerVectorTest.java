package assay.core.text;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Ids that llama.cpp and Hugging Face's tokenizers give; vectors/text/README.md says how they were made. */
class TokenizerVectorTest {
    @ParameterizedTest
    @ValueSource(strings = {"smollm", "gpt-2", "llama-bpe", "qwen2"})
    void byteLevelIdsAreThoseOfOtherLibraries(String pre) throws Exception {
        Tokenizer tokenizer =
                Tokenizer.of(TextVectors.vocabulary(TextVectors.folder().resolve("small-bytepair.json.gz"), pre));
        check(tokenizer, TextVectors.ids(TextVectors.folder().resolve("small-" + pre + ".ids.gz")));
    }

    static void check(Tokenizer tokenizer, List<int[]> expected) throws Exception {
        List<String> strings = TextVectors.strings();
        assertEquals(strings.size(), expected.size());
        for (int pass = 0; pass < 2; pass++) { // the second pass meets a filled cache
            for (int i = 0; i < strings.size(); i++) {
                String text = strings.get(i);
                assertArrayEquals(expected.get(i), tokenizer.encode(text), () -> "\"" + text + "\"");
            }
        }
    }
}
