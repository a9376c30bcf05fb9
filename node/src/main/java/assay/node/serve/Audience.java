package assay.node.serve;

import assay.node.http.ApiError;
import assay.node.openai.ChatListener;
import assay.node.openai.Delta;
import assay.node.openai.FinishReason;
import assay.node.openai.ReceiptRef;
import assay.node.openai.Usage;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * All who listen to one answer. Whoever joins late, as a client that sends its payment again, hears it from
 * the start. Thread-safe; listeners do not block.
 */
final class Audience implements ChatListener {
    private final List<Consumer<ChatListener>> said = new ArrayList<>();
    private final List<ChatListener> listeners = new ArrayList<>();
    private final boolean mayGrow;

    /** @param mayGrow whether somebody may join after the first */
    Audience(boolean mayGrow) {
        this.mayGrow = mayGrow;
    }

    synchronized void join(ChatListener listener) {
        said.forEach(word -> word.accept(listener));
        listeners.add(listener);
    }

    private synchronized void say(Consumer<ChatListener> word) {
        if (mayGrow) {
            said.add(word);
        }
        listeners.forEach(word);
    }

    @Override
    public void started(int promptTokens) {
        say(l -> l.started(promptTokens));
    }

    @Override
    public void delta(Delta delta) {
        say(l -> l.delta(delta));
    }

    @Override
    public void choiceFinished(int choice, FinishReason reason) {
        say(l -> l.choiceFinished(choice, reason));
    }

    @Override
    public void done(Usage usage, ReceiptRef receipt) {
        say(l -> l.done(usage, receipt));
    }

    @Override
    public void failed(ApiError error) {
        say(l -> l.failed(error));
    }
}
