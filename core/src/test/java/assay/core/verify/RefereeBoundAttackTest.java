package assay.core.verify;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import assay.core.base.MalformedException;
import assay.core.text.ChatPrompt;
import assay.core.text.ChatRequest;
import assay.core.text.Vocabulary;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;

/** Vocabularies and templates that are made to keep a referee at work: it leaves undecided what they make of a request. */
class RefereeBoundAttackTest {
    private static final String PLAIN = "{% for m in messages %}{{ m.content }}{% endfor %}";
    private static final Vocabulary.Affixes BARE = new Vocabulary.Affixes(false, false, false);

    /** 256 bytes, and user-defined runs of a up to this length. */
    private static Vocabulary nested(int longest) throws MalformedException {
        List<String> tokens = new ArrayList<>();
        for (char c = '!'; c <= '~'; c++) {
            tokens.add(String.valueOf(c));
        }
        int ordinary = tokens.size();
        for (int i = 2; i <= longest; i++) {
            tokens.add("a".repeat(i));
        }
        int[] types = new int[tokens.size()];
        Arrays.fill(types, 1);
        Arrays.fill(types, ordinary, types.length, 4);
        Vocabulary.Roles none = new Vocabulary.Roles(-1, -1, -1, -1, -1);
        return Vocabulary.of("gpt2", "gpt-2", tokens, types, new int[0], List.of(), none, BARE);
    }

    /** A "llama" vocabulary in which a run of a grows by one a at a time, up to this length: each step looks it all up. */
    private static Vocabulary growing(int longest) throws MalformedException {
        List<String> tokens = new ArrayList<>(List.of("<unk>", "<s>", "</s>"));
        for (int b = 0; b < 256; b++) {
            tokens.add(String.format(Locale.ROOT, "<0x%02X>", b));
        }
        int bytes = tokens.size();
        for (int i = 1; i <= longest; i++) {
            tokens.add("a".repeat(i));
        }
        int[] types = new int[tokens.size()];
        int[] scores = new int[tokens.size()];
        for (int i = 0; i < types.length; i++) {
            types[i] = i == 0 ? 2 : i < 3 ? 3 : i < bytes ? 6 : 1;
            scores[i] = Float.floatToIntBits(i);
        }
        return Vocabulary.of(
                "llama", "", tokens, types, scores, List.of(), new Vocabulary.Roles(1, 2, 0, -1, -1), BARE);
    }

    private static ModelText text(Vocabulary vocabulary, String template) throws MalformedException {
        return ModelText.of(vocabulary.encode(), template.getBytes(StandardCharsets.UTF_8));
    }

    private static TextRules.Prompt refereed(ModelText text, String content, List<int[]> answers)
            throws MalformedException {
        byte[] body = ("{\"model\":\"m\",\"messages\":[{\"role\":\"user\",\"content\":\"" + content + "\"}]}")
                .getBytes(StandardCharsets.UTF_8);
        return text.refereed(ChatRequest.parse(body, body.length), "2026-11-30", answers);
    }

    private static TextRules.Prompt refereed(ModelText text, String content) throws MalformedException {
        return refereed(text, content, List.of(new int[] {1, 2}));
    }

    @Test
    void whatFitsIsWhatTheNodeSaw() throws MalformedException {
        ModelText text = text(nested(31), PLAIN);
        byte[] body = "{\"model\":\"m\",\"messages\":[{\"role\":\"user\",\"content\":\"aaaahello\"}]}"
                .getBytes(StandardCharsets.UTF_8);
        ChatRequest request = ChatRequest.parse(body, body.length);
        TextRules.Prompt prompt = text.refereed(request, "2026-11-30", List.of());
        assertTrue(prompt.tooMuch().isEmpty());
        assertTrue(Arrays.equals(text.promptIds(request, "2026-11-30"), prompt.ids()));
        assertTrue(refereed(text, "word ".repeat(9_000)).tooMuch().isEmpty(), "45,000 chars of words");
        assertTrue(refereed(text(growing(16), PLAIN), "word ".repeat(9_000))
                .tooMuch()
                .isEmpty());
    }

    @Test
    void specialTokensThatLieInOneAnotherAreLeftUndecided() throws MalformedException {
        assertTrue(
                refereed(text(nested(700), PLAIN), "a".repeat(45_000)).tooMuch().isPresent());
        assertTrue(
                refereed(text(nested(31), PLAIN), "a".repeat(45_000)).tooMuch().isPresent());
    }

    @Test
    void aTokenThatGrowsCharByCharIsLeftUndecided() throws MalformedException {
        assertTrue(refereed(text(growing(2_000), PLAIN), "a".repeat(45_000))
                .tooMuch()
                .isPresent());
    }

    @Test
    void aTemplateThatMultipliesOrLoopsIsLeftUndecided() throws MalformedException {
        for (String template : List.of(
                "{% for i in range(9) %}" + PLAIN + "{% endfor %}",
                "{% for i in range(99999) %}{% if i == 7 %}x{% endif %}{% endfor %}",
                "{% set x = 'a' * 100000 %}{% for i in range(20) %}{{ x.find('a' * 1000 ~ 'b') }}{% endfor %}",
                "{{ ('a,' * 60000).split(',') | length }}{{ ('a,' * 60000).split(',') | length }}")) {
            assertTrue(
                    refereed(text(nested(2), template), "b".repeat(45_000))
                            .tooMuch()
                            .isPresent(),
                    template);
        }
        ModelText raises = text(nested(2), "{{ raise_exception('no') }}");
        assertThrows(MalformedException.class, () -> refereed(raises, "b"), "a refusal is the node's to respect");
    }

    @Test
    void aPromptIsMeasuredInBytes() throws MalformedException {
        ModelText three = text(nested(2), PLAIN.repeat(3));
        assertTrue(refereed(three, "b".repeat(ChatPrompt.REFEREE_BYTES_MAX / 3))
                .tooMuch()
                .isEmpty());
        assertTrue(refereed(three, "\u20ac".repeat(ChatPrompt.REFEREE_BYTES_MAX / 9 + 1))
                .tooMuch()
                .isPresent());
    }

    @Test
    void answersOfManyIdsOrLongTokensAreLeftUndecided() throws MalformedException {
        ModelText text = text(nested(700), PLAIN);
        int[] longest = new int[ModelText.ANSWER_CHARS_MAX / 700 + 1];
        Arrays.fill(longest, text.tokenizerOf().vocabulary().size() - 1);
        assertTrue(refereed(text, "b", List.of(longest)).tooMuch().isPresent());
        int[] many = new int[ModelText.IDS_MAX / 8];
        Arrays.fill(many, 1_000_000); // no tokens: they have no chars
        assertEquals(8L * many.length, ModelText.IDS_MAX);
        assertTrue(refereed(text, "b", List.of(many, many, many, many, many, many, many))
                .tooMuch()
                .isEmpty());
        assertTrue(refereed(text, "b", List.of(many, many, many, many, many, many, many, many))
                .tooMuch()
                .isPresent());
    }
}
