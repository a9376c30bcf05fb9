package assay.node.serve;

import assay.core.base.Amount;
import assay.core.base.Hash;
import assay.core.base.MalformedException;
import assay.core.kernel.Sampling;
import assay.core.receipt.Bill;
import assay.core.receipt.Digests;
import assay.core.receipt.PriceList;
import assay.core.receipt.Receipt;
import assay.core.receipt.Transcript;
import assay.core.receipt.Usage;
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
import assay.node.pay.SignedVoucher;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Consumer;

/** Answers chat requests with one model: takes them in, has them paid, computed, receipted and logged. */
public final class Chats implements ChatService {
    private final Engine engine;
    private final ModelText text;
    private final Book book;
    private final LocalPayer payer;
    private final Desk desk;
    private final Retries retries = new Retries();
    private final Offer offer;
    private final InstantSource clock;
    private final Consumer<Book.Entry> onSigned;
    private final Parents parents = new Parents();
    private final SecureRandom random = new SecureRandom();
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
            Offer offer,
            InstantSource clock,
            Consumer<Book.Entry> onSigned) {
        this.engine = engine;
        this.text = text;
        this.book = book;
        this.payer = payer;
        this.desk = desk;
        this.offer = offer;
        this.clock = clock;
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
        Work work = work(call);
        return switch (paying) {
            case Paying.Wallet wallet -> {
                refuseUnlessReady();
                yield fromWallet(work, listener);
            }
            case Paying.X402(Optional<String> payment, String resource) -> {
                if (payment.isEmpty()) {
                    refuseUnlessReady();
                    throw desk.terms(work.most, resource);
                }
                Hash body = Digests.body(call.body());
                Desk.Reading reading = desk.read(new Desk.Offer(payment.get(), work.most, resource, body));
                yield fromStranger(work, reading, body, listener);
            }
        };
    }

    /**
     * A request as this model reads it.
     *
     * @param date that the template sees
     * @param most that it can cost
     */
    @SuppressWarnings("ArrayRecordComponent") // ids, never compared
    private record Work(ChatCall call, String date, int[] promptIds, Sampling sampling, Amount most) {}

    private Work work(ChatCall call) throws ApiError {
        ChatRequest request = call.request();
        if (!request.model().equals(offer.card.id())) {
            throw ApiError.modelNotFound(request.model());
        }
        String today = LocalDate.ofInstant(clock.instant(), ZoneOffset.UTC).toString();
        String date = request.date().isEmpty() ? today : request.date();
        int[] promptIds = promptIds(request, date);
        Sampling sampling = sampling(request, promptIds.length);
        return new Work(call, date, promptIds, sampling, worstCase(promptIds.length, sampling));
    }

    private ChatHandle fromWallet(Work work, ChatListener listener) throws ApiError {
        SignedVoucher voucher = payer.reserve(work.most)
                .orElseThrow(() -> ApiError.insufficientQuota("The wallet does not cover this request's worst case of "
                        + work.most + "; lower max_tokens or fund the wallet."));
        Answering answering = begun(work, new Cover.Wallet(voucher, payer.address(), work.most));
        // Before the engine says its first word: what is said to nobody is lost.
        ChatHandle handle = answering.join(listener, 0);
        compute(answering, work);
        return handle;
    }

    /** The same payment with the same request is the same answer; with another request it is refused. */
    private ChatHandle fromStranger(Work work, Desk.Reading reading, Hash body, ChatListener listener) throws ApiError {
        try {
            Optional<Book.Paid> known = book.paid(reading.authorisation());
            if (known.isPresent() && isFor(known.get().entry(), body, reading)) {
                return again(known.get(), reading.version(), listener);
            }
            if (known.isPresent() && !reading.isVoucher()) {
                throw desk.shared(reading);
            }
            Retries.Run mine = new Retries.Run(body, new CompletableFuture<>());
            Optional<Retries.Run> other = retries.begin(reading.authorisation(), mine);
            if (other.isPresent() && !other.get().body().equals(body)) {
                throw desk.shared(reading);
            }
            if (other.isPresent()) {
                return other.get().await().join(listener, reading.version());
            }
            return first(work, reading, mine).join(listener, reading.version());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw stoppingNow();
        }
    }

    private Answering first(Work work, Desk.Reading reading, Retries.Run mine) throws ApiError, InterruptedException {
        try {
            refuseUnlessReady();
            desk.check(reading);
            Answering answering = begun(work, desk.secure(reading));
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
            throw desk.shared(reading);
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
        return new Given(offer.card, desk.headers(paid.cover(), version, Optional.of(told)));
    }

    /** An answer that is complete. */
    private record Given(ModelCard model, Map<String, String> headers) implements ChatHandle {
        @Override
        public void cancel(CancelReason reason, List<Integer> tokensSent) {
            // There is nothing left to stop.
        }
    }

    /** A request that is on the disk with what covers it. */
    private Answering begun(Work work, Cover cover) throws ApiError {
        Accepted accepted = accepted(work, cover);
        try {
            book.accept(accepted).join();
            return new Answering(this, accepted);
        } catch (IllegalStateException e) {
            dropped(accepted);
            throw stoppingNow();
        } catch (CompletionException e) {
            giveBack(cover);
            throw ApiError.unavailable("disk_full", "The node cannot write to its disk and takes no work.", 10);
        } catch (RuntimeException | Error e) {
            dropped(accepted);
            throw e;
        }
    }

    private void compute(Answering answering, Work work) throws ApiError {
        Accepted accepted = answering.accepted();
        try {
            answering.attach(engine.submit(
                    new GenerationRequest(
                            work.promptIds,
                            Digests.ids(work.promptIds),
                            work.sampling,
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

    /** A request came to nothing: nothing is owed, and what covered it is given back. */
    void dropped(Accepted accepted) {
        retries.end(accepted.cover().authorisation());
        if (accepted.cover() instanceof Cover.Outside) {
            if (!desk.settle(accepted.cover(), Amount.ZERO)) {
                return; // the journal remembers it as unfinished: the next start tries again
            }
            book.drop(accepted.id());
        } else {
            book.drop(accepted.id());
            giveBack(accepted.cover());
        }
    }

    /** The same for a request of a process that was killed: nothing is reserved, and no channel is busy. */
    void droppedBefore(Accepted accepted) {
        if (accepted.cover() instanceof Cover.Outside && !desk.settle(accepted.cover(), Amount.ZERO)) {
            return;
        }
        book.drop(accepted.id()).join();
        if (accepted.cover() instanceof Cover.Escrow escrow) {
            desk.giveBack(escrow);
        }
    }

    private void giveBack(Cover cover) {
        switch (cover) {
            case Cover.Wallet w -> payer.settle(w.most(), Amount.ZERO);
            case Cover.Escrow e -> desk.giveBack(e);
            case Cover.Channel c -> desk.giveBack(c);
            case Cover.Outside o -> desk.giveBack(o);
        }
    }

    /** An answer cost this much: returns all that is owed on its account by now. */
    Amount owe(Cover cover, Amount amount) {
        return switch (cover) {
            case Cover.Wallet w -> payer.settle(w.most(), amount);
            case Cover.Channel c -> desk.charges().owe(c.voucher().channel(), amount);
            case Cover.Escrow e -> amount;
            case Cover.Outside o -> amount;
        };
    }

    /** The same after a restart, where nothing is reserved. */
    Amount oweAgain(Cover cover, Amount amount) {
        return cover instanceof Cover.Wallet ? payer.settle(Amount.ZERO, amount) : owe(cover, amount);
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
        Work work = work(call);
        return new Quote(work.promptIds.length, contentTokens(call.request()), work.sampling.maxTokens(), work.most);
    }

    private Amount worstCase(int promptTokens, Sampling sampling) {
        int most = Math.multiplyExact(sampling.maxTokens(), sampling.n());
        return Amount.ofMicro(Bill.of(offer.price, new Usage(promptTokens, 0, most)));
    }

    /** Tokens of the messages' texts alone; the rest of a prompt is the template's. */
    int contentTokens(ChatRequest request) {
        return request.messages().stream()
                .mapToInt(m -> text.tokenizerOf().encode(m.content()).length)
                .sum();
    }

    private void refuseUnlessReady() throws ApiError {
        if (stopping) {
            throw stoppingNow();
        }
        if (!book.refusing().isEmpty()) {
            throw ApiError.unavailable("disk_full", book.refusing(), 10);
        }
        if (!payer.refusing().isEmpty()) {
            throw ApiError.unavailable("disk_full", "The ledger cannot write: " + payer.refusing(), 10);
        }
        if (engine.waiting() >= offer.queueMax) {
            throw ApiError.busy("The queue is full.", 1 + engine.waiting() / 2);
        }
    }

    private int[] promptIds(ChatRequest request, String date) throws ApiError {
        try {
            return text.promptIds(request, date);
        } catch (MalformedException e) {
            throw ChatCall.refusal(e);
        }
    }

    private Sampling sampling(ChatRequest request, int promptTokens) throws ApiError {
        int room = engine.context() - promptTokens + 1;
        int vocabulary = engine.model().program().shape().vocabulary();
        if (!request.sampling().logitBias().isEmpty()
                && request.sampling().logitBias().lastKey() >= vocabulary) {
            throw ApiError.invalidValue("logit_bias", "Token ids go up to " + (vocabulary - 1) + ".");
        }
        boolean unsaid = request.sampling().maxTokens() == ChatRequest.UNSAID;
        int asked = unsaid ? 1 : request.sampling().maxTokens();
        if (asked > room) {
            throw ApiError.contextLength(engine.context(), promptTokens, asked);
        }
        return request.sampling(Math.max(1, room));
    }

    private Accepted accepted(Work work, Cover cover) {
        ChatRequest request = work.call.request();
        byte[] body = work.call.body();
        String id = HexFormat.of().formatHex(bytes(16));
        Receipt.Seed seed = request.seeded()
                ? new Receipt.Seed(request.seed(), Receipt.Seed.Source.CLIENT)
                : new Receipt.Seed(
                        Digests.seed(Digests.body(body), cover.authorisation()), Receipt.Seed.Source.DERIVED);
        String nonce = request.nonce().isEmpty() ? cover.authorisation().hex().substring(0, 32) : request.nonce();
        return new Accepted(
                id,
                body,
                request,
                work.sampling,
                work.date,
                Hash.ofBytes(bytes(32)),
                Hash.ofBytes(bytes(32)),
                work.promptIds,
                seed,
                nonce,
                offer.price,
                cover,
                clock.millis(),
                offer.height.getAsLong());
    }

    private byte[] bytes(int count) {
        byte[] bytes = new byte[count];
        random.nextBytes(bytes);
        return bytes;
    }

    @Override
    public Optional<ReceiptFile> receipt(String id) {
        return book.find(id)
                .map(entry ->
                        new ReceiptFile("application/json", book.file(entry).encode()));
    }

    @Override
    public Health health() {
        String why = book.refusing().isEmpty() ? payer.refusing() : book.refusing();
        Health.State state =
                stopping ? Health.State.STOPPING : why.isEmpty() ? Health.State.READY : Health.State.REFUSING;
        return new Health(state, why.isEmpty() ? "ready" : why, engine.running(), engine.waiting(), offer.queueMax, 0);
    }

    /** Takes no new request from now on. */
    public void stop() {
        stopping = true;
    }

    /** Lets go of what payments hold open. */
    public void close() {
        desk.close();
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

    void signed(Book.Entry entry, Accepted accepted, List<Answering.Sent> choices) {
        choices.forEach(c -> parents.add(accepted.promptIds(), c.ids(), entry.digest()));
        retries.end(accepted.cover().authorisation());
        onSigned.accept(entry);
        settleOutside(entry, accepted.cover());
    }

    /** Ends a payment on another network; what does not end now is tried again at the next start. */
    void settleOutside(Book.Entry entry, Cover cover) {
        if (cover instanceof Cover.Outside) {
            Amount cost = Amount.ofMicro(entry.receipt().payment().amount());
            Thread.ofVirtual().name("assay-settle").start(() -> {
                if (desk.settle(cover, cost)) {
                    book.settled(entry.id());
                }
            });
        }
    }

    Desk desk() {
        return desk;
    }

    ModelText text() {
        return text;
    }

    Book book() {
        return book;
    }

    LocalPayer payer() {
        return payer;
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

    /** The most bytes of a body that a transcript can hold. */
    static int bodyMaxBytes() {
        return Transcript.BODY_MAX_BYTES;
    }
}
