package assay.node.http;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;

/**
 * Server-sent events (WHATWG HTML, section 9.2) on one response; for one thread.
 *
 * <p>Nothing reaches the client before {@link #flush}. A write to a client that is gone throws {@link
 * ClientGone}: the system may accept one write after the client's end closed, and refuses the next.
 */
public final class EventStream implements AutoCloseable {
    private static final byte[] DATA = "data: ".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] END = "\n\n".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] KEEP_ALIVE = ": keep-alive\n\n".getBytes(StandardCharsets.US_ASCII);

    private final OutputStream out;

    EventStream(OutputStream out) {
        this.out = out;
    }

    /** Queues one event; the data must hold no line break (compact JSON holds none). */
    public void event(byte[] data) throws IOException {
        out.write(DATA);
        out.write(data);
        out.write(END);
    }

    /** Queues a comment, which clients skip: it shows whether the client is still there. */
    public void keepAlive() throws IOException {
        out.write(KEEP_ALIVE);
    }

    /** Sends what is queued. */
    public void flush() throws IOException {
        out.flush();
    }

    /** Sends what is queued and ends the response. */
    @Override
    public void close() throws IOException {
        out.close();
    }
}
