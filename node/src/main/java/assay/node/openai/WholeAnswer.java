package assay.node.openai;

import assay.core.text.ChatRequest;
import assay.node.http.ApiError;
import assay.node.http.Exchange;
import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Sends an answer once it is complete.
 *
 * <p>An answer that takes long begins with its head and spaces, which JSON allows before a value: a
 * byte now and then is the only way to learn that the client is gone. From then on a failure can no
 * longer have a status and breaks the connection instead.
 */
final class WholeAnswer {
    private final AnswerPipe pipe;
    private final ChatJson json;
    private final boolean wantsLogprobs;
    private final StringBuilder[] texts;
    private final List<List<TokenLogprob>> logprobs = new ArrayList<>();
    private final @Nullable FinishReason[] reasons;

    WholeAnswer(AnswerPipe pipe, ChatJson json, ChatRequest request) {
        this.pipe = pipe;
        this.json = json;
        int choices = request.sampling().n();
        wantsLogprobs = request.sampling().logprobs();
        texts = new StringBuilder[choices];
        reasons = new FinishReason[choices];
        for (int i = 0; i < choices; i++) {
            texts[i] = new StringBuilder();
            logprobs.add(new ArrayList<>());
        }
    }

    /**
     * Waits for all of it and sends it.
     *
     * @param quietMillis how long the answer may take before its head is sent, and how often a space
     *     is sent while no token comes
     * @throws ApiError if the request failed
     */
    void send(Exchange exchange, AnswerWatch watch, long quietMillis)
            throws ApiError, IOException, InterruptedException {
        long headAt = System.nanoTime() + quietMillis * 1_000_000;
        OutputStream out = null;
        while (true) {
            AnswerPipe.Event event = pipe.poll(quietMillis);
            if (event != null) {
                watch.saw(event);
            }
            if (event instanceof AnswerPipe.Event.Done(Usage usage, ReceiptRef receipt)) {
                finish(exchange, out, json.whole(complete(), usage, receipt));
                return;
            }
            if (event != null) {
                take(event);
            }
            if (out == null && System.nanoTime() - headAt >= 0) {
                out = exchange.stream(200, "application/json");
            }
            if (out != null) {
                out.write(' ');
                out.flush();
            }
        }
    }

    private static void finish(Exchange exchange, @Nullable OutputStream out, byte[] body) throws IOException {
        if (out == null) {
            exchange.sendJson(200, body);
            return;
        }
        out.write(body);
        out.close();
    }

    private void take(AnswerPipe.Event event) throws ApiError {
        switch (event) {
            case AnswerPipe.Event.Started s -> {}
            case AnswerPipe.Event.Done d -> {}
            case AnswerPipe.Event.Grew(Delta delta, long nanos) -> {
                texts[delta.choice()].append(delta.text());
                logprobs.get(delta.choice()).addAll(delta.logprobs());
            }
            case AnswerPipe.Event.Finished(int choice, FinishReason reason) -> reasons[choice] = reason;
            case AnswerPipe.Event.Failed(ApiError error) -> throw error;
        }
    }

    private List<ChatJson.Choice> complete() throws ApiError {
        List<ChatJson.Choice> out = new ArrayList<>();
        for (int i = 0; i < texts.length; i++) {
            FinishReason reason = reasons[i];
            if (reason == null) {
                throw ApiError.internal("incomplete", "Choice " + i + " did not end.");
            }
            out.add(new ChatJson.Choice(texts[i].toString(), reason, wantsLogprobs ? logprobs.get(i) : null));
        }
        return out;
    }
}
