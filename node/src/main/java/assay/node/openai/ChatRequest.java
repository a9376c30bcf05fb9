package assay.node.openai;

import assay.core.kernel.Sampling;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A chat completion request, parsed; says everything that its body says.
 *
 * @param body the exact bytes as received, which the receipt digests; not to be changed
 * @param model the name as written
 * @param messages at least one
 * @param sampling with {@code maxTokens} {@link #REST_OF_CONTEXT} if the request leaves it open
 * @param seed or null if the node is to choose one
 * @param stream whether the answer is a stream of events
 * @param includeUsage whether a stream ends with a chunk of usage
 * @param nonce {@code assay.nonce}, 16 to 32 fresh bytes of the client, or null; not to be changed
 * @param date {@code assay.date}, yyyy-MM-dd, what the template takes for today, or null
 */
public record ChatRequest(
        byte[] body,
        String model,
        List<Message> messages,
        Sampling sampling,
        @Nullable Long seed,
        boolean stream,
        boolean includeUsage,
        byte @Nullable [] nonce,
        @Nullable String date) {

    /** The value of max_tokens that means: as many as the context has room for. */
    public static final int REST_OF_CONTEXT = Integer.MAX_VALUE;

    /** Copies the list. */
    public ChatRequest {
        messages = List.copyOf(messages);
    }

    /** Whether the request bounds its answer. */
    public boolean boundsTokens() {
        return sampling.maxTokens() != REST_OF_CONTEXT;
    }
}
