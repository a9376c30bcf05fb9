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
import assay.node.pay.Cover;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/**
 * One request from its first id to its receipt.
 *
 * <p>The engine's thread tells of ids; where others wait for it, the end is worked out on a thread of its own, since
 * it waits for the disk. A client that went away is billed for what reached it.
 */
final class Answering implements GenerationListener {
    /** How long an answer that a stranger paid for goes on without a reader. */
    private static final long RETURN_MILLIS = 5_000;

    private static final System.Logger LOG = System.getLogger(Answering.class.getName());

    private final Chats chats;
    private volatile Accepted accepted;
    private final CompletableFuture<Void> written;
    private final Audience audience;
    private final Tokenizer tokenizer;
    private final List<Answer> answers = new ArrayList<>();
    private final List<List<Transcript.Logprobs>> logprobs = new ArrayList<>();
    private final List<List<Integer>> given = new ArrayList<>();
    private volatile @Nullable Generation generation;
    private volatile @Nullable List<Integer> sentWhenCancelled;
    private final Object asking = new Object();
    private Signing.@Nullable Question question;
    private final int[] mostSent;
    private int readers;
    private Optional<Amount> cost = Optional.empty();
    private Optional<Amount> told = Optional.empty();

    /** @param written completes when the request is on the disk: until then nothing is said to anybody */
    Answering(Chats chats, Accepted accepted, CompletableFuture<Void> written) {
        this.chats = chats;
        this.accepted = accepted;
        this.written = written;
        this.audience = new Audience(isPaidByStranger());
        this.mostSent = new int[accepted.sampling().n()];
        this.tokenizer = chats.text().tokenizerOf();
        for (int i = 0; i < accepted.sampling().n(); i++) {
            answers.add(Answer.begin(tokenizer, accepted.sampling()));
            logprobs.add(new ArrayList<>());
            given.add(new ArrayList<>());
        }
    }

    Accepted accepted() {
        return accepted;
    }

    /** What the receipt says about the question: made by who asks first, best while the engine computes. */
    Signing.Question question() {
        synchronized (asking) {
            Signing.Question known = question;
            if (known == null) {
                known = Signing.question(chats, accepted);
                question = known;
            }
            return known;
        }
    }

    /** The money that covers it was taken now; before anybody computes. */
    void collected(Cover cover) {
        accepted = accepted.with(cover);
    }

    void attach(Generation started) {
        generation = started;
        if (sentWhenCancelled != null) {
            started.cancel();
        }
    }

    /** What covers it. */
    Cover cover() {
        return accepted.cover();
    }

    private boolean isPaidByStranger() {
        return !(accepted.cover() instanceof Cover.Wallet);
    }

    /**
     * One more reader, who hears it from the start.
     *
     * @param version of x402 in which the reader paid, 0 for the wallet
     */
    ChatHandle join(ChatListener listener, int version) {
        synchronized (this) {
            readers++;
        }
        audience.join(listener);
        return new Reader(version);
    }

    private final class Reader implements ChatHandle {
        private final int version;
        private boolean gone;

        Reader(int version) {
            this.version = version;
        }

        @Override
        public ModelCard model() {
            return chats.card();
        }

        @Override
        public Map<String, String> headers() {
            if (version == 0) {
                return Map.of();
            }
            Optional<Amount> amount = tell(false);
            chats.till().desk().admit(accepted.cover());
            return chats.till().desk().headers(accepted.cover(), version, amount);
        }

        @Override
        public void cancel(CancelReason reason, List<Integer> tokensSent) {
            synchronized (this) {
                if (gone) {
                    return;
                }
                gone = true;
            }
            left(tokensSent);
        }
    }

    /**
     * Fixes what the payer is told: the cost if it is known, else, on a channel, the most that it can be.
     * Without a channel nothing needs to be fixed, and an unknown cost stays unsaid.
     *
     * @param helped whether the caller brings the word to the disk
     */
    private synchronized Optional<Amount> tell(boolean helped) {
        if (told.isEmpty() && (cost.isPresent() || accepted.cover() instanceof Cover.Channel)) {
            told = Optional.of(cost.orElse(accepted.cover().most()));
            chats.till().desk().tell(accepted.cover(), told.get()).ifPresent(t -> {
                if (helped) {
                    chats.book().toldToHelp(accepted.id(), t.channel(), t.amount(), t.total());
                } else {
                    chats.book().told(accepted.id(), t.channel(), t.amount(), t.total());
                }
            });
        }
        return told;
    }

    /** A reader went away. What a stranger paid for goes on a little, since it may come back for it. */
    private void left(List<Integer> tokensSent) {
        synchronized (this) {
            for (int i = 0; i < mostSent.length && i < tokensSent.size(); i++) {
                mostSent[i] = Math.max(mostSent[i], tokensSent.get(i));
            }
            readers--;
        }
        if (!isPaidByStranger()) {
            stopIfUnread();
            return;
        }
        Thread.ofVirtual().name("assay-return").start(() -> {
            try {
                Thread.sleep(RETURN_MILLIS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            stopIfUnread();
        });
    }

    private void stopIfUnread() {
        synchronized (this) {
            if (readers > 0 || sentWhenCancelled != null) {
                return;
            }
            sentWhenCancelled = Arrays.stream(mostSent).boxed().toList();
        }
        Generation started = generation;
        if (started != null) {
            started.cancel();
        }
    }

    @Override
    public void started(int cached) {
        audience.started(accepted.promptIds().length);
    }

    /** Whether request and payment are on the disk; by the first token they nearly always are. */
    private boolean isWritten() {
        try {
            written.join();
            return true;
        } catch (CompletionException e) {
            return false;
        }
    }

    /** Waits until request and payment are on the disk. */
    void awaitWritten() throws ApiError {
        if (!isWritten()) {
            throw unwritten();
        }
    }

    static ApiError unwritten() {
        return ApiError.unavailable("disk_full", "The node cannot write to its disk and takes no work.", 10);
    }

    @Override
    public boolean token(int choice, PickedToken token) {
        if (sentWhenCancelled != null
                || !isWritten()
                || !chats.book().refusing().isEmpty()) {
            return false;
        }
        chats.book().sent(accepted.id(), choice, token.id());
        given.get(choice).add(token.id());
        Answer answer = answers.get(choice);
        String text = answer.push(token.id());
        List<TokenLogprob> told = List.of();
        if (accepted.sampling().logprobs()) {
            logprobs.get(choice).add(Replays.logprobs(token));
            told = List.of(spelled(token));
        }
        audience.delta(new Delta(choice, text, answer.idsUsed(), told));
        answer.finish()
                .ifPresent(finish -> audience.choiceFinished(
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
        Runnable ending = () -> finish(result);
        if (isSigned(result) && chats.isEngineFree()) {
            guarded(ending); // nobody else waits for this thread, and another would have to wake
        } else {
            onOwnThread(ending);
        }
    }

    @Override
    public void failed(Throwable why) {
        onOwnThread(() -> {
            audience.failed(ApiError.internal("engine_failed", "The engine failed: " + why.getMessage()));
            receiptAfterFailure();
        });
    }

    /** Whatever goes wrong there: nobody waits for an answer for ever. */
    private void onOwnThread(Runnable ending) {
        Thread.ofVirtual().name("assay-receipt").start(() -> guarded(ending));
    }

    private void guarded(Runnable ending) {
        try {
            ending.run();
        } catch (RuntimeException | Error e) {
            LOG.log(System.Logger.Level.ERROR, () -> "request " + accepted.id() + " has no receipt", e);
            audience.failed(ApiError.internal("receipt_failed", "The receipt failed: " + e.getMessage()));
        }
    }

    /** Whether this ends in a receipt, for which nothing but the disk is waited: the wallet may wait for a top-up. */
    private boolean isSigned(GenerationResult result) {
        return isPaidByStranger()
                && sentWhenCancelled == null
                && written.isDone()
                && !written.isCompletedExceptionally()
                && result.choices().stream().allMatch(choice -> choice.ids().length > 0);
    }

    /**
     * What a stream had sent is computed again and receipted; where the engine is closed or fails again, the
     * journal keeps the request for the next start. A whole answer had sent nothing.
     */
    private void receiptAfterFailure() {
        List<List<Integer>> sent = new ArrayList<>();
        List<Integer> cut = sentWhenCancelled;
        for (int i = 0; i < given.size(); i++) {
            List<Integer> ids = given.get(i);
            sent.add(List.copyOf(cut == null ? ids : ids.subList(0, Math.min(ids.size(), cut.get(i)))));
        }
        if (!accepted.request().stream() || sent.stream().allMatch(List::isEmpty)) {
            chats.dropped(accepted);
            return;
        }
        try {
            chats.recovery()
                    .again(new Book.Unfinished(accepted, sent))
                    .ifPresent(choices -> sign(0, new GenerationResult.Times(0, 0, 0), choices));
        } catch (IllegalStateException e) {
            return;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void finish(GenerationResult result) {
        List<Integer> sent = sentWhenCancelled;
        List<Sent> choices = new ArrayList<>();
        int total = 0;
        for (int i = 0; i < result.choices().size(); i++) {
            GenerationResult.Choice choice = result.choices().get(i);
            int count = choice.ids().length;
            if (sent != null) {
                count = Math.min(count, sent.get(i));
            }
            total += count;
            int[] ids = Arrays.copyOf(choice.ids(), count);
            choices.add(new Sent(
                    ids,
                    choice.steps(count),
                    choice.roots().after(count),
                    List.copyOf(logprobs.get(i).subList(0, accepted.sampling().logprobs() ? count : 0))));
        }
        if (!isWritten()) {
            chats.neverBegan(accepted);
            audience.failed(unwritten());
            return;
        }
        if (total == 0) {
            chats.dropped(accepted);
            audience.failed(ApiError.unavailable("cancelled", "The request was cancelled before its first token.", 1));
            return;
        }
        chats.book().timed(accepted.id(), result.times());
        sign(result.cached(), result.times(), choices);
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

    private void sign(int cached, GenerationResult.Times times, List<Sent> choices) {
        Signing.Question asked = question();
        Signing.Draft draft = Signing.draft(chats, accepted, asked, cached, choices);
        Amount amount = Amount.ofMicro(Bill.of(accepted.price(), draft.usage()));
        Receipt receipt;
        Hash traces = Digests.traces(choices.stream().map(Sent::root).toList());
        CompletableFuture<Book.Entry> signed;
        synchronized (chats.till().order()) {
            Amount owed = chats.till().owe(accepted.cover(), amount);
            receipt = draft.receipt(amount, owed, Digests.blind(traces, accepted.traceSalt()));
            signed = chats.book()
                    .signToHelp(
                            accepted.id(), receipt, draft.file(), chats.ledgerModel(), traces, accepted.traceSalt());
        }
        synchronized (this) {
            cost = Optional.of(amount);
        }
        tell(true);
        chats.book().help();
        signed.whenComplete((entry, error) -> {
            if (error != null) {
                audience.failed(ApiError.unavailable(
                        "disk_full", "The receipt could not be written: " + error.getMessage(), 10));
                return;
            }
            chats.till().desk().admit(accepted.cover());
            try {
                audience.done(usage(draft), reference(entry, asked, amount, times));
            } finally {
                chats.signed(entry, accepted, choices);
            }
        });
    }

    private static Usage usage(Signing.Draft draft) {
        return new Usage(
                draft.usage().prompt(), draft.usage().cached(), draft.usage().completion());
    }

    private static ReceiptRef reference(
            Book.Entry entry, Signing.Question asked, Amount amount, GenerationResult.Times times) {
        Json.Obj extra = Json.object()
                .put("log_index", entry.index())
                .put("amount_micro", amount.micro())
                .put("content_tokens", asked.contentTokens())
                .put("prefill_nanos", times.prefill())
                .put("decode_nanos", times.decode())
                .build();
        return new ReceiptRef(entry.id(), entry.digest(), extra);
    }
}
