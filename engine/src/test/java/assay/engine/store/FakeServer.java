package assay.engine.store;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;

/** A small web server on this machine with the faults that a test asks for. */
final class FakeServer implements AutoCloseable {
    /** How one path is answered. */
    record Page(int status, byte[] body, Map<String, String> headers, boolean ranges, long cutAfterBytes) {
        static Page of(byte[] body) {
            return new Page(200, body, Map.of("ETag", "\"v1\""), true, Long.MAX_VALUE);
        }

        static Page html(String text) {
            return of(text.getBytes(StandardCharsets.UTF_8)).with("Content-Type", "text/html");
        }

        static Page json(String text) {
            return of(text.getBytes(StandardCharsets.UTF_8))
                    .with("Content-Type", "application/vnd.pypi.simple.v1+json");
        }

        static Page redirect(String location) {
            return new Page(302, new byte[0], Map.of("Location", location), false, Long.MAX_VALUE);
        }

        Page with(String name, String value) {
            TreeMap<String, String> more = new TreeMap<>(headers);
            more.put(name, value);
            return new Page(status, body, more, ranges, cutAfterBytes);
        }

        /** Hangs up after so many bytes of the body. */
        Page cutAfter(long bytes) {
            return new Page(status, body, headers, ranges, bytes);
        }

        Page withoutRanges() {
            return new Page(status, body, headers, false, cutAfterBytes);
        }
    }

    private final HttpServer server;
    private final Map<String, List<Page>> pages = new ConcurrentHashMap<>();
    final List<String> requests = Collections.synchronizedList(new ArrayList<>());

    FakeServer() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", this::answer);
        server.setExecutor(Thread::startVirtualThread);
        server.start();
    }

    URI uri(String path) {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort() + path);
    }

    /** Answers the path with these pages in turn; the last one stays. */
    void put(String path, Page... inTurn) {
        pages.put(path, Collections.synchronizedList(new ArrayList<>(List.of(inTurn))));
    }

    /** Method, path and the headers that tests ask about, of every request so far. */
    long count(String beginning) {
        synchronized (requests) {
            return requests.stream().filter(r -> r.startsWith(beginning)).count();
        }
    }

    private void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            Headers in = exchange.getRequestHeaders();
            String range = in.getFirst("Range");
            requests.add(exchange.getRequestMethod() + " " + exchange.getRequestURI()
                    + (range == null ? "" : " " + range)
                    + (in.getFirst("Authorization") == null ? "" : " " + in.getFirst("Authorization")));
            List<Page> inTurn = pages.get(exchange.getRequestURI().getPath());
            if (inTurn == null) {
                exchange.sendResponseHeaders(404, -1);
                return;
            }
            Page page = inTurn.size() > 1 ? inTurn.removeFirst() : inTurn.getFirst();
            page.headers.forEach((name, value) -> exchange.getResponseHeaders().set(name, value));
            int from = page.ranges && range != null && validatorFits(in, page) ? start(range) : 0;
            if (from > page.body.length) {
                exchange.sendResponseHeaders(416, -1);
                return;
            }
            if (from > 0) {
                exchange.getResponseHeaders()
                        .set("Content-Range", "bytes " + from + "-" + (page.body.length - 1) + "/" + page.body.length);
            }
            int length = page.body.length - from;
            exchange.sendResponseHeaders(from > 0 ? 206 : page.status, length == 0 ? -1 : length);
            try (OutputStream out = exchange.getResponseBody()) {
                int whole = (int) Math.min(length, Math.max(0, page.cutAfterBytes - from));
                out.write(page.body, from, whole);
                out.flush();
            }
        }
    }

    private static boolean validatorFits(Headers in, Page page) {
        String condition = in.getFirst("If-Range");
        return condition == null || condition.equals(page.headers.get("ETag"));
    }

    private static int start(String range) {
        return Integer.parseInt(range.replaceFirst("bytes=(\\d+)-", "$1"));
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
