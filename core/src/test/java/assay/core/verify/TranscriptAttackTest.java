package assay.core.verify;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import assay.core.base.MalformedException;
import assay.core.codec.Json;
import assay.core.receipt.Digests;
import assay.core.receipt.Receipt;
import assay.core.receipt.Statement;
import assay.core.receipt.Transcript;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Nodes that cheat in the text around the computation; none of them needs the weights to be caught. */
class TranscriptAttackTest {
    private static final FakeRules RULES = new FakeRules();

    /** The verdict on a receipt that a node signs and logs over a transcript of its making. */
    private static Verdict signed(Transcript told) {
        return verify(Samples.receipt(told), told);
    }

    private static Verdict verify(Receipt receipt, Transcript told) {
        byte[] file = Samples.file(receipt, Samples.NODE, Samples.ORIGIN).encode();
        return Verifier.verify(file, told.encode(), RULES, Samples.policy());
    }

    private static void caught(Verdict verdict, String words) {
        String reason = assertInstanceOf(Verdict.Invalid.class, verdict).reason();
        assertTrue(reason.contains(words), reason);
    }

    private static Transcript with(int[] promptIds, List<Transcript.Choice> choices) {
        Transcript t = Samples.transcript();
        return new Transcript(t.salt(), t.body(), promptIds, choices);
    }

    private static List<Transcript.Choice> firstReplaced(Transcript.Choice choice) {
        List<Transcript.Choice> choices = new ArrayList<>(Samples.transcript().choices());
        choices.set(0, choice);
        return choices;
    }

    @Test
    void aTranscriptOfAnotherRequestOrAnswerIsRefused() {
        byte[] file = Samples.file().encode();
        int tried = 0;
        for (Mutants.Mutant<Transcript> m : Mutants.of(Samples.transcript())) {
            if (m.value() != null
                    && !java.util.Arrays.equals(
                            m.value().encode(), Samples.transcript().encode())) {
                Verdict verdict = Verifier.verify(file, m.value().encode(), RULES, Samples.policy());
                assertTrue(
                        verdict instanceof Verdict.Invalid || verdict instanceof Verdict.Malformed, m.path() + verdict);
                tried++;
            }
        }
        assertTrue(tried > 100, "mutants: " + tried);
    }

    @Test
    void aRefereeDerivesPromptIdsAndFindsEveryOtherTranscriptWrong() {
        Transcript bare = Samples.transcript().withoutPrompt();
        TranscriptCheck.Derivation honest = TranscriptCheck.derive(Samples.receipt(), bare, RULES);
        assertInstanceOf(Verdict.Valid.class, honest.verdict());
        assertArrayEquals(Samples.transcript().promptIds(), honest.whole().promptIds());
        int tried = 0;
        for (Mutants.Mutant<Transcript> m : Mutants.of(Samples.transcript())) {
            if (m.value() != null && !Arrays.equals(m.value().withoutPrompt().encode(), bare.encode())) {
                Verdict verdict = TranscriptCheck.derive(
                                Samples.receipt(), m.value().withoutPrompt(), RULES)
                        .verdict();
                assertInstanceOf(Verdict.Invalid.class, verdict, m.path());
                tried++;
            }
        }
        assertTrue(tried > 100, "mutants: " + tried);
    }

    @Test
    void aNodeThatDropsContextIsCaught() {
        int[] ids = Samples.transcript().promptIds();
        int[] cut = java.util.Arrays.copyOfRange(ids, 5, ids.length);
        caught(signed(with(cut, Samples.transcript().choices())), "the prompt is not the request's");
    }

    @Test
    void aNodeThatInjectsTextIntoThePromptIsCaught() {
        int[] ids = Samples.transcript().promptIds();
        int[] injected = java.util.Arrays.copyOf(ids, ids.length + 3);
        caught(signed(with(injected, Samples.transcript().choices())), "the prompt is not the request's");
    }

    @Test
    void aNodeThatSendsOtherTextThanItsTokensIsCaught() {
        Transcript.Choice c = Samples.transcript().choices().getFirst();
        Transcript.Choice other = new Transcript.Choice("Buy our product", c.ids(), c.finish(), c.logprobs());
        caught(signed(with(Samples.transcript().promptIds(), firstReplaced(other))), "the text is not what");
    }

    @Test
    void aNodeThatTruncatesAndCallsItAStopIsCaught() {
        Transcript.Choice c = Samples.transcript().choices().getFirst();
        Transcript.Choice cut =
                new Transcript.Choice("Rayleigh", c.ids().subList(0, 8), Receipt.Finish.STOP, List.of());
        caught(signed(with(Samples.transcript().promptIds(), firstReplaced(cut))), "finish reason");
    }

    @Test
    void aNodeThatBillsTokensPastTheEndIsCaught() {
        Transcript.Choice c = Samples.transcript().choices().getFirst();
        List<Integer> padded = new ArrayList<>(c.ids());
        padded.addAll(List.of(65, 66));
        Transcript.Choice longer = new Transcript.Choice(c.text(), padded, c.finish(), List.of());
        caught(signed(with(Samples.transcript().promptIds(), firstReplaced(longer))), "ids until the answer ends");
    }

    @Test
    void aNodeThatBillsAnAbortedAnswerBillsWhatWasSent() {
        Transcript.Choice c = Samples.transcript().choices().getFirst();
        Transcript.Choice sent =
                new Transcript.Choice("Rayleigh", c.ids().subList(0, 8), Receipt.Finish.ABORTED, List.of());
        Transcript t = with(Samples.transcript().promptIds(), firstReplaced(sent));
        Verdict.Valid valid = assertInstanceOf(Verdict.Valid.class, signed(t));
        assertTrue(valid.leavesOpen().toString().contains("broken off by its reader"));
        assertEquals(8, Samples.receipt(t).choices().getFirst().tokens());
    }

    @Test
    void aNodeThatChangesTheSamplerIsCaught() {
        for (String changed : List.of(
                Samples.BODY.replace("\"temperature\":0.7", "\"temperature\":0.0"),
                Samples.BODY.replace("THE END", "the end"),
                Samples.BODY.replace("\"7\":-1.5", "\"7\":-1.25"),
                Samples.BODY.replace("\"max_tokens\":40", "\"max_tokens\":41"))) {
            Receipt other = Samples.receipt(Samples.transcript(changed));
            Receipt honest = Samples.receipt();
            Receipt r = with(
                    honest,
                    new Receipt.Request(
                            honest.request().digest(),
                            honest.request().model(),
                            honest.request().date(),
                            other.request().sampling(),
                            other.request().samplingDigest()));
            caught(verify(r, Samples.transcript()), "another sampling");
        }
    }

    @Test
    void aNodeThatPicksTheSeedIsCaught() {
        Receipt honest = Samples.receipt();
        caught(verify(with(honest, new Receipt.Seed(8, Receipt.Seed.Source.CLIENT)), Samples.transcript()), "seed");
        Transcript unseeded = Samples.transcript(Samples.BODY.replace("\"seed\":-7,", ""));
        Receipt derived = Samples.receipt(unseeded);
        assertInstanceOf(Verdict.Valid.class, verify(derived, unseeded));
        assertEquals(
                Digests.seed(Digests.body(unseeded.body()), derived.payment().authorisation()),
                derived.seed().value());
        Receipt.Seed picked = new Receipt.Seed(derived.seed().value() + 1, Receipt.Seed.Source.DERIVED);
        caught(verify(with(derived, picked), unseeded), "seed");
        Receipt.Seed claimed = new Receipt.Seed(derived.seed().value(), Receipt.Seed.Source.CLIENT);
        caught(verify(with(derived, claimed), unseeded), "seed");
    }

    /** Whoever may choose the authorisation that a seed is derived from may try as many as it likes. */
    @Test
    void aSeedThatFollowsFromAPaymentNobodyShowsIsLeftOpen() {
        Transcript unseeded = Samples.transcript(Samples.BODY.replace("\"seed\":-7,", ""));
        Verdict.Valid valid = assertInstanceOf(Verdict.Valid.class, signed(unseeded));
        assertTrue(valid.leavesOpen().toString().contains("did not choose the seed"));
        Verdict.Valid seeded = assertInstanceOf(Verdict.Valid.class, signed(Samples.transcript()));
        assertFalse(seeded.leavesOpen().toString().contains("did not choose the seed"));
    }

    /** The date is a way to try prompts until one gives the wanted answer, unless it is that of the receipt. */
    @Test
    void aNodeThatPicksTheDateIsCaught() {
        String undated = Samples.BODY.replace(",\"date\":\"2026-11-30\"", "");
        Transcript t = Samples.transcript(undated);
        for (String day : List.of("2026-11-28", "2026-12-01", "2025-11-30", "9999-99-99")) {
            caught(dated(t, day), "date of the receipt's own time");
        }
        assertInstanceOf(Verdict.Valid.class, dated(t, "2026-11-30"));
        assertInstanceOf(Verdict.Valid.class, dated(t, "2026-11-29"));
    }

    private static Verdict dated(Transcript t, String day) {
        int[] ids;
        try {
            ids = RULES.promptIds(assay.core.text.ChatRequest.parse(t.body(), t.body().length), day);
        } catch (MalformedException e) {
            throw new AssertionError(e);
        }
        Transcript told = new Transcript(t.salt(), t.body(), ids, t.choices());
        Receipt honest = Samples.receipt(told);
        Receipt.Request asked = honest.request();
        return verify(
                with(
                        honest,
                        new Receipt.Request(
                                asked.digest(), asked.model(), day, asked.sampling(), asked.samplingDigest())),
                told);
    }

    @Test
    void aLimitThatTheNodeSetIsLeftOpen() {
        Transcript unlimited = Samples.transcript(Samples.BODY.replace("\"max_tokens\":40,", ""));
        Verdict.Valid valid = assertInstanceOf(Verdict.Valid.class, signed(unlimited));
        assertTrue(valid.leavesOpen().toString().contains("sets no limit"));
    }

    @Test
    void aBodyThatIsNoRequestIsTheNodesFault() {
        Transcript t = Samples.transcript();
        byte[] hostile = "{\"model\":\"m\",\"messages\":[]}".getBytes(StandardCharsets.UTF_8);
        Transcript told = new Transcript(t.salt(), hostile, t.promptIds(), t.choices());
        Receipt honest = Samples.receipt();
        Receipt r = with(
                honest,
                new Receipt.Request(
                        Digests.request(t.salt(), hostile),
                        honest.request().model(),
                        honest.request().date(),
                        honest.request().sampling(),
                        honest.request().samplingDigest()));
        caught(verify(r, told), "had to refuse");
    }

    @Test
    void rulesOfAnotherModelDecideNothing() {
        Receipt r = Samples.receipt();
        Receipt.Model m = r.model();
        Receipt.Model other = new Receipt.Model(
                m.id(), m.program(), m.weights(), Samples.hash("other"), m.template(), m.unicode(), m.file());
        Receipt changed = new Receipt(
                r.request(),
                r.prompt(),
                r.answer(),
                r.choices(),
                r.transcriptBytes(),
                r.nonce(),
                other,
                r.trace(),
                r.parents(),
                r.seed(),
                r.usage(),
                r.price(),
                r.payment(),
                r.node(),
                r.ledger(),
                r.timeMillis(),
                r.evidence(),
                r.sealed(),
                r.extra());
        assertInstanceOf(Verdict.Undecided.class, TranscriptCheck.check(changed, Samples.transcript(), RULES));
        // A referee has the program's own.
        caught(
                TranscriptCheck.derive(changed, Samples.transcript().withoutPrompt(), RULES)
                        .verdict(),
                "another tokenizer");
    }

    @Test
    void aTranscriptReadsBackWithLogprobs() throws Exception {
        Transcript t = Samples.transcript();
        List<Transcript.Logprobs> logprobs = List.of(
                new Transcript.Logprobs(-3, List.of(new Transcript.Likely(5, 0), new Transcript.Likely(9, -70_000))),
                new Transcript.Logprobs(0, List.of()));
        Transcript told = new Transcript(
                t.salt(),
                t.body(),
                t.promptIds(),
                List.of(new Transcript.Choice("\u00e9\n", List.of(5, 9), Receipt.Finish.STOP, logprobs)));
        Transcript again = Transcript.parse(told.encode());
        assertArrayEquals(told.encode(), again.encode());
        assertEquals(told.answer(), again.answer());
        assertEquals(told.choices(), again.choices());
        assertThrows(MalformedException.class, () -> Transcript.parse(new byte[0]));
    }

    /** Two transcripts that would hash alike under a sloppier formula. */
    @Test
    void partsOfAnAnswerDoNotRunIntoOneAnother() {
        Transcript.Choice a = new Transcript.Choice("ab", List.of(1), Receipt.Finish.STOP, List.of());
        Transcript.Choice b = new Transcript.Choice("", List.of(1), Receipt.Finish.STOP, List.of());
        assertFalse(Digests.answer(Samples.hash("s"), List.of(a, b))
                .equals(Digests.answer(Samples.hash("s"), List.of(b, a))));
        assertFalse(
                Digests.answer(Samples.hash("s"), List.of(a)).equals(Digests.answer(Samples.hash("t"), List.of(a))));
        assertFalse(Digests.ids(new int[] {1, 0}).equals(Digests.ids(new int[] {1})));
    }

    /** A receipt of eight choices with every optional part, and long names. */
    @Test
    void theLargestRealisticReceiptFitsFourKilobytes() {
        Receipt r = Samples.receipt();
        List<Receipt.Choice> choices =
                java.util.Collections.nCopies(8, new Receipt.Choice(2048, Receipt.Finish.ABORTED, 131_072));
        Receipt.Scalars scalars =
                new Receipt.Scalars(0.7333, 40, 0.9123, 0.0525, -1.125, -1.125, 300, 2048, 4, 8, true, 20);
        Receipt largest = new Receipt(
                new Receipt.Request(
                        r.request().digest(),
                        "meta-llama/Llama-3.2-1B-Instruct",
                        "2026-11-30",
                        scalars,
                        r.request().samplingDigest()),
                r.prompt(),
                r.answer(),
                choices,
                Samples.transcript().bareBytes(),
                "5a".repeat(32),
                new Receipt.Model(
                        Samples.hash("id").hex(),
                        r.model().program(),
                        r.model().weights(),
                        r.model().tokenizer(),
                        r.model().template(),
                        r.model().unicode(),
                        r.model().file()),
                r.trace(),
                r.parents(),
                new Receipt.Seed(Long.MIN_VALUE, Receipt.Seed.Source.DERIVED),
                new assay.core.receipt.Usage(131_072, 131_072, 16_384),
                new assay.core.receipt.PriceList(1000, 150_000_000, 75_000_000, 600_000_000),
                new Receipt.Payment(
                        r.payment().payer(),
                        r.payment().channel(),
                        29_491_200,
                        1_000_000_000_000L,
                        r.payment().authorisation(),
                        Receipt.Payment.Binding.NODE_ASSERTED,
                        1_000_000_000),
                r.node(),
                new Receipt.Ledger(7_777_331, 100_000_000),
                r.timeMillis(),
                List.of(
                        new Receipt.Evidence("nitro", Samples.hash("a")),
                        new Receipt.Evidence("proof", Samples.hash("b"))),
                true,
                Json.object().build());
        int size =
                Samples.file(largest, Samples.NODE, Samples.ORIGIN).envelope().encode().length;
        assertTrue(size <= 4096, "envelope of " + size + " bytes");
        assertTrue(Statement.encode(largest).length <= Statement.SIZE_MAX_BYTES);
    }

    private static Receipt with(Receipt r, Receipt.Request request) {
        return new Receipt(
                request,
                r.prompt(),
                r.answer(),
                r.choices(),
                r.transcriptBytes(),
                r.nonce(),
                r.model(),
                r.trace(),
                r.parents(),
                r.seed(),
                r.usage(),
                r.price(),
                r.payment(),
                r.node(),
                r.ledger(),
                r.timeMillis(),
                r.evidence(),
                r.sealed(),
                r.extra());
    }

    private static Receipt with(Receipt r, Receipt.Seed seed) {
        return new Receipt(
                r.request(),
                r.prompt(),
                r.answer(),
                r.choices(),
                r.transcriptBytes(),
                r.nonce(),
                r.model(),
                r.trace(),
                r.parents(),
                seed,
                r.usage(),
                r.price(),
                r.payment(),
                r.node(),
                r.ledger(),
                r.timeMillis(),
                r.evidence(),
                r.sealed(),
                r.extra());
    }
}
