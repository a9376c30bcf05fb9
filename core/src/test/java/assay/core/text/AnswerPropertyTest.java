package assay.core.text;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import assay.core.kernel.Sampling;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class AnswerPropertyTest {
    private static final long SEED = 11;
    private static Tokenizer tokenizer;

    @BeforeAll
    static void makeTokenizer() throws Exception {
        tokenizer = DetokenizerPropertyTest.bytePairs();
    }

    /** The definition, word for word and slowly: try each length of answer from the start. */
    private static Answer.Whole defined(int[] ids, Sampling sampling) {
        for (int used = 1; used <= ids.length; used++) {
            boolean stopId = tokenizer.stopIds().contains(ids[used - 1]);
            boolean last = stopId || used == sampling.maxTokens();
            int[] texted = Arrays.copyOf(ids, stopId ? used - 1 : used);
            int cut = earliest(certain(texted), sampling.stop());
            if (cut >= 0) {
                return new Answer.Whole(certain(texted).substring(0, cut), Answer.Finish.STOP, used);
            }
            if (last) {
                String whole = Detokenizer.text(tokenizer, texted);
                int lateCut = earliest(whole, sampling.stop());
                String text = lateCut >= 0 ? whole.substring(0, lateCut) : whole;
                boolean stopped = stopId || lateCut >= 0;
                return new Answer.Whole(text, stopped ? Answer.Finish.STOP : Answer.Finish.LENGTH, used);
            }
        }
        String text = certain(ids);
        int held = text.length();
        for (int from = text.length() - 1; from >= 0; from--) {
            String end = text.substring(from);
            held = sampling.stop().stream().anyMatch(s -> s.startsWith(end)) ? from : held;
        }
        return new Answer.Whole(text.substring(0, held), Answer.Finish.ABORTED, ids.length);
    }

    /** The characters that are complete after these ids. */
    private static String certain(int[] ids) {
        Detokenizer detokenizer = Detokenizer.of(tokenizer);
        StringBuilder text = new StringBuilder();
        for (int id : ids) {
            text.append(detokenizer.push(id));
        }
        return text.toString();
    }

    private static int earliest(String text, List<String> stops) {
        return stops.stream()
                .mapToInt(text::indexOf)
                .filter(at -> at >= 0)
                .min()
                .orElse(-1);
    }

    @Test
    void streamedAndWholeAnswersAreAsDefined() {
        SplittableRandom random = new SplittableRandom(SEED);
        int[] finishes = new int[3];
        for (int round = 0; round < 20_000; round++) {
            int[] ids = ids(random);
            Sampling sampling = sampling(1 + random.nextInt(14), stops(random));
            Answer.Whole expected = defined(ids, sampling);
            assertEquals(expected, Answer.of(tokenizer, ids, sampling), "seed " + SEED + " round " + round);

            Answer answer = Answer.begin(tokenizer, sampling);
            StringBuilder sent = new StringBuilder();
            for (int i = 0; i < expected.idsUsed(); i++) {
                assertFalse(answer.isFinished());
                String delta = answer.push(ids[i]);
                assertTrue(CodePoints.isWellFormed(delta));
                sent.append(delta);
                assertEquals(sent.toString(), answer.text());
            }
            answer.abort();
            assertEquals(expected, answer.whole(), "seed " + SEED + " round " + round);
            assertEquals(expected.text(), sent.toString());
            finishes[expected.finish().ordinal()]++;
        }
        assertTrue(Arrays.stream(finishes).min().getAsInt() > 1_000, Arrays.toString(finishes));
    }

    /** Few letters, so that stop strings overlap, and pieces of characters. */
    private static int[] ids(SplittableRandom random) {
        String[] words = {"a", "b", "ab", "ba", "aab", " a", "\u00c3", "\u00a9", "\u00f0", "\u0141"};
        int[] ids = new int[random.nextInt(16)];
        for (int i = 0; i < ids.length; i++) {
            int word = random.nextInt(words.length);
            int id = tokenizer.vocabulary().idOf(words[word]).orElse(tokenizer.encode("b")[0]);
            ids[i] = random.nextInt(25) == 0 ? 2 : id;
        }
        return ids;
    }

    private static List<String> stops(SplittableRandom random) {
        List<String> stops = new ArrayList<>();
        for (int n = random.nextInt(5); n > 0; n--) {
            StringBuilder stop = new StringBuilder();
            for (int length = 1 + random.nextInt(5); length > 0; length--) {
                stop.append("abab \u00e9\ufffd".charAt(random.nextInt(7)));
            }
            stops.add(stop.toString());
        }
        return stops;
    }

    private static Sampling sampling(int maxTokens, List<String> stop) {
        return new Sampling(0, 0, 1, 0, 0, 0, new TreeMap<>(), maxTokens, stop, 1, false, 0);
    }

    @Test
    void theIdThatEndsAnAnswerCounts() {
        int a = tokenizer.encode("a")[0];
        Answer.Whole byId = Answer.of(tokenizer, new int[] {a, 2, a}, sampling(9, List.of()));
        assertEquals(new Answer.Whole("a", Answer.Finish.STOP, 2), byId);
        Answer.Whole byString = Answer.of(tokenizer, new int[] {a, a, a}, sampling(9, List.of("aa")));
        assertEquals(new Answer.Whole("", Answer.Finish.STOP, 2), byString);
        Answer.Whole byLength = Answer.of(tokenizer, new int[] {a, a, a}, sampling(3, List.of("aaaa")));
        assertEquals(new Answer.Whole("aaa", Answer.Finish.LENGTH, 3), byLength);
        assertEquals(
                "stop length aborted",
                String.join(
                        " ",
                        List.of(Answer.Finish.values()).stream()
                                .map(Answer.Finish::label)
                                .toList()));
    }

    @Test
    void textIsHeldBackWhileItMayBeginAStopString() {
        Answer answer = Answer.begin(tokenizer, sampling(9, List.of("abc")));
        assertEquals("", answer.push(tokenizer.encode("a")[0]));
        assertEquals("", answer.push(tokenizer.encode("b")[0]));
        assertEquals("abd", answer.push(tokenizer.encode("d")[0]));
        assertEquals(Optional.empty(), answer.finish());
        assertThrows(IllegalStateException.class, answer::whole);
        answer.push(tokenizer.encode("a")[0]);
        answer.abort();
        assertEquals(new Answer.Whole("abd", Answer.Finish.ABORTED, 4), answer.whole());
        assertThrows(IllegalStateException.class, () -> answer.push(3));
    }

    @Test
    void aStopStringWithHalfACharacterNeverMatches() {
        int[] smile = tokenizer.encode("\ud83d\ude42");
        Answer.Whole whole = Answer.of(tokenizer, smile, sampling(smile.length, List.of("\ud83d", "\ude42")));
        assertEquals("\ud83d\ude42", whole.text());
    }
}
