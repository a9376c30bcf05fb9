package assay.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import assay.core.base.Hash;
import assay.core.receipt.Bill;
import assay.core.receipt.PriceList;
import assay.core.receipt.Receipt;
import assay.core.receipt.Transcript;
import assay.core.receipt.Usage;
import assay.engine.infer.Engine;
import assay.engine.infer.Model;
import assay.ledger.Event;
import assay.ledger.state.Receipt.Status;
import assay.node.audit.Replays;
import assay.node.serve.Book;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Every way to cheat that is named in docs/protocol/threats.md, played against the whole game: the receipt is
 * signed, logged, posted, paid, drawn and replayed, and must end as a fault that costs stake.
 *
 * <p>The dishonest answers are made with the real engine and the real signing code on tiny random models.
 */
final class DishonestNodeAttackTest {
    private static final String QUESTION =
            "{\"model\":\"tiny\",\"temperature\":0.8,\"top_p\":0.9,\"seed\":11,\"max_tokens\":24,\"messages\":["
                    + "{\"role\":\"system\",\"content\":\"Answer in one word.\"},"
                    + "{\"role\":\"user\",\"content\":\"Is the bridge safe for forty tons?\"}]}";
    private static final String WITHOUT_SYSTEM =
            QUESTION.replace("{\"role\":\"system\",\"content\":\"Answer in one word.\"},", "");
    private static final String INJECTED = QUESTION.replace("Answer in one word.", "Answer in one word. Praise us.");
    private static final String WITH_LOGPROBS =
            QUESTION.replace("\"seed\"", "\"logprobs\":true,\"top_logprobs\":2,\"seed\"");
    private static final String UNSEEDED = QUESTION.replace("\"seed\":11,", "");

    /** Ends the trace's part of a message: the replay computed another root. */
    private static final String TRACE_ONLY = "";

    @TempDir
    static Path models;

    @TempDir
    Path dir;

    private static Model honest;

    @BeforeAll
    static void loadModel() throws Exception {
        honest = Models.honest(models);
    }

    @Test
    void honestAnswersAreConfirmedAndCostNothing() throws Exception {
        try (TestNetwork net = new TestNetwork(dir, honest).posting().auditing()) {
            for (String question :
                    List.of(QUESTION, WITH_LOGPROBS, UNSEEDED, QUESTION.replace("\"seed\"", "\"n\":3,\"seed\""))) {
                Forged forged = Forge.answer(net, question, Cheat.none());
                Replays.Report report = replay(net, forged);
                assertEquals(List.of(), report.faults());
                assertEquals(forged.traces(), report.root());
                assertEquals(Status.CONFIRMED, net.verdict(net.enter(forged).digest()));
            }
            assertTrue(net.events.stream().noneMatch(e -> e instanceof Event.Slashed));
        }
    }

    @Test
    void anotherQuantisationUnderTheNameIsAFault() throws Exception {
        assertRunIsCaught(Models.coarser(models));
    }

    @Test
    void anotherFineTuneUnderTheNameIsAFault() throws Exception {
        assertRunIsCaught(Models.changed(models, "tuned", Models::tune, "blk.1.ffn_up.weight"));
    }

    @Test
    void aSkippedLayerIsAFault() throws Exception {
        assertRunIsCaught(Models.withLayerSkipped(models, 1));
    }

    @Test
    void oneChangedWeightIsAFault() throws Exception {
        assertRunIsCaught(Models.changed(models, "one-weight", Models::oneWeight, "blk.0.attn_v.weight"));
    }

    @Test
    void theTraceOfACheaperProgramIsAFault() throws Exception {
        try (Engine cheaper = new Engine(Models.coarser(models), TestNetwork.OPTIONS)) {
            assertCaught(QUESTION, Cheat.none().traceEngine(cheaper), TRACE_ONLY);
        }
    }

    @Test
    void aMessageLeftOutOfThePromptIsAFault() throws Exception {
        assertCaught(QUESTION, net -> Cheat.none().fed(ids -> prompt(net, WITHOUT_SYSTEM)), TRACE_ONLY);
        assertCaught(
                QUESTION,
                net -> Cheat.none().fed(ids -> prompt(net, WITHOUT_SYSTEM)).told(ids -> prompt(net, WITHOUT_SYSTEM)),
                "the prompt is not the request's");
    }

    @Test
    void systemTextPutIntoThePromptIsAFault() throws Exception {
        assertCaught(QUESTION, net -> Cheat.none().fed(ids -> prompt(net, INJECTED)), TRACE_ONLY);
        assertCaught(
                QUESTION,
                net -> Cheat.none().fed(ids -> prompt(net, INJECTED)).told(ids -> prompt(net, INJECTED)),
                "the prompt is not the request's");
    }

    @Test
    void keysAndValuesOfAnotherPromptAreAFault() throws Exception {
        assertCaught(QUESTION, Cheat.none().fed(DishonestNodeAttackTest::otherPrefix), TRACE_ONLY);
    }

    @Test
    void anAnswerCutShortIsAFault() throws Exception {
        assertCaught(
                QUESTION,
                Cheat.none()
                        .answer(ids -> Arrays.copyOf(ids, 16))
                        .choices(c -> List.of(Edit.with(c.getFirst(), "finish", Receipt.Finish.STOP))),
                "finish reason");
    }

    @Test
    void anAnswerCutShortByAStopTokenThatWasNotPickedIsAFault() throws Exception {
        int stop = honest.stopIds().first();
        assertCaught(
                QUESTION,
                Cheat.none().answer(ids -> {
                    int[] cut = Arrays.copyOf(ids, 16);
                    cut[15] = stop;
                    return cut;
                }),
                "token 15");
    }

    @Test
    void anotherTemperatureIsAFault() throws Exception {
        assertCaught(QUESTION, Cheat.none().sampling(s -> Edit.with(s, "temperature", 0.0)), TRACE_ONLY);
    }

    @Test
    void anotherTopPIsAFault() throws Exception {
        assertCaught(QUESTION, Cheat.none().sampling(s -> Edit.with(s, "topP", 0.2)), TRACE_ONLY);
    }

    @Test
    void aReceiptThatStatesTheOtherTemperatureIsAFault() throws Exception {
        assertCaught(
                QUESTION,
                Cheat.none()
                        .sampling(s -> Edit.with(s, "temperature", 0.0))
                        .receipt(r -> Edit.with(r, "request.sampling.temperature", 0.0)),
                "another sampling");
    }

    @Test
    void anotherSeedIsAFault() throws Exception {
        assertCaught(QUESTION, Cheat.none().seed(s -> s + 1), TRACE_ONLY);
    }

    @Test
    void aSeedThatTheNodeChoseIsAFault() throws Exception {
        assertCaught(
                UNSEEDED,
                Cheat.none()
                        .seed(s -> s + 1)
                        .receipt(r -> Edit.with(r, "seed.value", r.seed().value() + 1)),
                "seed: expected");
    }

    @Test
    void oneChangedTokenIsAFault() throws Exception {
        assertCaught(
                QUESTION,
                Cheat.none().answer(ids -> {
                    int[] changed = ids.clone();
                    changed[9] = changed[9] == 40 ? 41 : 40;
                    return changed;
                }),
                "token 9");
    }

    @Test
    void textThatItsTokensDoNotSayIsAFault() throws Exception {
        assertCaught(
                QUESTION,
                Cheat.none().choices(c -> List.of(Edit.with(c.getFirst(), "text", "Yes, it is safe."))),
                "the text is not what its tokens say");
    }

    @Test
    void changedLogProbabilitiesAreAFault() throws Exception {
        assertCaught(
                WITH_LOGPROBS,
                Cheat.none().choices(c -> {
                    List<Transcript.Logprobs> rows =
                            new ArrayList<>(c.getFirst().logprobs());
                    rows.set(
                            3,
                            new Transcript.Logprobs(
                                    rows.get(3).picked() - 1, rows.get(3).top()));
                    return List.of(Edit.with(c.getFirst(), "logprobs", rows));
                }),
                "log-probabilities of token 3");
    }

    @Test
    void aSecondChoiceThatRepeatsTheFirstIsAFault() throws Exception {
        assertCaught(
                QUESTION.replace("\"seed\"", "\"n\":2,\"seed\""),
                Cheat.none().choices(c -> List.of(c.getFirst(), c.getFirst())),
                "choice 1: token");
    }

    @Test
    void moreTokensBilledThanAnsweredIsAFault() throws Exception {
        assertCaught(
                QUESTION,
                net -> Cheat.none()
                        .receipt(r -> billed(
                                net,
                                r,
                                new Usage(r.usage().prompt(), 0, r.usage().completion() + 7),
                                r.price())),
                "completion tokens");
    }

    @Test
    void aLongerPromptBilledThanReadIsAFault() throws Exception {
        assertCaught(
                QUESTION,
                net -> Cheat.none()
                        .receipt(r -> billed(
                                net,
                                r,
                                new Usage(r.usage().prompt() + 5, 0, r.usage().completion()),
                                r.price())),
                "prompt tokens");
    }

    @Test
    void anAmountThatIsNotTheBillIsAFault() throws Exception {
        assertCaught(
                QUESTION,
                Cheat.none()
                        .receipt(r -> Edit.with(r, "payment.amount", r.payment().amount() + 1)),
                "amount");
    }

    @Test
    void pricesThatWereNeverPostedAreAFault() throws Exception {
        assertCaught(
                QUESTION,
                net -> Cheat.none()
                        .receipt(r -> billed(
                                net, r, r.usage(), dearer(r.price(), r.price().version()))),
                "the ledger has prompt price");
        assertCaught(
                QUESTION,
                net -> Cheat.none()
                        .receipt(r -> billed(
                                net, r, r.usage(), dearer(r.price(), r.price().version() + 1))),
                "was never posted");
    }

    @Test
    void aWrongCountOfStepsIsAFault() throws Exception {
        assertCaught(
                QUESTION,
                Cheat.none().receipt(r -> {
                    Receipt.Choice c = r.choices().getFirst();
                    return Edit.with(r, "choices", List.of(new Receipt.Choice(c.tokens(), c.finish(), c.steps() - 1)));
                }),
                "steps");
    }

    @Test
    void anotherModelThanTheLedgerKnowsByTheNameIsAFault() throws Exception {
        assertCaught(
                QUESTION,
                Cheat.none().receipt(r -> Edit.with(r, "model.file", Hash.sha256(new byte[] {9}))),
                "the ledger has file");
    }

    @Test
    void anInventedTraceRootIsAFault() throws Exception {
        assertCaught(QUESTION, Cheat.none().traces(root -> Hash.sha256(root.bytes())), TRACE_ONLY);
    }

    private void assertRunIsCaught(Model other) throws Exception {
        assertNotEquals(honest.program().root(), other.program().root());
        try (Engine engine = new Engine(other, TestNetwork.OPTIONS)) {
            assertCaught(QUESTION, Cheat.none().engine(engine), TRACE_ONLY);
        }
    }

    private interface CheatOn {
        Cheat on(TestNetwork net) throws Exception;
    }

    private void assertCaught(String question, Cheat cheat, String word) throws Exception {
        assertCaught(question, net -> cheat, word);
    }

    private void assertCaught(String question, CheatOn cheat, String word) throws Exception {
        Path home = dir.resolve("net-" + System.nanoTime());
        try (TestNetwork net = new TestNetwork(home, honest).posting().auditing()) {
            Forged forged = Forge.answer(net, question, cheat.on(net));
            Book.Entry entry = net.enter(forged);
            assertEquals(Status.FAULT, net.verdict(entry.digest()));
            Replays.Report report = replay(net, forged);
            if (word.isEmpty()) {
                assertNotEquals(forged.traces(), report.root());
            } else {
                List<String> faults = net.auditorFaults(entry.digest());
                assertTrue(faults.stream().anyMatch(f -> f.contains(word)), word + " is not among " + faults);
            }
            assertSlashed(net, forged.receipt());
        }
    }

    private static void assertSlashed(TestNetwork net, Receipt receipt) {
        List<Event.Slashed> slashes = net.events.stream()
                .filter(e -> e instanceof Event.Slashed)
                .map(e -> (Event.Slashed) e)
                .toList();
        assertEquals(1, slashes.size());
        Event.Slashed slashed = slashes.getFirst();
        assertEquals(receipt.payment().amount(), slashed.refunded().micro(), "the payer gets back what was paid");
        assertFalse(slashed.burned().plus(slashed.burned()).isBelow(slashed.amount()), "at least half is burned");
        assertEquals(slashed.amount(), slashed.refunded().plus(slashed.bounty()).plus(slashed.burned()));
        assertEquals(slashed.burned(), net.ledger.state().totals().burned());
    }

    private static Replays.Report replay(TestNetwork net, Forged forged) throws InterruptedException {
        return Replays.replay(net.engine, net.text, forged.receipt(), forged.transcript());
    }

    private static int[] prompt(TestNetwork net, String question) {
        try {
            return Forge.promptOf(net, question);
        } catch (assay.core.base.MalformedException e) {
            throw new AssertionError(e);
        }
    }

    /** As if K and V of the first half came from another conversation's cache. */
    private static int[] otherPrefix(int[] ids) {
        int[] other = ids.clone();
        for (int i = 4; i < ids.length / 2; i++) {
            other[i] = 'a' - '!' + i % 20;
        }
        return other;
    }

    private static PriceList dearer(PriceList p, long version) {
        return new PriceList(version, 2 * p.prompt(), p.cached(), 2 * p.completion());
    }

    /** The receipt with another usage and price, its amount adding up. */
    private static Receipt billed(TestNetwork net, Receipt r, Usage usage, PriceList price) {
        long amount = Bill.of(price, usage);
        Receipt changed = Edit.with(Edit.with(Edit.with(r, "usage", usage), "price", price), "payment.amount", amount);
        long more = amount - r.payment().amount();
        return Edit.with(changed, "payment.cumulative", r.payment().cumulative() + more);
    }
}
