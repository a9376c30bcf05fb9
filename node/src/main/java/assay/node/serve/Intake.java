package assay.node.serve;

import assay.core.base.Amount;
import assay.core.base.Hash;
import assay.core.base.MalformedException;
import assay.core.kernel.Sampling;
import assay.core.receipt.Bill;
import assay.core.receipt.Digests;
import assay.core.receipt.Receipt;
import assay.core.receipt.Usage;
import assay.core.text.ChatRequest;
import assay.core.verify.ModelText;
import assay.engine.infer.Engine;
import assay.ledger.delivery.SealedDelivery;
import assay.ledger.tx.Transaction;
import assay.node.http.ApiError;
import assay.node.openai.ChatCall;
import assay.node.pay.Cover;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Optional;

/**
 * Reads requests: what the model would see, how long the answer may be, what it may cost, and whether this node
 * could ever hold it. Begins and keeps nothing. Thread-safe.
 */
final class Intake {
    /** Of the journal's longest record, what a transcript may take; the receipt needs a little beside it. */
    private static final long TRANSCRIPT_MAX_BYTES = Journal.RECORD_MAX_BYTES - (1 << 20);

    /** A token in a transcript: its id, and its text, of which no vocabulary has longer pieces escaped. */
    private static final int TOKEN_BYTES = 8 + 256;

    /** A log probability in a transcript: brackets, an id, and a number of 64 bits. */
    private static final int LOGPROB_BYTES = 30;

    /** Of the longest answer on the ledger, what is left for request and answers beside the receipt. */
    private static final long DELIVERY_MAX_BYTES = Transaction.ANSWER_MAX / 4 * 3 - (8 << 10);

    /** A token's id and text, or one of its log probabilities, deflated: about twice what incompressible ones take. */
    private static final int DELIVERY_TOKEN_BYTES = 16;

    private final Engine engine;
    private final ModelText text;
    private final Chats.Offer offer;
    private final InstantSource clock;
    private final SecureRandom random = new SecureRandom();

    Intake(Engine engine, ModelText text, Chats.Offer offer, InstantSource clock) {
        this.engine = engine;
        this.text = text;
        this.offer = offer;
        this.clock = clock;
    }

    /** The request as this model reads it; what cannot be answered whole is refused. */
    Work read(ChatCall call) throws ApiError {
        ChatRequest request = call.request();
        if (!request.model().equals(offer.card().id())) {
            throw ApiError.modelNotFound(request.model(), offer.card().id());
        }
        String today = LocalDate.ofInstant(clock.instant(), ZoneOffset.UTC).toString();
        String date = request.date().isEmpty() ? today : request.date();
        int[] promptIds = promptIds(request, date);
        Sampling sampling = sampling(request, promptIds.length, call.body());
        refuseUnwritable(call.body().length, promptIds.length, sampling);
        refuseUnholdable(promptIds.length, sampling);
        String id = HexFormat.of().formatHex(bytes(16));
        return new Work(id, call, date, promptIds, sampling, worstCase(promptIds.length, sampling));
    }

    private int[] promptIds(ChatRequest request, String date) throws ApiError {
        try {
            return text.promptIds(request, date);
        } catch (MalformedException e) {
            throw ChatCall.refusal(e);
        }
    }

    /**
     * Tokens of one choice that could still be delivered to a drawn auditor on the ledger, whatever they are: who
     * cannot be answered there would be punished for it. At least {@code enough}, or exactly.
     */
    private static int deliverable(ChatRequest request, byte[] body, int enough) throws ApiError {
        byte[] written = Base64.getEncoder().encode(body);
        int least = deliverable(request, DELIVERY_MAX_BYTES - written.length - written.length / 8 - 64);
        if (least >= enough) {
            return least; // whatever it deflates to
        }
        long left = DELIVERY_MAX_BYTES - SealedDelivery.deflatedBytes(written);
        if (left < DELIVERY_TOKEN_BYTES) {
            throw ApiError.invalidValue(
                    "messages",
                    "The request takes more than the " + (DELIVERY_MAX_BYTES >> 10)
                            + " KiB, compressed, that an auditor can be sent on the ledger.");
        }
        return Math.max(1, deliverable(request, left));
    }

    private static int deliverable(ChatRequest request, long leftBytes) {
        Sampling asked = request.sampling(1);
        int row = asked.logprobs() ? (1 + asked.topLogprobs()) * DELIVERY_TOKEN_BYTES : 0;
        return (int) (leftBytes / (DELIVERY_TOKEN_BYTES + row) / asked.n());
    }

    private Sampling sampling(ChatRequest request, int promptTokens, byte[] body) throws ApiError {
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
        int deliverable = deliverable(request, body, unsaid ? room : asked);
        if (asked > deliverable) {
            throw ApiError.invalidValue(
                    "max_tokens",
                    "No more than " + deliverable + " tokens of such an answer are sure to fit what an auditor can be"
                            + " sent on the ledger. Lower max_tokens, top_logprobs or n.");
        }
        return request.sampling(Math.max(1, Math.min(room, deliverable)));
    }

    /** The transcript has to fit one record of the journal. */
    private static void refuseUnwritable(int bodyBytes, int promptTokens, Sampling sampling) throws ApiError {
        long row = sampling.logprobs() ? (1L + sampling.topLogprobs()) * LOGPROB_BYTES : 0;
        long tokens = (long) sampling.n() * sampling.maxTokens();
        long bytes = 2L * bodyBytes + 8L * promptTokens + tokens * (TOKEN_BYTES + row);
        if (bytes > TRANSCRIPT_MAX_BYTES) {
            throw ApiError.invalidValue(
                    sampling.topLogprobs() > 0 ? "top_logprobs" : "max_tokens",
                    "An answer of " + sampling.n() + " x " + sampling.maxTokens() + " tokens with "
                            + sampling.topLogprobs() + " alternatives each could come to " + (bytes >> 20)
                            + " MiB; a transcript holds " + (TRANSCRIPT_MAX_BYTES >> 20)
                            + ". Lower top_logprobs, max_tokens or n.");
        }
    }

    /** What does not fit the memory alone never fits it. */
    private void refuseUnholdable(int promptTokens, Sampling sampling) throws ApiError {
        long need = engine.needBytes(promptTokens, sampling);
        if (need > engine.budgetBytes()) {
            throw ApiError.invalidValue(
                    "max_tokens",
                    "A prompt of " + promptTokens + " tokens and " + sampling.n() + " x " + sampling.maxTokens()
                            + " tokens of answer could take " + (need >> 20) + " MiB of this node's "
                            + (engine.budgetBytes() >> 20) + " MiB of memory for requests. Lower max_tokens or n.");
        }
    }

    private Amount worstCase(int promptTokens, Sampling sampling) {
        int most = Math.multiplyExact(sampling.maxTokens(), sampling.n());
        return Amount.ofMicro(Bill.of(offer.price(), new Usage(promptTokens, 0, most)));
    }

    /** Tokens of the messages' texts alone; the rest of a prompt is the template's. */
    int contentTokens(ChatRequest request) {
        return request.messages().stream()
                .mapToInt(m -> text.tokenizerOf().encode(m.content()).length)
                .sum();
    }

    /** Everything that a receipt will say about the question, with fresh salts. */
    Accepted accept(Work work, Cover cover, Optional<Hash> alias) {
        ChatRequest request = work.call().request();
        byte[] body = work.call().body();
        Receipt.Seed seed = request.seeded()
                ? new Receipt.Seed(request.seed(), Receipt.Seed.Source.CLIENT)
                : new Receipt.Seed(
                        Digests.seed(Digests.body(body), cover.authorisation()), Receipt.Seed.Source.DERIVED);
        String nonce = request.nonce().isEmpty() ? cover.authorisation().hex().substring(0, 32) : request.nonce();
        return new Accepted(
                work.id(),
                body,
                request,
                work.sampling(),
                work.date(),
                Hash.ofBytes(bytes(32)),
                Hash.ofBytes(bytes(32)),
                work.promptIds(),
                seed,
                nonce,
                offer.price(),
                cover,
                alias,
                clock.millis(),
                offer.height().getAsLong());
    }

    private byte[] bytes(int count) {
        byte[] bytes = new byte[count];
        random.nextBytes(bytes);
        return bytes;
    }
}
