package assay.client.proxy;

import assay.core.base.MalformedException;
import assay.core.codec.Field;
import assay.core.codec.JsonText;
import assay.core.verify.Verdict;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Optional;

/**
 * A streamed answer on its way through: events pass as they come, but the one that names the receipt, and the
 * end, wait for the receipt's check. One that fails is an error event, and no {@code [DONE]}.
 */
public final class PaidStream implements AutoCloseable {
    private static final int LINE_MAX_BYTES = 4 << 20;
    private static final int DEPTH_MAX = 32;
    private static final byte[] DONE = "[DONE]".getBytes(StandardCharsets.US_ASCII);

    private final Proxy proxy;
    private final Deal deal;
    private final InputStream in;
    private final Heard heard = new Heard();
    private final ArrayDeque<byte[]> ready = new ArrayDeque<>();
    private Optional<Proof> proof = Optional.empty();
    private boolean ended;

    PaidStream(Proxy proxy, Deal deal, InputStream in) {
        this.proxy = proxy;
        this.deal = deal;
        this.in = new BufferedInputStream(in);
    }

    /** Something for the client. */
    public sealed interface Event {
        /** The data of an event. */
        @SuppressWarnings("ArrayRecordComponent") // bytes to send, never compared
        record Data(byte[] bytes) implements Event {}

        /** Nothing new, but the node lives. */
        record Alive() implements Event {}

        /** No more comes. */
        record End() implements Event {}
    }

    /** The next event; waits for the node. */
    public Event next() throws InterruptedException {
        try {
            while (ready.isEmpty() && !ended) {
                Optional<byte[]> line = line();
                if (line.isEmpty()) {
                    throw new Refusal(502, "cut_off", "The answer broke off: the node or the connection went away.");
                }
                String text = new String(line.get(), StandardCharsets.UTF_8);
                if (text.startsWith(":")) {
                    return new Event.Alive();
                }
                if (text.startsWith("data: ")) {
                    take(text.substring("data: ".length()));
                }
            }
        } catch (Refusal e) {
            ended = true;
            ready.clear();
            ready.add(e.json());
        } catch (IOException e) {
            ended = true;
            ready.clear();
            ready.add(new Refusal(502, "cut_off", "The answer broke off: " + e.getMessage()).json());
        }
        byte[] event = ready.poll();
        return event == null ? new Event.End() : new Event.Data(event);
    }

    private void take(String data) throws IOException, InterruptedException, Refusal {
        if (data.equals("[DONE]")) {
            if (heard.receipt().isEmpty()) {
                throw Proxy.failed(new Verdict.Invalid("the answer names no receipt"));
            }
            ready.add(DONE);
            ended = true;
            return;
        }
        byte[] bytes = data.getBytes(StandardCharsets.UTF_8);
        try {
            Field json = Field.root(JsonText.parse(bytes, DEPTH_MAX, LINE_MAX_BYTES));
            if (json.find("error").isPresent()) {
                ready.add(bytes);
                ended = true;
                return;
            }
            heard.take(json);
            if (heard.receipt().isEmpty()) {
                ready.add(bytes);
                return;
            }
            Proxy.Checked checked = proxy.check(deal, heard);
            Verdict verdict = checked.verdict();
            if (verdict instanceof Verdict.Invalid || verdict instanceof Verdict.Malformed) {
                throw Proxy.failed(verdict);
            }
            proof = checked.proof();
            ready.add(JsonText.writeBytes(Heard.with(json.object(), Proxy.word(verdict))));
        } catch (MalformedException e) {
            throw new Refusal(502, "not_understood", "The node's answer is not understood: " + e.getMessage());
        }
    }

    private Optional<byte[]> line() throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        int b;
        while ((b = in.read()) >= 0 && b != '\n') {
            if (line.size() >= LINE_MAX_BYTES) {
                throw new IOException("the node sent a line of more than " + LINE_MAX_BYTES + " bytes");
            }
            if (b != '\r') {
                line.write(b);
            }
        }
        return b < 0 && line.size() == 0 ? Optional.empty() : Optional.of(line.toByteArray());
    }

    /** Receipt and transcript of the answer, once they are checked; empty before, and if the check failed. */
    public Optional<Proof> proof() {
        return proof;
    }

    /** Tells the node to stop, if it has not ended. */
    @Override
    public void close() throws IOException {
        in.close();
    }
}
