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
import assay.node.openai.ChatCall;
import assay.node.openai.ChatHandle;
import assay.node.openai.ChatListener;
import assay.node.openai.ChatService;
import assay.node.openai.Health;
import assay.node.openai.ModelCard;
import assay.node.openai.ReceiptFile;
import java.io.IOException;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.function.Consumer;

/** Answers chat requests with one model: takes them in, has them paid, computed, receipted and logged. */
public final class Chats implements ChatService {
    private final Engine engine;
    private final ModelText text;
    private final Book book;
    private final LocalPayer payer;
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
            Offer offer,
            InstantSource clock,
            Consumer<Book.Entry> onSigned) {
        this.engine = engine;
        this.text = text;
        this.book = book;
        this.payer = payer;
        this.offer = offer;
        this.clock = clock;
        this.onSigned = onSigned;
    }

    @Override
    public List<ModelCard> models() {
        return List.of(offer.card);
    }

    @Override
    public ChatHandle submit(ChatCall call, ChatListener listener) throws ApiError {
        refuseUnlessReady();
        ChatRequest request = call.request();
        if (!request.model().equals(offer.card.id())) {
            throw ApiError.modelNotFound(request.model());
        }
        String date = request.date().isEmpty()
                ? LocalDate.ofInstant(clock.instant(), ZoneOffset.UTC).toString()
                : request.date();
        int[] promptIds = promptIds(request, date);
        Sampling sampling = sampling(request, promptIds.length);
        Amount worstCase = worstCase(promptIds.length, sampling);
        SignedVoucher voucher = payer.reserve(worstCase)
                .orElseThrow(() -> ApiError.insufficientQuota("The wallet does not cover this request's worst case of "
                        + worstCase + "; lower max_tokens or fund the wallet."));
        Accepted accepted = accepted(call.body(), request, sampling, date, promptIds, voucher);
        try {
            book.accept(accepted).join();
            Answering answering = new Answering(this, accepted, worstCase, listener);
            answering.attach(engine.submit(
                    new GenerationRequest(
                            promptIds,
                            Digests.ids(promptIds),
                            sampling,
                            accepted.seed().value()),
                    answering));
            return answering;
        } catch (BusyException e) {
            payer.settle(worstCase, Amount.ZERO);
            book.drop(accepted.id());
            throw ApiError.busy("The queue is full.", e.retryAfterSeconds());
        } catch (IllegalStateException e) {
            payer.settle(worstCase, Amount.ZERO);
            book.drop(accepted.id());
            throw ApiError.unavailable("stopping", "The node is stopping.", 5);
        } catch (CompletionException e) {
            payer.settle(worstCase, Amount.ZERO);
            throw ApiError.unavailable("disk_full", "The node cannot write to its disk and takes no work.", 10);
        }
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
        ChatRequest request = call.request();
        if (!request.model().equals(offer.card.id())) {
            throw ApiError.modelNotFound(request.model());
        }
        String date = LocalDate.ofInstant(clock.instant(), ZoneOffset.UTC).toString();
        int[] promptIds = promptIds(request, request.date().isEmpty() ? date : request.date());
        Sampling sampling = sampling(request, promptIds.length);
        return new Quote(
                promptIds.length, contentTokens(request), sampling.maxTokens(), worstCase(promptIds.length, sampling));
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
            throw ApiError.unavailable("stopping", "The node is stopping.", 5);
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
            throw ApiError.invalidValue("messages", String.valueOf(e.getMessage()));
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

    private Accepted accepted(
            byte[] body, ChatRequest request, Sampling sampling, String date, int[] promptIds, SignedVoucher voucher) {
        String id = HexFormat.of().formatHex(bytes(16));
        Receipt.Seed seed = request.seeded()
                ? new Receipt.Seed(request.seed(), Receipt.Seed.Source.CLIENT)
                : new Receipt.Seed(Digests.seed(Digests.body(body), voucher.digest()), Receipt.Seed.Source.DERIVED);
        String nonce = request.nonce().isEmpty() ? voucher.digest().hex().substring(0, 32) : request.nonce();
        return new Accepted(
                id,
                body,
                request,
                sampling,
                date,
                Hash.ofBytes(bytes(32)),
                Hash.ofBytes(bytes(32)),
                promptIds,
                seed,
                nonce,
                offer.price,
                voucher,
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

    /** Receipts what a killed process had sent; its other requests are dropped. */
    public void recover() throws InterruptedException, IOException {
        for (Book.Unfinished u : book.unfinished()) {
            new Recovery(this, engine).finish(u);
        }
    }

    void signed(Book.Entry entry, int[] promptIds, List<Answering.Sent> choices) {
        choices.forEach(c -> parents.add(promptIds, c.ids(), entry.digest()));
        onSigned.accept(entry);
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
