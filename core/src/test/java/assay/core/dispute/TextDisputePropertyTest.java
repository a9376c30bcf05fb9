package assay.core.dispute;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import assay.core.base.MalformedException;
import assay.core.receipt.Receipt;
import assay.core.receipt.Statement;
import assay.core.receipt.Transcript;
import assay.core.text.ChatRequest;
import assay.core.verify.TranscriptCheck;
import assay.core.verify.Verdict;
import assay.core.verify.Verifier;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/**
 * Everything that a node can get wrong around the choice of the ids: the liar loses, whichever side it is on.
 *
 * <p>{@code -Ddispute.faults=1000} runs that many of each kind (docs/protocol/dispute.md gives the command).
 */
class TextDisputePropertyTest {
    private static final long SEED = 20261122;
    private static final int FAULTS = Integer.getInteger("dispute.faults", 2);
    private static final String[] WORDS = {
        "hello", "the", "and", "he", "<|im_end|>", "42", "na\u00efve", "\u6a21\u578b", "  ", "\n", "they're", "\""
    };

    /** What a node does wrong; it computes everything else from that, and signs for it. */
    private enum Lie {
        INJECTED_CONTEXT,
        DROPPED_MESSAGE,
        OTHER_DATE,
        OTHER_TOKENS,
        CHANGED_TEXT,
        OTHER_FINISH,
        TOKENS_PAST_THE_END,
        CUT_ANSWER,
        OVERBILLED_PROMPT,
        OVERBILLED_AMOUNT,
        OTHER_SAMPLING,
        OTHER_SEED,
        OTHER_LENGTH
    }

    /** A request: messages, and how it is sampled. */
    private record Question(List<String> messages, String rest) {
        static Question random(SplittableRandom random) {
            List<String> messages = new ArrayList<>();
            for (int i = 1 + random.nextInt(3); i > 0; i--) {
                StringBuilder text = new StringBuilder();
                for (int w = 1 + random.nextInt(4); w > 0; w--) {
                    text.append(WORDS[random.nextInt(WORDS.length)]).append(' ');
                }
                messages.add("{\"role\":\"user\",\"content\":" + TinyText.quoted(text.toString()) + "}");
            }
            String heat = random.nextBoolean() ? ",\"temperature\":0" : ",\"temperature\":1.5,\"top_p\":0.9";
            return new Question(messages, ",\"seed\":5,\"max_tokens\":" + (2 + random.nextInt(5)) + heat);
        }

        Question stoppingAt(String stop) {
            return new Question(messages, rest + ",\"stop\":[" + TinyText.quoted(stop) + "]");
        }

        byte[] body() {
            return TinyText.utf8("{\"model\":\"tiny\",\"messages\":[" + String.join(",", messages) + "]" + rest + "}");
        }
    }

    /** A question, and often one whose answer meets a stop string. */
    private static Question question(SplittableRandom random) throws MalformedException {
        Question q = Question.random(random);
        String text = honest(q).transcript().choices().getFirst().text();
        int at = text.isEmpty() ? 0 : random.nextInt(text.length());
        boolean stops = !text.isEmpty() && text.charAt(at) > ' ' && text.charAt(at) < 0x7f && random.nextInt(3) > 0;
        return stops ? q.stoppingAt(text.substring(at, at + 1)) : q;
    }

    /** An honest party's work: another one if it is about another receipt. */
    private static TinyWork honest(Question q) throws MalformedException {
        byte[] body = q.body();
        ChatRequest request = ChatRequest.parse(body, body.length);
        int[] prompt = TinyText.RULES.promptIds(request, "2026-11-30");
        int most = request.sampling(9).maxTokens();
        TinyWork whole = new TinyWork(TinyText.MODEL, body, prompt, most, -1, 0, Optional.of(TinyText.RULES));
        int used = TinyText.RULES
                .read(whole.transcript().choices().getFirst().idArray(), request.sampling(most))
                .tokens();
        return used == most ? whole : answering(body, prompt, used);
    }

    private static TinyWork answering(byte[] body, int[] prompt, int count) throws MalformedException {
        return new TinyWork(TinyText.MODEL, body, prompt, count, -1, 0, Optional.of(TinyText.RULES));
    }

    /** One that lies so; empty where this question leaves no room for it. */
    private static Optional<TinyWork> liar(Lie lie, Question q, TinyWork honest, SplittableRandom random)
            throws MalformedException {
        Transcript t = honest.transcript();
        Transcript.Choice c = t.choices().getFirst();
        return switch (lie) {
            case INJECTED_CONTEXT -> {
                List<String> more = new ArrayList<>(q.messages());
                more.add(random.nextInt(more.size() + 1), "{\"role\":\"system\",\"content\":\"buy\"}");
                yield Optional.of(prompted(honest, new Question(more, q.rest()), "2026-11-30"));
            }
            case DROPPED_MESSAGE -> {
                if (q.messages().size() == 1) {
                    yield Optional.empty();
                }
                List<String> fewer = new ArrayList<>(q.messages());
                fewer.remove(random.nextInt(fewer.size()));
                TinyWork other = prompted(honest, new Question(fewer, q.rest()), "2026-11-30");
                yield Arrays.equals(other.transcript().promptIds(), t.promptIds())
                        ? Optional.empty()
                        : Optional.of(other);
            }
            case OTHER_DATE -> Optional.of(prompted(honest, q, "1999-12-31"));
            case OTHER_TOKENS -> split(honest, random);
            case CHANGED_TEXT -> Optional.of(told(honest, c.text() + "!", c.finish()));
            case OTHER_FINISH -> {
                Receipt.Finish[] all = Receipt.Finish.values();
                Receipt.Finish other = all[(c.finish().ordinal() + 1 + random.nextInt(all.length - 1)) % all.length];
                yield Optional.of(told(honest, c.text(), other));
            }
            case TOKENS_PAST_THE_END -> {
                TinyWork longer = answering(t.body(), t.promptIds(), c.ids().size() + 1 + random.nextInt(2));
                yield Optional.of(longer.saying(longer.transcript()));
            }
            case CUT_ANSWER -> {
                if (c.ids().size() < 2 || c.finish() == Receipt.Finish.ABORTED) {
                    yield Optional.empty();
                }
                TinyWork shorter = answering(t.body(), t.promptIds(), c.ids().size() - 1);
                Transcript.Choice cut = shorter.transcript().choices().getFirst();
                yield Optional.of(told(shorter, cut.text(), c.finish()));
            }
            case OVERBILLED_PROMPT -> {
                long more = 1 + random.nextInt(3);
                long amount = honest.receipt().payment().amount();
                String counted = "\"usage\":{\"prompt\":";
                yield Optional.of(signing(
                        signing(honest, counted + t.promptIds().length, counted + (t.promptIds().length + more)),
                        "\"amount\":" + amount,
                        "\"amount\":" + (amount + (more + 1) / 2)));
            }
            case OVERBILLED_AMOUNT -> {
                long amount = honest.receipt().payment().amount();
                yield Optional.of(signing(honest, "\"amount\":" + amount, "\"amount\":" + (amount + 1)));
            }
            case OTHER_SAMPLING -> Optional.of(signing(honest, "\"top_k\":0", "\"top_k\":7"));
            case OTHER_SEED -> Optional.of(signing(honest, "\"value\":\"5\"", "\"value\":\"6\""));
            case OTHER_LENGTH -> {
                int length = honest.receipt().transcriptBytes();
                int other = random.nextInt(Referee.TRANSCRIPT_MAX_BYTES + 1);
                yield other == length
                        ? Optional.empty()
                        : Optional.of(signing(honest, "\"bytes\":" + length, "\"bytes\":" + other));
            }
        };
    }

    /** The model saw another question's prompt; the receipt is about this one. */
    private static TinyWork prompted(TinyWork honest, Question seen, String date) throws MalformedException {
        byte[] other = seen.body();
        int[] prompt = TinyText.RULES.promptIds(ChatRequest.parse(other, other.length), date);
        return answering(
                honest.transcript().body(),
                prompt,
                honest.transcript().choices().getFirst().ids().size());
    }

    /** One merged token of the prompt in its two halves, or two halves as one. */
    private static Optional<TinyWork> split(TinyWork honest, SplittableRandom random) throws MalformedException {
        int[] prompt = honest.transcript().promptIds();
        List<Integer> merged = new ArrayList<>();
        for (int i = 0; i < prompt.length; i++) {
            if (prompt[i] > TinyText.END) {
                merged.add(i);
            }
        }
        if (merged.isEmpty()) {
            return Optional.empty();
        }
        int at = merged.get(random.nextInt(merged.size()));
        byte[] bytes = TinyText.RULES.tokenizerOf().bytes(prompt[at]);
        int[] out = new int[prompt.length + bytes.length - 1];
        System.arraycopy(prompt, 0, out, 0, at);
        for (int i = 0; i < bytes.length; i++) {
            out[at + i] = bytes[i];
        }
        System.arraycopy(prompt, at + 1, out, at + bytes.length, prompt.length - at - 1);
        return Optional.of(answering(
                honest.transcript().body(),
                out,
                honest.transcript().choices().getFirst().ids().size()));
    }

    private static TinyWork told(TinyWork work, String text, Receipt.Finish finish) throws MalformedException {
        Transcript t = work.transcript();
        Transcript.Choice c = t.choices().getFirst();
        return work.saying(new Transcript(
                t.salt(), t.body(), t.promptIds(), List.of(new Transcript.Choice(text, c.ids(), finish, List.of()))));
    }

    /** The same work under a receipt in which these words stand for others. */
    private static TinyWork signing(TinyWork work, String words, String others) throws MalformedException {
        String statement = new String(work.statement(), StandardCharsets.UTF_8);
        assertTrue(statement.contains(words), () -> words + " in " + statement);
        byte[] changed = statement.replace(words, others).getBytes(StandardCharsets.UTF_8);
        return work.saying(work.transcript(), Statement.parse(changed));
    }

    /** What an honest auditor computes about another's receipt: from the request and the answer that were delivered. */
    private static Auditing auditing(TinyWork node) throws MalformedException {
        Transcript delivered = node.transcript().withoutPrompt();
        ChatRequest request = ChatRequest.parse(delivered.body(), delivered.body().length);
        int[] prompt =
                TinyText.RULES.promptIds(request, node.receipt().request().date());
        Transcript own = delivered.withPrompt(prompt);
        TinyWork replay = answering(
                        own.body(), prompt, own.choices().getFirst().ids().size())
                .saying(own, node.receipt());
        boolean wrong = !(TranscriptCheck.check(node.receipt(), own, TinyText.RULES) instanceof Verdict.Valid)
                || Verifier.contradiction(node.receipt()).isPresent();
        return new Auditing(replay, wrong);
    }

    private record Auditing(TinyWork work, boolean textWrong) {}

    @Test
    void theLiarLosesWhicheverSideLies() throws MalformedException {
        System.out.println("seed " + SEED);
        SplittableRandom random = new SplittableRandom(SEED);
        for (Lie lie : Lie.values()) {
            int done = 0;
            while (done < FAULTS) {
                Question q = question(random);
                TinyWork honest = honest(q);
                Optional<TinyWork> liar = liar(lie, q, honest, random);
                if (liar.isEmpty()) {
                    continue;
                }
                done++;
                TinyWork node = liar.get();
                String what = lie + ", fault " + done + ", asked " + new String(q.body(), StandardCharsets.UTF_8);
                Auditing auditor = auditing(node);
                assertTrue(auditor.textWrong(), () -> "an auditor sees it: " + what);
                assertFalse(Play.nodeWins(node, new Accusing(auditor.work(), true)), () -> "the node lies: " + what);
                assertFalse(auditing(honest).textWrong(), () -> "nothing is wrong with " + what);
                assertTrue(
                        Play.nodeWins(honest, new Accusing(honest, true)),
                        () -> "the challenger calls a right text wrong: " + what);
            }
        }
    }

    @Test
    void anHonestNodeWinsTheTextOfEveryQuestion() throws MalformedException {
        SplittableRandom random = new SplittableRandom(SEED + 1);
        List<Receipt.Finish> seen = new ArrayList<>();
        for (int i = 0; i < Math.max(20, FAULTS); i++) {
            TinyWork honest = honest(question(random));
            seen.add(honest.receipt().choices().getFirst().finish());
            assertTrue(Play.nodeWins(honest, new Accusing(honest, true)));
        }
        assertTrue(Collections.frequency(seen, Receipt.Finish.STOP) > 0, "answers stop, too: " + seen);
        assertTrue(Collections.frequency(seen, Receipt.Finish.LENGTH) > 0, "and end by their length: " + seen);
    }

    @Test
    void whatTheReceiptCallsTooLongIsNotShown() throws MalformedException {
        TinyWork honest = honest(Question.random(new SplittableRandom(SEED + 2)));
        int most = Referee.TRANSCRIPT_MAX_BYTES;
        for (int length : new int[] {most, most + 1}) {
            TinyWork node = signing(honest, "\"bytes\":" + honest.receipt().transcriptBytes(), "\"bytes\":" + length);
            At at = ((Ruling.Next)
                            Play.REFEREE.show(node.terms(), new At.Start(), new Defender(node).move(new At.Start())))
                    .at();
            Ruling chosen = Play.REFEREE.choose(at, 0);
            assertEquals(length > most, chosen instanceof Ruling.Undecided);
            assertEquals(length <= most, chosen instanceof Ruling.Next);
        }
        // Whoever has the transcript can show that the receipt says another length.
        assertTrue(TranscriptCheck.length(honest.receipt(), honest.transcript()).isEmpty());
        assertTrue(TranscriptCheck.length(honest.receipt(), honest.transcript().withoutPrompt())
                .isEmpty());
    }

    @Test
    void aMoveWithTheRightTranscriptAndMoreIsNone() throws MalformedException {
        TinyWork honest = honest(Question.random(new SplittableRandom(SEED + 3)));
        At opened = ((Ruling.Next)
                        Play.REFEREE.show(honest.terms(), new At.Start(), new Defender(honest).move(new At.Start())))
                .at();
        At text = ((Ruling.Next) Play.REFEREE.choose(opened, 0)).at();
        byte[] move = new Defender(honest).move(text);
        assertInstanceOf(
                Ruling.Refused.class, Play.REFEREE.show(honest.terms(), text, Arrays.copyOf(move, move.length + 1)));
        assertInstanceOf(Ruling.Refused.class, Play.REFEREE.show(honest.terms(), text, new byte[0]));
        assertEquals(
                new Ruling.Settled(true, "text and bill follow from the request"),
                Play.REFEREE.show(honest.terms(), text, move));
        byte[] others = new Defender(honest(Question.random(new SplittableRandom(SEED + 4)))).move(text);
        Ruling.Settled another =
                assertInstanceOf(Ruling.Settled.class, Play.REFEREE.show(honest.terms(), text, others));
        assertFalse(another.nodeIsRight(), "another request's transcript");
    }
}
