package assay.node.openai;

import java.util.List;
import java.util.Map;

/** A request that was taken in. */
public interface ChatHandle {
    /** The model that answers. */
    ModelCard model();

    /** Headers that tell how the request was paid; asked once, when the answer's head is sent. */
    Map<String, String> headers();

    /**
     * Stops computing within a token and receipts what was sent; later calls change nothing.
     *
     * <p>Does not block. The listener may be called once more or several times after this and ignores it.
     *
     * @param reason why
     * @param tokensSent for each choice, how many completion tokens reached the client ({@link
     *     Delta#tokens} of the last delta that was written)
     */
    void cancel(CancelReason reason, List<Integer> tokensSent);
}
