package assay.node.openai;

import assay.core.text.ChatRequest;
import assay.node.http.ApiError;
import assay.node.http.EventStream;
import assay.node.http.Exchange;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Sends an answer as it grows: role first, deltas, a finish chunk a choice, usage if asked, {@code
 * [DONE]}.
 *
 * <p>A finish chunk waits for the event after it, so that the very last one can name the receipt
 * where no usage chunk follows.
 */
final class StreamedAnswer {
    /** Events written before they are sent, at most: a token must not wait for its successors. */
    private static final int BATCH_MAX = 32;

    private static final byte[] DONE = "[DONE]".getBytes(StandardCharsets.US_ASCII);

    private final AnswerPipe pipe;
    private final ChatJson json;
    private final int choices;
    private final boolean includeUsage;
    private final int[] written;
    private AnswerPipe.Event.@Nullable Finished held;

    StreamedAnswer(AnswerPipe pipe, ChatJson json, ChatRequest request) {
        this.pipe = pipe;
        this.json = json;
        choices = request.sampling().n();
        includeUsage = request.includeUsage();
        written = new int[choices];
    }

    /**
     * Sends all of it.
     *
     * @param keepAliveMillis how often an idle stream shows that it lives, and finds out whether the
     *     client does
     * @throws ApiError if the request failed before anything was sent
     */
    void send(Exchange exchange, AnswerWatch watch, long keepAliveMillis)
            throws ApiError, IOException, InterruptedException {
        AnswerPipe.Event event = pipe.poll(keepAliveMillis);
        if (event instanceof AnswerPipe.Event.Failed failed) {
            watch.saw(failed);
            throw failed.error();
        }
        EventStream stream = exchange.events();
        for (int i = 0; i < choices; i++) {
            stream.event(json.role(i));
        }
        boolean ended = false;
        while (!ended) {
            if (event == null) {
                stream.keepAlive();
            }
            for (int i = 1; event != null; i++) {
                watch.saw(event);
                ended = write(stream, event);
                event = ended || i >= BATCH_MAX ? null : pipe.poll(0);
            }
            if (!ended && pipe.overflowed()) {
                stream.event(slowReader().json());
                ended = true;
            }
            stream.flush();
            for (int i = 0; i < choices; i++) {
                pipe.sent(i, written[i]);
            }
            if (!ended) {
                event = pipe.poll(keepAliveMillis);
            }
        }
        stream.close();
    }

    /** Writes one event; true after the last. */
    private boolean write(EventStream stream, AnswerPipe.Event event) throws IOException {
        if (held != null && !(event instanceof AnswerPipe.Event.Done && !includeUsage)) {
            stream.event(json.finish(held.choice(), held.reason(), null));
            held = null;
        }
        switch (event) {
            case AnswerPipe.Event.Started s -> {}
            case AnswerPipe.Event.Grew(Delta delta, long nanos) -> {
                if (!delta.text().isEmpty() || !delta.logprobs().isEmpty()) {
                    stream.event(json.delta(delta));
                    written[delta.choice()] = delta.tokens();
                }
            }
            case AnswerPipe.Event.Finished finished -> held = finished;
            case AnswerPipe.Event.Done(Usage usage, ReceiptRef receipt) -> {
                if (held != null) {
                    stream.event(json.finish(held.choice(), held.reason(), receipt));
                }
                if (includeUsage) {
                    stream.event(json.usage(usage, receipt));
                }
                stream.event(DONE);
                return true;
            }
            case AnswerPipe.Event.Failed(ApiError error) -> {
                stream.event(error.json());
                return true;
            }
        }
        return false;
    }

    private static ApiError slowReader() {
        return ApiError.unavailable(
                "slow_reader", "The stream was read too slowly: the answer was stopped and receipted as sent.", 1);
    }
}
