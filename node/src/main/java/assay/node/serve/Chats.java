package assay.node.serve;

import assay.core.base.Amount;
import assay.core.base.Hash;
import assay.core.base.MalformedException;
import assay.core.receipt.Digests;
import assay.core.receipt.PriceList;
import assay.core.receipt.Receipt;
import assay.core.receipt.Transcript;
import assay.core.text.ChatRequest;
import assay.core.verify.ModelText;
import assay.engine.infer.BusyException;
import assay.engine.infer.Engine;
import assay.engine.infer.GenerationRequest;
import assay.node.http.ApiError;
import assay.node.openai.CancelReason;
import assay.node.openai.ChatCall;
import assay.node.openai.ChatHandle;
import assay.node.openai.ChatListener;
import assay.node.openai.ChatService;
import assay.node.openai.Health;
import assay.node.openai.ModelCard;
import assay.node.openai.Paying;
import assay.node.openai.ReceiptFile;
import assay.node.pay.Cover;
import assay.node.pay.Desk;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/**
 * Answers chat requests with one model: {@link Intake} reads them, {@link Exposure} says whether the stake backs
 * them, {@link Till} covers them, the engine computes, and {@link Answering} receipts.
 */
public final class Chats implements ChatService {
    private final Engine engine;
    private final ModelText text;
    private final Book book;
    private final Intake intake;
    private final Till till;
    private final Exposure exposure;
    private final Retries retries = new Retries();
    private final Offer offer;
    private final Consumer<Book.Entry> onSigned;
    private final Parents parents = new Parents();
    private volatile boolean stopping;

    /**
     * What this node offers and how it signs.
     *
     * @param card the model as the API lists it
     * @param model as receipts name it
     * @param node as receipts name it
     * @param ledgerModel the model's id on the ledger
     * @param price list that applies
     * @param chainId of the ledger
     * @param queueMax requests that may wait
     * @param height gives the last block
     */
    public record Offer(
            ModelCard card,
            Receipt.Model model,
            Receipt.Node node,
            Hash ledgerModel,
            PriceList price,
            long chainId,
            int queueMax,
            java.util.function.LongSupplier height) {}

    /** @param onSigned hears of every receipt that is on the disk */
    public Chats(
            Engine engine,
            ModelText text,
            Book book,
            LocalPayer payer,
            Desk desk,
            Exposure exposure,
            Offer offer,
            InstantSource clock,
            Consumer<Book.Entry> onSigned) {
        this.engine = engine;
        this.text = text;
        this.book = book;
        this.intake = new Intake(engine, text, offer, clock);
        this.till = new Till(payer, desk);
        this.exposure = exposure;
        this.offer = offer;
        this.onSigned = onSigned;
    }

    @Override
    public List<ModelCard> models() {
        return List.of(offer.card);
    }

    @Override
    public ChatHandle submit(ChatCall call, Paying paying, ChatListener listener) throws ApiError {
        if (stopping) {
            throw stoppingNow();
        }
        Work work = intake.read(call);
        exposure.check(work.most());
        try {
            return switch (paying) {
                case Paying.Wallet wallet -> fromWallet(work, listener);
                case Paying.X402(Optional<String> payment, String resource) -> {
                    if (payment.isEmpty()) {
                        refuseUnlessReady();
                        throw till.desk().terms(work.most(), resource);
                    }
                    Hash body = Digests.body(call.body());
                    Desk.Reading reading = till.desk().read(new Desk.Offer(payment.get(), work.most(), resource, body));
                    yield fromStranger(work, reading, body, listener);
                }
            };
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw stoppingNow();
        }
    }

    private ChatHandle fromWallet(Work work, ChatListener listener) throws ApiError, InterruptedException {
        refuseUnlessReady();
        Answering answering = begun(work, () -> till.fromWallet(work), Optional.empty());
        // Before the engine says its first word: what is said to nobody is lost.
        ChatHandle handle = answering.join(listener, 0);
        compute(answering, work);
        answering.question();
        return handle;
    }

    /** The same payment with the same request is the same answer; with another request it is refused. */
    private ChatHandle fromStranger(Work work, Desk.Reading reading, Hash body, ChatListener listener)
            throws ApiError, InterruptedException {
        Optional<Book.Paid> known = book.paid(reading.authorisation());
        if (known.isPresent() && isFor(known.get().entry(), body, reading)) {
            return again(known.get(), reading.version(), listener);
        }
        if (known.isPresent() && !reading.isVoucher()) {
            throw till.desk().shared(reading);
        }
        Optional<Book.Paid> named = reading.alias().flatMap(book::paidUnder);
        if (named.isPresent()) {
            return retried(named.get(), reading, body, listener);
        }
        Retries.Run mine = new Retries.Run(body, reading.authorisation(), reading.alias(), new CompletableFuture<>());
        Optional<Retries.Run> other = retries.begin(mine);
        if (other.isPresent() && !other.get().authorisation().equals(reading.authorisation())) {
            refuseOther(other.get().body().equals(body));
            till.desk().check(reading);
        } else if (other.isPresent() && !other.get().body().equals(body)) {
            throw till.desk().shared(reading);
        }
        if (other.isPresent()) {
            return other.get().await().join(listener, reading.version());
        }
        Answering answering = first(work, reading, mine);
        ChatHandle handle = answering.join(listener, reading.version());
        answering.question();
        return handle;
    }

    /** Another payment under the same name of the payer's: it is looked at, and not taken. */
    private ChatHandle retried(Book.Paid paid, Desk.Reading reading, Hash body, ChatListener listener)
            throws ApiError, InterruptedException {
        refuseOther(isFor(paid.entry(), body, reading));
        till.desk().check(reading);
        return again(paid, reading.version(), listener);
    }

    private static void refuseOther(boolean isSameRequest) throws ApiError {
        if (!isSameRequest) {
            throw ApiError.conflict(
                    "payment_identifier_conflict", "This payment identifier was used for another request.");
        }
    }

    private Answering first(Work work, Desk.Reading reading, Retries.Run mine) throws ApiError, InterruptedException {
        try {
            refuseUnlessReady();
            till.desk().check(reading);
            Answering answering = begun(work, () -> till.desk().secure(reading), reading.alias());
            collect(answering, reading);
            compute(answering, work);
            mine.answering().complete(answering);
            return answering;
        } catch (ApiError e) {
            retries.end(reading.authorisation());
            mine.answering().completeExceptionally(e);
            throw e;
        } catch (RuntimeException | Error | InterruptedException e) {
            retries.end(reading.authorisation());
            mine.answering().completeExceptionally(stoppingNow());
            throw e;
        }
    }

    /** Whether a receipt is about this body; one whose words were erased is about no request any more. */
    private boolean isFor(Book.Entry entry, Hash body, Desk.Reading reading) throws ApiError {
        try {
            return Digests.body(book.transcript(entry).body()).equals(body);
        } catch (NoSuchFileException e) {
            throw till.desk().shared(reading);
        } catch (IOException | MalformedException e) {
            throw ApiError.internal("transcript", "The answer's transcript cannot be read: " + e.getMessage());
        }
    }

    private ChatHandle again(Book.Paid paid, int version, ChatListener listener) throws ApiError {
        try {
            Again.tell(book, paid.entry(), text.tokenizerOf(), listener);
        } catch (IOException | MalformedException e) {
            throw ApiError.internal("transcript", "The answer's transcript cannot be read: " + e.getMessage());
        }
        Amount told = book.toldFor(paid.entry().id())
                .orElse(Amount.ofMicro(paid.entry().receipt().payment().amount()));
        return new Given(offer.card, till.desk().headers(paid.cover(), version, Optional.of(told)));
    }

    /** An answer that is complete. */
    private record Given(ModelCard model, Map<String, String> headers) implements ChatHandle {
        @Override
        public void cancel(CancelReason reason, List<Integer> tokensSent) {
            // There is nothing left to stop.
        }
    }

    /** Where the money of a request comes from. */
    private interface Money {
        Cover secure() throws ApiError, InterruptedException;
    }

    /** A request that is on the disk with what covers it. */
    private Answering begun(Work work, Money money, Optional<Hash> alias) throws ApiError, InterruptedException {
        exposure.take(work.id(), work.most());
        boolean isBegun = false;
        try {
            Answering answering = begun(intake.accept(work, money.secure(), alias));
            isBegun = true;
            return answering;
        } finally {
            if (!isBegun) {
                exposure.release(work.id());
            }
        }
    }

    /** It goes to the disk while the engine begins; {@link Answering} says nothing to anybody before it is there. */
    private Answering begun(Accepted accepted) throws ApiError {
        boolean isBegun = false;
        try {
            CompletableFuture<Void> written = book.accept(accepted);
            if (written.isCompletedExceptionally()) {
                throw Answering.unwritten();
            }
            Answering answering = new Answering(this, accepted, written);
            isBegun = true;
            return answering;
        } finally {
            if (!isBegun) {
                neverBegan(accepted);
            }
        }
    }

    /** Money of another network was not taken yet; all other is given back. */
    void neverBegan(Accepted accepted) {
        forget(accepted);
        book.drop(accepted.id());
        if (!(accepted.cover() instanceof Cover.Outside)) {
            till.giveBack(accepted.cover());
        }
    }

    /** Takes the money that was only named so far; whatever happens, the journal knows of it before. */
    private void collect(Answering answering, Desk.Reading reading) throws ApiError, InterruptedException {
        Accepted accepted = answering.accepted();
        if (!(accepted.cover() instanceof Cover.Outside)) {
            return;
        }
        try {
            answering.awaitWritten();
        } catch (ApiError e) {
            neverBegan(accepted);
            throw e;
        }
        switch (till.desk().collect(reading, accepted.cover())) {
            case Desk.Collected.Before before -> {}
            case Desk.Collected.Now(Cover.Outside cover) -> {
                answering.collected(cover);
                book.collected(accepted.id(), cover).join();
            }
            case Desk.Collected.Refused(ApiError why) -> {
                neverBegan(accepted);
                throw why;
            }
            case Desk.Collected.Unknown(ApiError why) -> {
                dropped(accepted);
                throw why;
            }
        }
    }

    private void compute(Answering answering, Work work) throws ApiError {
        Accepted accepted = answering.accepted();
        try {
            answering.attach(engine.submit(
                    new GenerationRequest(
                            work.promptIds(),
                            Digests.ids(work.promptIds()),
                            work.sampling(),
                            accepted.seed().value()),
                    answering));
        } catch (BusyException e) {
            dropped(accepted);
            throw ApiError.busy("The queue is full.", e.retryAfterSeconds());
        } catch (IllegalStateException e) {
            dropped(accepted);
            throw stoppingNow();
        } catch (RuntimeException | Error e) {
            dropped(accepted);
            throw e;
        }
    }

    /** Nothing is set aside for a request any more. */
    private void forget(Accepted accepted) {
        retries.end(accepted.cover().authorisation());
        exposure.release(accepted.id());
    }

    /** A request came to nothing: nothing is owed, and what covered it is given back. */
    void dropped(Accepted accepted) {
        forget(accepted);
        if (!(accepted.cover() instanceof Cover.Outside)) {
            book.drop(accepted.id());
            till.giveBack(accepted.cover());
        } else if (till.giveBack(accepted.cover())) {
            book.drop(accepted.id());
        } // else the journal remembers it as unfinished: the next start tries again
    }

    /** The same for a request of a process that was killed. */
    void droppedBefore(Accepted accepted) {
        if (accepted.cover() instanceof Cover.Outside) {
            if (till.giveBackAgain(accepted.cover())) {
                book.drop(accepted.id()).join();
            }
        } else {
            book.drop(accepted.id()).join();
            till.giveBackAgain(accepted.cover());
        }
    }

    private static ApiError stoppingNow() {
        return ApiError.unavailable("stopping", "The node is stopping.", 5);
    }

    /**
     * What a request would come to.
     *
     * @param promptTokens ids that the model would read
     * @param contentTokens those of them that are the messages' own text, not the template's
     * @param maxTokens longest answer
     * @param worstCase the most that it can cost
     */
    public record Quote(int promptTokens, int contentTokens, int maxTokens, Amount worstCase) {}

    /** What this request would come to; nothing is begun, kept or paid. */
    public Quote quote(ChatCall call) throws ApiError {
        Work work = intake.read(call);
        return new Quote(
                work.promptIds().length,
                contentTokens(call.request()),
                work.sampling().maxTokens(),
                work.most());
    }

    int contentTokens(ChatRequest request) {
        return intake.contentTokens(request);
    }

    private void refuseUnlessReady() throws ApiError {
        if (stopping) {
            throw stoppingNow();
        }
        if (!book.refusing().isEmpty()) {
            throw ApiError.unavailable("disk_full", book.refusing(), 10);
        }
        if (!till.refusing().isEmpty()) {
            throw ApiError.unavailable("disk_full", "The ledger cannot write: " + till.refusing(), 10);
        }
        if (engine.waiting() >= offer.queueMax) {
            throw ApiError.busy("The queue is full.", 1 + engine.waiting() / 2);
        }
    }

    @Override
    public Optional<ReceiptFile> receipt(String id) {
        return book.find(id)
                .map(entry ->
                        new ReceiptFile("application/json", book.file(entry).encode()));
    }

    @Override
    public Health health() {
        String why = book.refusing().isEmpty() ? till.refusing() : book.refusing();
        Health.State state =
                stopping ? Health.State.STOPPING : why.isEmpty() ? Health.State.READY : Health.State.REFUSING;
        return new Health(
                state,
                why.isEmpty() ? "ready" : why,
                engine.running(),
                engine.waiting(),
                offer.queueMax,
                engine.reservedBytes(),
                engine.budgetBytes());
    }

    /** Takes no new request from now on. */
    public void stop() {
        stopping = true;
    }

    /** Receipts what a killed process had sent; its other requests are dropped. */
    public void recover() throws InterruptedException, IOException {
        for (Book.Unfinished u : book.unfinished()) {
            if (isOfThisModel(u)) {
                recovery().finish(u);
            }
        }
        book.unsettled().forEach(p -> settleOutside(p.entry(), p.cover()));
    }

    /** Whether this model answered it, in a context as long: what is not so waits for a start that is. */
    private boolean isOfThisModel(Book.Unfinished u) {
        int most = u.sent().stream().mapToInt(List::size).max().orElse(0);
        return u.accepted().request().model().equals(offer.card.id())
                && u.accepted().promptIds().length + most - 1 <= engine.context();
    }

    Recovery recovery() {
        return new Recovery(this, engine);
    }

    /** Whether the engine has one request, or none, so that nobody waits for its thread. */
    boolean isEngineFree() {
        return engine.running() <= 1 && engine.waiting() == 0;
    }

    void signed(Book.Entry entry, Accepted accepted, List<Answering.Sent> choices) {
        choices.forEach(c -> parents.add(accepted.promptIds(), c.ids(), entry.digest()));
        forget(accepted);
        book.shelveSoon(entry);
        onSigned.accept(entry);
        settleOutside(entry, accepted.cover());
    }

    /** Ends a payment on another network; what does not end now is tried again at the next start. */
    void settleOutside(Book.Entry entry, Cover cover) {
        if (cover instanceof Cover.Outside) {
            Amount cost = Amount.ofMicro(entry.receipt().payment().amount());
            Thread.ofVirtual().name("assay-settle").start(() -> {
                if (till.desk().settle(cover, cost)) {
                    book.settled(entry.id());
                }
            });
        }
    }

    Till till() {
        return till;
    }

    ModelText text() {
        return text;
    }

    Book book() {
        return book;
    }

    Parents parents() {
        return parents;
    }

    ModelCard card() {
        return offer.card;
    }

    Hash ledgerModel() {
        return offer.ledgerModel;
    }

    Receipt.Model receiptModel() {
        return offer.model;
    }

    Receipt.Node receiptNode() {
        return offer.node;
    }

    long chainId() {
        return offer.chainId;
    }

    /**
     * The last block, as a receipt that is signed now says it: from there the time for its posting counts, so a long
     * answer, or one that a restart finishes, must not bring an older one.
     */
    long height() {
        return offer.height.getAsLong();
    }

    /** The most bytes of a body that a transcript can hold. */
    static int bodyMaxBytes() {
        return Transcript.BODY_MAX_BYTES;
    }
}
