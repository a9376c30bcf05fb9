package assay.node.openai;

import assay.node.http.ApiError;
import java.util.List;
import java.util.Optional;

/**
 * What answers behind the OpenAI surface: the seam between HTTP and the node.
 *
 * <p>Thread-safe; every method may be called from many threads at once.
 */
public interface ChatService {
    /** The models that can be asked now, in a stable order. */
    List<ModelCard> models();

    /**
     * Takes a request in, or refuses it before any work starts.
     *
     * <p>Returns at once: queueing, paying, computing and receipting happen elsewhere and are told to
     * {@code listener}, whose calls may begin before this method returns.
     *
     * <p>Under x402 the same payment with the same body is never charged twice: it joins the answer under
     * way, or gets the result again.
     *
     * @param call as parsed; fits no model yet: the model's name, the context length and token ids in
     *     logit_bias are checked here
     * @param paying who pays, and how
     * @throws ApiError the refusal: {@link ApiError#paymentRequired}, {@link ApiError#modelNotFound}, {@link ApiError#contextLength}, {@link
     *     ApiError#busy} when the queue is full, {@link ApiError#unavailable} when the disk is full or the
     *     node is starting or stopping, {@link ApiError#insufficientQuota}
     */
    ChatHandle submit(ChatCall call, Paying paying, ChatListener listener) throws ApiError;

    /** The file of a receipt with its inclusion proof, by the receipt's id ({@code [A-Za-z0-9_-]+}). */
    Optional<ReceiptFile> receipt(String id);

    /** How the node is. */
    Health health();
}
