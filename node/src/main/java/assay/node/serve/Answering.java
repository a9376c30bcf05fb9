package assay.node.serve;

import assay.core.base.Amount;
import assay.core.base.Hash;
import assay.core.codec.Json;
import assay.core.receipt.Bill;
import assay.core.receipt.Digests;
import assay.core.receipt.Receipt;
import assay.core.receipt.Transcript;
import assay.core.text.Answer;
import assay.core.text.Tokenizer;
import assay.engine.infer.Generation;
import assay.engine.infer.GenerationListener;
import assay.engine.infer.GenerationResult;
import assay.engine.infer.PickedToken;
import assay.node.audit.Replays;
import assay.node.http.ApiError;
import assay.node.openai.CancelReason;
import assay.node.openai.ChatHandle;
import assay.node.openai.ChatListener;
import assay.node.openai.Delta;
import assay.node.openai.FinishReason;
import assay.node.openai.ModelCard;
import assay.node.openai.ReceiptRef;
import assay.node.openai.TokenLogprob;
import assay.node.openai.Usage;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One request from its first id to its receipt.
 *
 * <p>The engine's thread tells of ids; the end is worked out on a thread of its own, since it waits for
 * the disk. A client that went away is billed for what reached it.
 */
final class Answering implements GenerationListener, ChatHandle {
    private final Chats chats;
    private final Accepted accepted;
    private final Amount worstCase;
    private final ChatListener listener;
    private final Tokenizer tokenizer;
    private final List<Answer> answers = new ArrayList<>();
    private final List<List<Transcript.Logprobs>> logprobs = new ArrayList<>();
    private volatile @Nullable Generation generation;
    private volatile @Nullable List<Integer> sentWhenCancelled;

    Answering(Chats chats, Accepted accepted, Amount worstCase, ChatListener listener) {
        this.chats = chats;
        this.accepted = accepted;
        this.worstCase = worstCase;
        this.listener = listener;
        this.tokenizer = chats.text().tokenizerOf();
        for (int i = 0; i < accepted.sampling().n(); i++) {
            answers.add(Answer.begin(tokenizer, accepted.sampling()));
            logprobs.add(new ArrayList<>());
        }
    }

    void attach(Generation started) {
        generation = started;
        if (sentWhenCancelled != null) {
            started.cancel();
        }
    }

    @Override
    public ModelCard model() {
        return chats.card();
    }

    @Override
    public void cancel(CancelReason reason, List<Integer> tokensSent) {
        if (sentWhenCancelled == null) {
            sentWhenCancelled = List.copyOf(tokensSent);
        }
        Generation started = generation;
        if (started != null) {
            started.cancel();
        }
    }

    @Override
    public void started(int cached) {
        listener.started(accepted.promptIds().length);
    }

    @Override
    public boolean token(int choice, PickedToken token) {
        if (sentWhenCancelled != null) {
            return false;
        }
        chats.book().sent(accepted.id(), choice, token.id());
        Answer answer = answers.get(choice);
        String text = answer.push(token.id());
        List<TokenLogprob> told = List.of();
        if (accepted.sampling().logprobs()) {
            logprobs.get(choice).add(Replays.logprobs(token));
            told = List.of(spelled(token));
        }
        listener.delta(new Delta(choice, text, answer.idsUsed(), told));
        answer.finish()
                .ifPresent(finish -> listener.choiceFinished(
                        choice, finish == Answer.Finish.STOP ? FinishReason.STOP : FinishReason.LENGTH));
        return !answer.isFinished();
    }

    private TokenLogprob spelled(PickedToken token) {
        List<TokenLogprob> top = new ArrayList<>();
        for (int i = 0; i < token.topIds().length; i++) {
            top.add(new TokenLogprob(
                    tokenizer.bytes(token.topIds()[i]), Math.min(0, token.topLogprobs()[i] / 65536.0), List.of()));
        }
        return new TokenLogprob(tokenizer.bytes(token.id()), Math.min(0, token.logprob() / 65536.0), top);
    }

    @Override
    public void done(GenerationResult result) {
        Thread.ofVirtual().name("assay-receipt").start(() -> finish(result));
    }

    @Override
    public void failed(Throwable why) {
        Thread.ofVirtual().name("assay-receipt").start(() -> {
            chats.book().drop(accepted.id());
            chats.payer().settle(worstCase, Amount.ZERO);
            listener.failed(ApiError.internal("engine_failed", "The engine failed: " + why.getMessage()));
        });
    }

    private void finish(GenerationResult result) {
        List<Integer> sent = sentWhenCancelled;
        List<Sent> choices = new ArrayList<>();
        int total = 0;
        for (int i = 0; i < result.choices().size(); i++) {
            GenerationResult.Choice choice = result.choices().get(i);
            int count = choice.ids().length;
            if (sent != null && !answers.get(i).isFinished()) {
                count = Math.min(count, i < sent.size() ? sent.get(i) : 0);
            } else if (sent != null) {
                count = Math.min(count, i < sent.size() ? Math.max(sent.get(i), 0) : 0);
            }
            total += count;
            int[] ids = java.util.Arrays.copyOf(choice.ids(), count);
            choices.add(new Sent(
                    ids,
                    choice.steps(count),
                    choice.roots().after(count),
                    List.copyOf(logprobs.get(i).subList(0, accepted.sampling().logprobs() ? count : 0))));
        }
        if (total == 0) {
            chats.payer().settle(worstCase, Amount.ZERO);
            chats.book().drop(accepted.id());
            listener.failed(ApiError.unavailable("cancelled", "The request was cancelled before its first token.", 1));
            return;
        }
        chats.book().timed(accepted.id(), result.times());
        sign(result, choices);
    }

    /**
     * What one choice came to.
     *
     * @param ids billed
     * @param steps positions fed for them
     * @param root over those
     * @param logprobs of the ids, if asked for
     */
    @SuppressWarnings("ArrayRecordComponent") // ids, never compared
    record Sent(int[] ids, int steps, Hash root, List<Transcript.Logprobs> logprobs) {}

    private void sign(GenerationResult result, List<Sent> choices) {
        Signing.Draft draft = Signing.draft(chats, accepted, result.cached(), choices);
        Amount amount = Amount.ofMicro(Bill.of(accepted.price(), draft.usage()));
        Receipt receipt;
        Hash traces = Digests.traces(choices.stream().map(Sent::root).toList());
        java.util.concurrent.CompletableFuture<Book.Entry> signed;
        synchronized (chats.payer()) {
            Amount owed = chats.payer().settle(worstCase, amount);
            receipt = draft.receipt(amount, owed, Digests.blind(traces, accepted.traceSalt()));
            signed = chats.book()
                    .sign(
                            accepted.id(),
                            receipt,
                            draft.transcript(),
                            chats.ledgerModel(),
                            traces,
                            accepted.traceSalt());
        }
        signed.whenComplete((entry, error) -> {
            if (error != null) {
                listener.failed(ApiError.unavailable(
                        "disk_full", "The receipt could not be written: " + error.getMessage(), 10));
                return;
            }
            chats.signed(entry, accepted.promptIds(), choices);
            Json.Obj extra = Json.object()
                    .put("log_index", entry.index())
                    .put("amount_micro", amount.micro())
                    .put("content_tokens", chats.contentTokens(accepted.request()))
                    .put("prefill_nanos", result.times().prefill())
                    .put("decode_nanos", result.times().decode())
                    .build();
            listener.done(
                    new Usage(
                            draft.usage().prompt(),
                            draft.usage().cached(),
                            draft.usage().completion()),
                    new ReceiptRef(entry.id(), entry.digest(), extra));
        });
    }
}
