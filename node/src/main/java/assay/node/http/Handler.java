package assay.node.http;

import java.io.IOException;

/** Answers one request. */
@FunctionalInterface
public interface Handler {
    /**
     * Answers; runs in a virtual thread of its own and may block.
     *
     * @throws ApiError to refuse; the edge sends it if no answer has begun
     * @throws IOException if the client is gone ({@link ClientGone}) or the disk failed
     * @throws InterruptedException if the server stops
     */
    void handle(Exchange exchange) throws ApiError, IOException, InterruptedException;
}
