package assay.node.http;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import org.jspecify.annotations.Nullable;

/** One request and its answer; for the one thread that handles it. */
public final class Exchange {
    private static final int COPY_BYTES = 64 << 10;

    private final HttpExchange raw;
    private final SequencedMap<String, String> params;
    private final Bodies bodies;
    private final WriteWatch watch;
    private Bodies.@Nullable Body body;
    private @Nullable OutputStream out;
    private boolean committed;
    private Runnable beforeHead = () -> {};

    Exchange(HttpExchange raw, SequencedMap<String, String> params, Bodies bodies, WriteWatch watch) {
        this.raw = raw;
        this.params = params;
        this.bodies = bodies;
        this.watch = watch;
    }

    /** GET, POST and so on. */
    public String method() {
        return raw.getRequestMethod();
    }

    /** The path, percent-encoded as sent. */
    public String path() {
        return raw.getRequestURI().getRawPath();
    }

    /** What a name of the route's pattern stands for. */
    public String param(String name) {
        String value = params.get(name);
        if (value == null) {
            throw new IllegalArgumentException("the route has no " + name);
        }
        return value;
    }

    /** The first header of that name. */
    public Optional<String> header(String name) {
        return Optional.ofNullable(raw.getRequestHeaders().getFirst(name));
    }

    /** Sets a header of the answer, before it begins. */
    public void setHeader(String name, String value) {
        raw.getResponseHeaders().set(name, value);
    }

    /** What to do when an answer that is no error is about to begin: the last moment to set headers. */
    public void beforeHead(Runnable action) {
        beforeHead = action;
    }

    /**
     * The exact bytes of the body, read whole.
     *
     * @throws ApiError 413 over the limit, 503 when too many bodies are held at once
     */
    public byte[] body() throws ApiError, IOException {
        if (body == null) {
            try {
                body = bodies.read(raw.getRequestBody());
            } catch (IOException e) {
                throw new ClientGone("the request broke off", e);
            } catch (IndexOutOfBoundsException e) {
                // The JDK's reader of chunked bodies lets sizes past 2^31 wrap around.
                throw new ClientGone("the request's chunks are malformed", new IOException(e));
            }
        }
        return body.bytes();
    }

    /** The body, which must call itself JSON: a web page cannot send that without being asked. */
    public byte[] jsonBody() throws ApiError, IOException {
        String type = header("Content-Type").orElse("none");
        String media = type.split(";", 2)[0].strip().toLowerCase(Locale.ROOT);
        if (!media.equals("application/json")) {
            body();
            throw ApiError.notJson(type);
        }
        return body();
    }

    /** Whether the answer has begun: its status can no longer change. */
    public boolean committed() {
        return committed;
    }

    /** Sends a whole answer. */
    public void send(int status, String contentType, byte[] content) throws IOException {
        setHeader("Content-Type", contentType);
        begin(status, content.length);
        if (!isHead() && content.length > 0) {
            try (OutputStream to = watched()) {
                to.write(content);
            }
        }
    }

    /** Sends JSON in UTF-8. */
    public void sendJson(int status, byte[] json) throws IOException {
        send(status, "application/json", json);
    }

    /** Sends a file, or the part of it that Range asks for. */
    public void sendFile(String contentType, Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            sendRange(contentType, in, Files.size(file));
        }
    }

    /** Sends {@code length} bytes of {@code in}, or the part of them that Range asks for. */
    public void sendRange(String contentType, InputStream in, long length) throws IOException {
        setHeader("Accept-Ranges", "bytes");
        ByteRange asked = header("Range")
                .filter(h -> method().equals("GET"))
                .<ByteRange>map(h -> ByteRange.parse(h, length))
                .orElse(new ByteRange.Whole());
        switch (asked) {
            case ByteRange.Whole w -> copy(contentType, in, 200, length);
            case ByteRange.Part(long first, long last) -> {
                setHeader("Content-Range", "bytes " + first + "-" + last + "/" + length);
                in.skipNBytes(first);
                copy(contentType, in, 206, last - first + 1);
            }
            case ByteRange.Unsatisfiable u -> {
                setHeader("Content-Range", "bytes */" + length);
                send(416, "text/plain", new byte[0]);
            }
        }
    }

    /** Begins an answer of unknown length; closing the stream ends it. */
    public OutputStream stream(int status, String contentType) throws IOException {
        setHeader("Content-Type", contentType);
        begin(status, -1);
        return watched();
    }

    /** Begins a stream of events; its head is sent with the first flush. */
    public EventStream events() throws IOException {
        setHeader("Cache-Control", "no-cache");
        setHeader("X-Accel-Buffering", "no");
        return new EventStream(stream(200, "text/event-stream; charset=utf-8"));
    }

    private void copy(String contentType, InputStream in, int status, long count) throws IOException {
        setHeader("Content-Type", contentType);
        begin(status, count);
        if (isHead() || count == 0) {
            return;
        }
        byte[] piece = new byte[COPY_BYTES];
        try (OutputStream to = watched()) {
            for (long left = count; left > 0; ) {
                int n = in.readNBytes(piece, 0, (int) Math.min(piece.length, left));
                if (n == 0) {
                    throw new IOException("the source ended " + left + " bytes early");
                }
                to.write(piece, 0, n);
                left -= n;
            }
        }
    }

    /** Sends an error if no answer has begun, and breaks the connection otherwise. */
    void fail(ApiError error) {
        if (committed) {
            abort();
            return;
        }
        try {
            for (Map.Entry<String, String> header : error.headers().entrySet()) {
                setHeader(header.getKey(), header.getValue());
            }
            raw.getResponseHeaders().remove("Cache-Control");
            sendJson(error.status(), error.json());
        } catch (IOException e) {
            abort();
        }
    }

    /** Breaks the connection, so that a client cannot take half an answer for a whole one. */
    void abort() {
        Thread.currentThread().interrupt(); // closes the channel under the next write
        raw.close();
        Thread.interrupted();
    }

    /** Ends the exchange and gives back its share of the memory. */
    void finish() {
        if (out != null) {
            watch.forget(out);
        }
        if (body != null) {
            bodies.release(body);
            body = null;
        }
        raw.close();
    }

    private OutputStream watched() {
        out = watch.over(raw.getResponseBody());
        return out;
    }

    private boolean isHead() {
        return method().equals("HEAD");
    }

    /** Sends the head; {@code length} -1 means unknown. */
    private void begin(int status, long length) throws IOException {
        if (status < 400) {
            beforeHead.run();
        }
        committed = true;
        Headers headers = raw.getResponseHeaders();
        headers.set("X-Content-Type-Options", "nosniff");
        if (isHead() && length >= 0) {
            headers.set("Content-Length", Long.toString(length));
        }
        // The JDK's server says -1 for "no body" and 0 for "chunked".
        long jdkLength = isHead() || length == 0 ? -1 : Math.max(length, 0);
        try {
            raw.sendResponseHeaders(status, jdkLength);
        } catch (IOException e) {
            throw new ClientGone("the client is gone", e);
        }
    }
}
