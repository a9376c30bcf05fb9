package assay.core.verify;

import assay.core.base.Hash;
import assay.core.kernel.Sampling;
import assay.core.receipt.Receipt;
import assay.core.text.ChatRequest;
import java.nio.charset.StandardCharsets;

/** A model's text rules where a token is a char of Latin-1 and {@link #STOP_ID} ends an answer. */
final class FakeRules implements TextRules {
    static final Hash TOKENIZER = hash("tokenizer");
    static final Hash TEMPLATE = hash("template");
    static final Hash UNICODE = hash("unicode");
    static final int STOP_ID = 2;

    private static Hash hash(String word) {
        return Hash.sha256(word.getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public Hash tokenizer() {
        return TOKENIZER;
    }

    @Override
    public Hash template() {
        return TEMPLATE;
    }

    @Override
    public Hash unicode() {
        return UNICODE;
    }

    @Override
    public int[] promptIds(ChatRequest request, String date) {
        StringBuilder out = new StringBuilder(date);
        request.messages()
                .forEach(m -> out.append('\n').append(m.role()).append(": ").append(m.content()));
        return out.chars().toArray();
    }

    @Override
    public Reading read(int[] ids, Sampling sampling) {
        StringBuilder out = new StringBuilder();
        for (int i = 0; i < ids.length; i++) {
            if (ids[i] == STOP_ID) {
                return new Reading(out.toString(), Receipt.Finish.STOP, i + 1);
            }
            out.append((char) ids[i]);
            if (i + 1 == sampling.maxTokens()) {
                return new Reading(out.toString(), Receipt.Finish.LENGTH, i + 1);
            }
        }
        return new Reading(out.toString(), Receipt.Finish.ABORTED, ids.length);
    }
}
