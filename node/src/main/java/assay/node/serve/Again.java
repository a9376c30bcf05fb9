package assay.node.serve;

import assay.core.base.MalformedException;
import assay.core.codec.Json;
import assay.core.receipt.Receipt;
import assay.core.receipt.Transcript;
import assay.core.text.Tokenizer;
import assay.node.openai.ChatListener;
import assay.node.openai.Delta;
import assay.node.openai.FinishReason;
import assay.node.openai.ReceiptRef;
import assay.node.openai.TokenLogprob;
import assay.node.openai.Usage;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Tells an answer that was given before, from its transcript, to a client that brings its payment again. */
final class Again {
    private Again() {}

    static void tell(Book book, Book.Entry entry, Tokenizer tokenizer, ChatListener listener)
            throws IOException, MalformedException {
        Transcript transcript = book.transcript(entry);
        listener.started(transcript.promptIds().length);
        for (int i = 0; i < transcript.choices().size(); i++) {
            Transcript.Choice choice = transcript.choices().get(i);
            List<TokenLogprob> logprobs = new ArrayList<>();
            for (int k = 0; k < choice.logprobs().size(); k++) {
                logprobs.add(spelled(
                        tokenizer, choice.ids().get(k), choice.logprobs().get(k)));
            }
            listener.delta(new Delta(i, choice.text(), choice.ids().size(), logprobs));
            listener.choiceFinished(
                    i, choice.finish() == Receipt.Finish.STOP ? FinishReason.STOP : FinishReason.LENGTH);
        }
        Receipt receipt = entry.receipt();
        listener.done(
                new Usage(
                        receipt.usage().prompt(),
                        receipt.usage().cached(),
                        receipt.usage().completion()),
                new ReceiptRef(
                        entry.id(),
                        entry.digest(),
                        Json.object()
                                .put("log_index", entry.index())
                                .put("amount_micro", receipt.payment().amount())
                                .build()));
    }

    private static TokenLogprob spelled(Tokenizer tokenizer, int id, Transcript.Logprobs row) {
        List<TokenLogprob> top = new ArrayList<>();
        for (Transcript.Likely t : row.top()) {
            top.add(new TokenLogprob(tokenizer.bytes(t.id()), Math.min(0, t.value() / 65536.0), List.of()));
        }
        return new TokenLogprob(tokenizer.bytes(id), Math.min(0, row.picked() / 65536.0), top);
    }
}
